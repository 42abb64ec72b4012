import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthorisedRequest } from '../actor.ts';

/** So often something is said where nothing happens: proxies close what is silent for a minute. */
const heartbeatMs = 15_000;

/** Milliseconds for which a token counts that was looked at: each look asks the log. */
const trustedFor = 1000;

/** One page or program that is told what happens, as it happens (`text/event-stream`). */
export interface Stream {
  /** Aborted when the listener has gone, or when the process ends. */
  readonly signal: AbortSignal;
  /** Resolves when the listener takes more: nothing is heaped up for one that is slow. */
  send(event: { readonly id?: number; readonly type?: string; readonly data: unknown }): Promise<void>;
  /** Tells how far one has come where there was nothing to tell: a listener that comes again goes on from there. */
  reached(id: number): void;
}

/** All open streams: they end with the process. */
@Injectable()
export class Streams implements OnModuleDestroy {
  readonly #ending = new AbortController();

  onModuleDestroy(): void {
    this.#ending.abort();
  }

  /** Tells a listener what `tell` has to say, until it goes, `tell` ends or the process does. */
  async open(
    request: IncomingMessage & AuthorisedRequest,
    response: ServerResponse,
    tell: (stream: Stream) => Promise<void>,
  ): Promise<void> {
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    if (request.destroyed || response.destroyed) gone.abort();
    const signal = AbortSignal.any([gone.signal, this.#ending.signal]);
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    const leaveIfRevoked = whileItCounts(request, gone);
    let reached: number | undefined;
    response.write(': here\n\n');
    const timer = setInterval(() => {
      void leaveIfRevoked();
      if (!response.writableNeedDrain)
        response.write(reached === undefined ? ': here\n\n' : `id: ${reached}\n: here\n\n`);
    }, heartbeatMs);
    try {
      await tell({
        signal,
        send: async ({ id, type, data }) => {
          await leaveIfRevoked();
          if (signal.aborted) return;
          reached = id ?? reached;
          const lines = [...(id === undefined ? [] : [`id: ${id}`]), ...(type === undefined ? [] : [`event: ${type}`])];
          const isTaken = response.write(`${[...lines, `data: ${JSON.stringify(data)}`].join('\n')}\n\n`);
          if (!isTaken) await drained(response, signal);
        },
        reached: (id) => void (reached = id),
      });
    } catch (error) {
      // The head is sent: the listener hears that it ended, and asks again. What is wrong it hears then.
      if (!signal.aborted) response.destroy(error instanceof Error ? error : undefined);
    } finally {
      clearInterval(timer);
      response.end();
    }
  }
}

/**
 * Ends a stream whose token counts no more: its listener asks again, and is refused. Where nobody can tell, the stream ends too.
 */
const whileItCounts = ({ counts }: AuthorisedRequest, gone: AbortController): (() => Promise<void>) => {
  let looked = performance.now();
  return async () => {
    if (performance.now() - looked < trustedFor) return;
    looked = performance.now();
    const still = await counts?.().catch(() => false);
    if (still !== true) gone.abort();
  };
};

const drained = (response: ServerResponse, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    if (signal.aborted) return resolve();
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
  });
