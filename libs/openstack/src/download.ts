import { Failure } from '@osm/kernel';
import type { Reader } from '@osm/resource';
import { isRepeatable } from './classify.ts';
import { hearAnswer, timedOut } from './raw-answer.ts';
import type { Line } from './raw-line.ts';
import type { Lines, TakenLine } from './raw-lines.ts';
import { requestHead } from './raw-request.ts';
import { shownUrl } from './redact.ts';
import { askedOf, lossOf, type Exchange, type Wire } from './wire.ts';

/** An answer whose body is still to come. */
export interface Incoming {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly reader: Reader;
}

type Take = Parameters<Reader['read']>[0];

/**
 * Asks for a body. Answers when its head is there; from then on the connection waits for somebody to read. The reader raises
 * a `Failure` where the connection breaks before the end, where nothing comes for `timeoutMs` although somebody reads, and
 * where more comes than was announced.
 */
export const openDownload = async (wire: Wire, lines: Lines, exchange: Exchange): Promise<Incoming> => {
  const startedMs = performance.now();
  try {
    const { body = '' } = exchange;
    const sized = body.length === 0 ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
    const request = Buffer.concat([requestHead(exchange, sized), Buffer.from(body)]);
    const taken = await lines.take(new URL(exchange.url), exchange.signal, isRepeatable(exchange));
    const incoming = await receive(wire, lines, exchange, taken, request);
    wire.report(exchange, startedMs, incoming);
    return incoming;
  } catch (error) {
    wire.report(exchange, startedMs);
    throw lossOf(wire.options.cloud, exchange, error, lines);
  }
};

const receive = (
  { options: { cloud, timeoutMs } }: Wire,
  lines: Lines,
  exchange: Exchange,
  { line, done }: TakenLine,
  request: Buffer,
): Promise<Incoming> =>
  new Promise((resolve, reject) => {
    const { signal, method } = exchange;
    const body = bodyReader(line, (error) => lossOf(cloud, exchange, error, lines));
    const called = (): void => line.break(asError(signal?.reason));
    const over = (clean: boolean): void => {
      signal?.removeEventListener('abort', called);
      done(clean);
    };
    hearAnswer(line, method, {
      goOn: () => undefined,
      head: ({ status, headers }, size) => {
        line.want(false);
        resolve({ status, headers, reader: { size, read: body.read, close: body.close } });
      },
      part: body.part,
      whole: ({ clean, surplus }) => {
        over(clean);
        body.end(surplus ? tooMuch(cloud, exchange) : undefined);
      },
      broken: (error) => {
        over(false);
        reject(error);
        body.end(error);
      },
      silent: () => {
        // Bytes that wait to be read are the reader's slowness, not the cloud's.
        if (line.isReading) line.break(timedOut(timeoutMs));
        else line.limit(timeoutMs);
      },
    });
    if (signal?.aborted === true) return called();
    signal?.addEventListener('abort', called, { once: true });
    line.limit(timeoutMs);
    line.want(true);
    line.socket.write(request);
  });

interface Part {
  readonly bytes: Buffer;
  readonly hold: () => () => void;
  /** Set while nobody reads: what came with the head is kept. */
  readonly release: (() => void) | undefined;
}

/** Hands the parts of one body to whoever reads, lends them, and knows when all of them have come back. */
const bodyReader = (line: Line, inWords: (error: unknown) => unknown) => {
  const early: Part[] = [];
  let take: Take | undefined;
  let lent = 0;
  let ended: { readonly error: unknown } | undefined;
  let settle: { resolve(): void; reject(error: unknown): void } | undefined;

  const look = (): void => {
    if (ended === undefined || settle === undefined) return;
    if (ended.error !== undefined) settle.reject(ended.error);
    else if (lent === 0 && early.length === 0) settle.resolve();
  };
  const end = (error: unknown): void => {
    if (ended?.error !== undefined) return;
    ended = { error };
    look();
  };
  /** Ends it from our side: what is still to come is nobody's. */
  const breakOff = (error: unknown): void => {
    const isOver = ended !== undefined;
    end(error);
    for (const { release } of early.splice(0)) release?.();
    if (!isOver) line.break(asError(error));
  };
  const hand = ({ bytes, hold, release }: Part, to: Take): void => {
    try {
      const taken = to(bytes);
      if (taken === undefined) return release?.();
      const give = release ?? hold();
      lent += 1;
      taken.then(
        () => {
          lent -= 1;
          give();
          look();
        },
        (error: unknown) => {
          give();
          breakOff(error);
        },
      );
    } catch (error) {
      release?.();
      breakOff(error);
    }
  };
  return {
    part: (bytes: Buffer, hold: () => () => void): void => {
      if (ended !== undefined) return;
      if (take === undefined) early.push({ bytes, hold, release: hold() });
      else hand({ bytes, hold, release: undefined }, take);
    },
    end: (error: Error | undefined): void => end(error === undefined ? undefined : inWords(error)),
    read: async (to: Take, signal: AbortSignal): Promise<void> => {
      const off = (): void => breakOff(signal.reason);
      if (signal.aborted) off();
      else signal.addEventListener('abort', off, { once: true });
      try {
        await new Promise<void>((resolve, reject) => {
          settle = { resolve, reject };
          take = to;
          for (const part of early.splice(0)) if (ended?.error === undefined) hand(part, to);
          if (ended === undefined) line.want(true);
          look();
        });
      } finally {
        signal.removeEventListener('abort', off);
      }
    },
    close: (): void => {
      if (ended === undefined || early.length > 0) breakOff(new Error('nobody reads it any more'));
    },
  };
};

const tooMuch = (cloud: string, exchange: Exchange): Failure => {
  const { method, service, url } = askedOf(cloud, exchange);
  const what = `${method} ${shownUrl(url)} (${service} of ${cloud})`;
  return new Failure('unexpected-answer', `cannot ${what}: more bytes came than it announced.`, {
    disposition: 'retry',
    remedy: `Look at what stands between here and ${new URL(url).host}: a proxy mixes answers up.`,
  });
};

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
