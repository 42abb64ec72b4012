import { Failure, failureRecord } from '@osm/kernel';
import { Asker, Ports } from '@osm/platform';
import { Controller, Get, HttpCode } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { setTimeout } from 'node:timers/promises';
import { OpenRoute } from './open-route.ts';

/** Milliseconds that the log and the registry have to answer. */
const patience = 5000;

/** Whether this process is well, for whoever starts and stops it. */
@ApiExcludeController()
@OpenRoute()
@Controller()
export class HealthController {
  constructor(
    private readonly ports: Ports,
    private readonly asker: Asker,
  ) {}

  /** The process is up. */
  @Get('healthz')
  @HttpCode(200)
  health(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }

  /** What it needs to answer with is there too. Raises `not-ready`. */
  @Get('readyz')
  @HttpCode(200)
  async ready(): Promise<{ readonly status: 'ok'; readonly head: number; readonly position: number }> {
    const head = await this.#answer('the event log', this.ports.log.head());
    const { position } = await this.#answer('the registry', this.asker.ask('registry.position', {}));
    return { status: 'ok', head, position };
  }

  async #answer<Value>(what: string, answer: Promise<Value>): Promise<Value> {
    const over = new AbortController();
    const late = setTimeout(patience, undefined, { signal: over.signal }).then(
      () => Promise.reject(new Error(`nothing was heard of it within ${patience} ms`)),
      // The answer was there first.
      () => new Promise<never>(() => undefined),
    );
    try {
      return await Promise.race([answer, late]);
    } catch (error) {
      throw notReady(what, failureRecord(error).message);
    } finally {
      over.abort();
    }
  }
}

const notReady = (what: string, why: string): Failure =>
  new Failure('not-ready', `cannot answer yet: ${what} does not answer: ${why}`, {
    remedy: 'See that the registry runs and that both are connected to the event log.',
  });
