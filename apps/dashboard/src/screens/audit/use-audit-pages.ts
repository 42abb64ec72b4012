import type { Api, Event } from '@osm/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Pages } from '../../api/use-pages.ts';
import { useSession } from '../../session/session.tsx';
import { isWanted, queryOf, type AuditFilter } from './audit-filter.ts';
import { newestOf, positionBefore, type AskEvents, type Reach } from './log-reading.ts';

/** Asks for the events that fit. */
export const askFor =
  (api: Api, filter: AuditFilter, signal: AbortSignal): AskEvents =>
  async (after, limit) => {
    const { items, next } = await api.ask('events', { query: { ...queryOf(filter), after, limit }, signal });
    return { items: items.filter((event) => isWanted(event, filter)), next };
  };

/** The part of the log in which events that fit can be. */
export const reachOf = async (api: Api, { from, to }: AuditFilter, signal: AbortSignal): Promise<Reach> => {
  const { position: head } = await api.ask('registry.position', { signal });
  const ask: AskEvents = (after, limit) => api.ask('events', { query: { after, limit }, signal });
  return {
    floor: from === undefined ? 0 : await positionBefore(ask, new Date(from), head),
    end: to === undefined ? head : await positionBefore(ask, new Date(to), head),
  };
};

/** The events that fit, newest first, page by page as they are scrolled to. */
export const useAuditPages = (filter: AuditFilter): Pages<Event> => {
  const { api } = useSession();
  const { data, isPending, isFetchingNextPage, hasNextPage, error, fetchNextPage, refetch, dataUpdatedAt } =
    useInfiniteQuery({
      queryKey: ['events', filter, 'pages'],
      initialPageParam: undefined as Reach | undefined,
      queryFn: async ({ pageParam, signal }) =>
        newestOf(askFor(api, filter, signal), pageParam ?? (await reachOf(api, filter, signal))),
      getNextPageParam: ({ rest }) => rest,
    });
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  return {
    ...{ rows, isPending, error, isFetchingMore: isFetchingNextPage, hasMore: hasNextPage },
    pages: data?.pages.length ?? 0,
    askedAt: dataUpdatedAt,
    fetchMore: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    reload: () => void refetch(),
  };
};
