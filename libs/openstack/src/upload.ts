import { Failure } from '@osm/kernel';
import { hearAnswer, timedOut, type AnswerListener } from './raw-answer.ts';
import { isRepeatable } from './classify.ts';
import type { Line } from './raw-line.ts';
import type { Lines, TakenLine } from './raw-lines.ts';
import { openOutgoing } from './raw-outgoing.ts';
import { requestHead } from './raw-request.ts';
import { shownUrl } from './redact.ts';
import { lossOf, type Exchange, type Wire } from './wire.ts';

/** An upload's answer. */
export interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
}

/** A body that is under way. */
export interface Sending {
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** Sends the last of it and waits for the answer. */
  end(): Promise<Answered>;
  abort(reason: unknown): void;
  /** Whether it is over before anything of the body was sent: it can be tried again. */
  readonly isOver: boolean;
}

/** What came of asking: the service wants the body, or it has its answer already. */
export type Upload =
  | { readonly sending: Sending; readonly answered?: undefined }
  | { readonly answered: Answered; readonly sending?: undefined };

/** After its last byte an upload waits this many times longer: Glance answers when its store has taken it all. */
const patience = 10;
/** How long an upload waits for the word to go on before it goes on by itself. Not every proxy passes the word. */
const continueMs = 1000;
const longestText = 1_000_000;

/**
 * Asks whether a service takes a body (`Expect: 100-continue`), so that a refusal comes before anything of it is sent.
 * `early` makes the failure of an answer that comes before the end of the body.
 */
export const openUpload = async (
  wire: Wire,
  lines: Lines,
  exchange: Exchange,
  size: number | undefined,
  early: (answered: Answered) => Failure,
): Promise<Upload> => {
  const { cloud } = wire.options;
  const startedMs = performance.now();
  const inWords = (error: unknown): unknown => lossOf(cloud, exchange, error, lines);
  try {
    if (size !== undefined && !(Number.isSafeInteger(size) && size >= 0)) throw noSize(cloud, exchange, size);
    const head = requestHead(exchange, announced(size));
    const taken = await lines.take(new URL(exchange.url), exchange.signal, isRepeatable(exchange));
    const report = (answered?: Answered): void => wire.report(exchange, startedMs, answered);
    return await send({ exchange, taken, head, size, inWords, early, report, timeoutMs: wire.options.timeoutMs });
  } catch (error) {
    wire.report(exchange, startedMs);
    throw inWords(error);
  }
};

const noSize = (cloud: string, { method, service, url }: Exchange, size: number): Failure =>
  new Failure(
    'wrong-size',
    `cannot ${method} ${shownUrl(url)} (${service} of ${cloud}): ${size} is no number of bytes.`,
    {
      remedy: 'Look at the size that the source says of what is copied.',
    },
  );

const announced = (size: number | undefined): { readonly [name: string]: string } => {
  if (size === undefined) return { 'Transfer-Encoding': 'chunked', Expect: '100-continue' };
  return { 'Content-Length': String(size), ...(size === 0 ? {} : { Expect: '100-continue' }) };
};

interface Order {
  readonly exchange: Exchange;
  readonly taken: TakenLine;
  readonly head: Buffer;
  readonly size: number | undefined;
  readonly timeoutMs: number;
  inWords(error: unknown): unknown;
  early(answered: Answered): Failure;
  report(answered?: Answered): void;
}

