import type { Api, ApiProblem, Event } from '@osm/api-client';
import type { Query, QueryClient } from '@tanstack/react-query';
import { isCostly } from '../api/costly-answers.ts';
import { answersTouchedBy } from './answers-touched-by.ts';
import { registryHasSeen } from './registry-has-seen.ts';

/** Milliseconds for which events are gathered before the answers that they touch are asked again. */
const gathering = 700;

interface Following {
  readonly api: Api;
  readonly queries: QueryClient;
  /** Ends it. */
  readonly signal: AbortSignal;
  onEvent(event: Event): void;
  /** The connection is lost (why), or there (undefined). */
  onTrouble(problem: ApiProblem | undefined): void;
}

/**
 * Follows the log, and has all answers asked again that an event may have changed; and all of them after the connection was
 * lost, for what happened meanwhile may not have been heard. Raises where the stream is refused.
 */
export const followLog = async ({ api, queries, signal, onEvent, onTrouble }: Following): Promise<void> => {
  const touched = new Set<string>();
  let heardUpTo = 0;
  let timer: number | undefined;
  let wasLost = false;
  const refused = Promise.withResolvers<never>();
  const askAgain = async (isTouched: (query: Query) => boolean): Promise<void> =>
    queries.invalidateQueries({ predicate: (query) => !isLong(query) && isTouched(query) });
  const catchUp = async (): Promise<void> => {
    timer = undefined;
    const ids = new Set(touched);
    touched.clear();
    await registryHasSeen(api, heardUpTo);
    await askAgain(({ queryKey }) => ids.has(String(queryKey[0])));
  };
  const hear = (event: Event): void => {
    for (const id of answersTouchedBy(event.type)) touched.add(id);
    heardUpTo = Math.max(heardUpTo, event.position);
    onEvent(event);
    timer ??= window.setTimeout(() => void catchUp().catch(refused.reject), gathering);
  };
  const hearTrouble = (problem: ApiProblem | undefined): void => {
    if (problem === undefined && wasLost) void askAgain(({ queryKey }) => !isCostly(queryKey));
    wasLost = problem !== undefined;
    onTrouble(problem);
  };
  signal.addEventListener('abort', () => window.clearTimeout(timer));
  const follow = async (): Promise<void> => {
    for await (const { data } of api.events({ signal, onTrouble: hearTrouble })) hear(data);
  };
  await Promise.race([follow(), refused.promise]);
};

/** Of a long list nothing is asked again by itself: its table says that something has changed. */
const isLong = ({ queryKey }: Query): boolean => queryKey.at(-1) === 'pages';
