import type { Given, OperationId, Operations } from '@osm/api-client';
import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useSession } from '../session/session.tsx';

/** The key of an answer among those that the page keeps: all of an operation are found by its first part. */
export const askKey = <Id extends OperationId>(id: Id, given: Given<Id>): readonly unknown[] => [id, ...given];

interface Options {
  /** Not asked as long as it is false; default: true. */
  readonly enabled?: boolean;
  /** Milliseconds after which it is asked again by itself; default: only what the log tells has it asked again. */
  readonly every?: number | false;
  /** Milliseconds for which an answer is good enough; default: none. */
  readonly freshFor?: number;
}

/**
 * Asks the API, and again when an event tells that the answer may be another. `useAsk('registry.plan-summary', [{ path:
 * { planId } }])`. What was answered stays on the screen while it is asked again.
 */
export const useAsk = <Id extends OperationId>(
  id: Id,
  given: Given<Id>,
  { enabled = true, every = false, freshFor = 0 }: Options = {},
): UseQueryResult<Operations[Id]['answer']> => {
  const { api } = useSession();
  return useQuery({
    queryKey: askKey(id, given),
    queryFn: ({ signal }) => api.ask(id, ...withSignal(given, signal)),
    enabled,
    refetchInterval: every,
    staleTime: freshFor,
  });
};

/** The same request, which can be given up. */
export const withSignal = <Id extends OperationId>(given: Given<Id>, signal: AbortSignal): Given<Id> => {
  const [asked] = given;
  return [{ ...asked, signal }] as unknown as Given<Id>;
};
