import { Failure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { openRegistry, type Registry } from './registry.ts';

/** Keeps the registry open for as long as the process lives. */
@Injectable()
export class RegistryService implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #registry: Registry | undefined;

  constructor(private readonly ports: Ports) {}

  get registry(): Registry {
    if (this.#registry !== undefined) return this.#registry;
    throw new Failure('registry-closed', 'cannot answer: the registry is not open yet', {
      disposition: 'retry',
      remedy: 'Ask again when the process is ready.',
    });
  }

  async onApplicationBootstrap(): Promise<void> {
    const { log, settings, handlers, clock } = this.ports;
    const logger = new Logger('Registry');
    this.#registry = await openRegistry({ log, dataDirectory: settings.dataDirectory, handlers, clock, logger });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#registry?.close();
  }
}
