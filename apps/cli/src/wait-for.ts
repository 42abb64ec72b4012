import type { RecordedEvent } from '@osm/contracts';
import type { Session } from './session.ts';

/** Follows a part of the log until `hear` answers something; rejects when the command is told to stop. */
export const waitFor = async <Result>(
  { log, interrupted }: Pick<Session, 'log' | 'interrupted'>,
  filter: string,
  hear: (event: RecordedEvent) => Result | undefined,
): Promise<Result> => {
  const found = new AbortController();
  try {
    const signal = AbortSignal.any([interrupted, found.signal]);
    for await (const batch of log.tail({ filter, signal })) {
      for (const event of batch) {
        const result = hear(event);
        if (result !== undefined) return result;
      }
    }
  } finally {
    found.abort();
  }
  interrupted.throwIfAborted();
  throw new Error(`the log of ${filter} ended`);
};