const send = ({ exchange, taken, head, size, timeoutMs, inWords, early, report }: Order): Promise<Upload> => {
  const { line, done } = taken;
  const { signal } = exchange;
  const asked = Promise.withResolvers<Upload>();
  const answer = Promise.withResolvers<Answered>();
  const body = openOutgoing(line.socket, size);
  let state: 'asking' | 'sending' | 'sent' | 'over' = size === 0 ? 'sent' : 'asking';
  let waited = 0;
  // Whoever writes or ends hears of it; nobody has to.
  answer.promise.catch(() => undefined);

  const called = (): void => line.break(asError(signal?.reason));
  const over = (clean: boolean): void => {
    state = 'over';
    clearTimeout(timer);
    signal?.removeEventListener('abort', called);
    done(clean);
  };
  const fail = (error: unknown): void => {
    answer.reject(error);
    asked.reject(error);
    body.fail(error);
  };
  /** Ends it from our side. */
  const breakOff = (error: unknown): void => {
    if (state === 'over') return;
    line.break(asError(error));
    over(false);
    report();
    fail(error);
  };
  const goOn = (): void => {
    if (state !== 'asking') return;
    clearTimeout(timer);
    state = 'sending';
    asked.resolve({ sending });
  };
  const timer = setTimeout(goOn, continueMs);
  /** Does something with the body as long as the service wants it; afterwards only its answer counts. */
  const whileWanted = <T>(what: () => T): T | Promise<undefined> => {
    const failed = (): Promise<undefined> => answer.promise.then(() => undefined);
    if (state !== 'sending' || heard.hasBegun) return failed();
    try {
      return what();
    } catch (error) {
      breakOff(error);
      return failed();
    }
  };
  const sending: Sending = {
    get isOver() {
      return state === 'over' && body.bytes === 0;
    },
    write: (chunk) => whileWanted(() => body.write(chunk)),
    end: async () => {
      await whileWanted(() => {
        body.end();
        state = 'sent';
      });
      return await answer.promise;
    },
    abort: breakOff,
  };

  const heard = hearText(line, exchange.method, {
    goOn,
    answered: (answered, clean) => {
      if (state === 'over') return;
      const settle = (): void => {
        if (state === 'over') return;
        report(answered);
        // An answer before the end of the body leaves a line that nothing else can use.
        const isCutShort = state === 'sending' || (state === 'sent' && body.isPending);
        over(clean && state === 'sent' && !isCutShort);
        if (isCutShort) return fail(early(answered));
        asked.resolve({ answered });
        answer.resolve(answered);
      };
      // The answer may be read before this process hears that its last byte is gone.
      if (state === 'sent' && body.isPending) setImmediate(settle);
      else settle();
    },
    broken: (error) => {
      if (state === 'over') return;
      // Before the body is wanted, whoever asked tells what came of it.
      const isAsked = state === 'asking' || size === 0;
      over(false);
      if (!isAsked) report();
      fail(isAsked ? error : inWords(error));
    },
    silent: () => {
      waited = state === 'sent' ? waited + 1 : 0;
      const sourceIsSlow = state === 'asking' || (state === 'sending' && !body.isPending);
      if (sourceIsSlow || (state === 'sent' && waited < patience)) line.limit(timeoutMs);
      else line.break(timedOut(state === 'sent' ? timeoutMs * patience : timeoutMs));
    },
  });
  if (signal?.aborted === true) called();
  signal?.addEventListener('abort', called, { once: true });
  line.limit(timeoutMs);
  line.want(true);
  line.socket.write(head);
  return asked.promise;
};

interface TextListener extends Pick<AnswerListener, 'goOn' | 'broken' | 'silent'> {
  answered(answered: Answered, clean: boolean): void;
}

/** Hears an answer of which the text is wanted; of an endless one, its beginning. */
const hearText = (line: Line, method: string, listener: TextListener): { readonly hasBegun: boolean } => {
  let begun: Omit<Answered, 'text'> | undefined;
  let length = 0;
  let isEnough = false;
  const text: Buffer[] = [];
  const answered = (clean: boolean): void => {
    if (begun !== undefined) listener.answered({ ...begun, text: Buffer.concat(text).toString('utf8') }, clean);
  };
  hearAnswer(line, method, {
    ...listener,
    head: ({ status, headers }) => (begun = { status, headers }),
    part: (part) => {
      if (isEnough) return;
      text.push(Buffer.from(part.subarray(0, longestText - length)));
      length += part.length;
      // Nobody reads on: an answer need not end.
      isEnough = length >= longestText;
      if (isEnough) answered(false);
    },
    whole: ({ clean }) => {
      if (!isEnough) answered(clean);
    },
  });
  return {
    get hasBegun() {
      return begun !== undefined;
    },
  };
};

const asError = (reason: unknown): Error => (reason instanceof Error ? reason : new Error(String(reason)));
