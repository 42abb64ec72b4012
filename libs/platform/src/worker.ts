import type { Subscription } from '@osm/event-log';
import type { BeforeApplicationShutdown, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';

/**
 * What a module works on for as long as the process lives. On shutdown every module is told to stop before any is waited
 * for: nothing new is taken while one of them has a long step in hand.
 */
export class Worker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  #working: readonly Subscription[] = [];
  #stopped: Promise<unknown> = Promise.resolve();

  constructor(private readonly begin: () => Promise<readonly Subscription[]>) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#working = await this.begin();
  }

  onModuleDestroy(): void {
    const stopped = Promise.all(this.#working.map((work) => work.stop()));
    // A failure is heard where it is waited for, which may be some time later.
    stopped.catch(() => undefined);
    this.#stopped = stopped;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#stopped;
  }
}
