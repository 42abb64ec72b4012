import { ApiProblem, problemIn, unreachable } from './api-problem.ts';
import { parseEventStream } from './parse-event-stream.ts';

/** One event of a stream. */
export interface StreamEvent<Data> {
  /** What to go on after. */
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Data;
}

export interface ReadEventsOptions {
  readonly url: string;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
  headers(): Record<string, string>;
  onTrouble?(problem: ApiProblem | undefined): void;
}

/** Milliseconds before the connection is made again: the first time, and at most. */
const delays = { first: 500, most: 10_000 };

/**
 * A stream of server-sent events by `fetch`, which sends the token in a header, where EventSource cannot. A lost connection
 * is made again, and goes on after the last id; what is refused (a token that no longer counts) is raised.
 */
export async function* readEvents<Data>(options: ReadEventsOptions): AsyncGenerator<StreamEvent<Data>, void, void> {
  const { signal } = options;
  let last: string | undefined;
  let delay = delays.first;
  while (!signal.aborted) {
    try {
      const body = await connect(options, last);
      options.onTrouble?.(undefined);
      for await (const { id, type, data } of parseEventStream(body)) {
        delay = delays.first;
        last = id ?? last;
        if (data !== undefined) yield { id: last, type: type ?? 'message', data: JSON.parse(data) as Data };
      }
      if (!signal.aborted) options.onTrouble?.(unreachable(options.url, 'the connection was closed'));
    } catch (error) {
      if (signal.aborted) return;
      const problem = error instanceof ApiProblem ? error : unreachable(options.url, error);
      if (problem.status >= 400 && problem.status < 500) throw problem;
      options.onTrouble?.(problem);
    }
    await wait(delay, signal);
    delay = Math.min(delay * 2, delays.most);
  }
}

const connect = async (
  { url, signal, headers, fetch: send }: ReadEventsOptions,
  last: string | undefined,
): Promise<ReadableStream<Uint8Array>> => {
  const again = last === undefined ? {} : { 'last-event-id': last };
  const response = await send(url, { signal, headers: { accept: 'text/event-stream', ...headers(), ...again } });
  if (!response.ok || response.body === null) throw await problemIn(response);
  return response.body;
};

/** Ends early, and quietly, when the signal is aborted. */
const wait = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done);
  });
