import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { PatternAnswer, PatternOrder } from './pattern-peer.ts';

/**
 * A server of its own process that has endless bytes to give and swallows as many, so that whoever copies them is measured
 * alone. Any `GET` with `?bytes=n`, or whose path was told to `serve`, answers so many bytes of a pattern; any `PUT` or
 * `POST` is compared with the same pattern.
 */
export interface PatternPeer extends AsyncDisposable {
  readonly url: string;
  /** From now on paths that end so answer with so many bytes of the pattern. */
  serve(pathEnd: string, bytes: number): Promise<void>;
  /** From now on a `GET` of this path answers this JSON; after the next upload, the second. */
  answer(path: string, before: unknown, after?: unknown): Promise<void>;
  /** What the last upload brought. */
  received(): Promise<{ readonly bytes: number; readonly equal: boolean }>;
}

export const openPatternPeer = async (): Promise<PatternPeer> => {
  const child = fork(fileURLToPath(new URL('./pattern-peer.ts', import.meta.url)), { execArgv: [] });
  const ask = async (order: PatternOrder): Promise<PatternAnswer> => {
    const answered = once(child, 'message');
    child.send(order);
    const [answer] = (await answered) as [PatternAnswer];
    return answer;
  };
  const { url } = await ask({ kind: 'listen' });
  return {
    url,
    serve: async (pathEnd, bytes) => void (await ask({ kind: 'serve', pathEnd, bytes })),
    answer: async (path, before, after = before) => void (await ask({ kind: 'answer', path, before, after })),
    received: async () => {
      const { bytes, equal } = await ask({ kind: 'received' });
      return { bytes, equal };
    },
    [Symbol.asyncDispose]: async () => {
      const gone = once(child, 'exit');
      child.disconnect();
      await gone;
    },
  };
};
