import type { FidelityItem } from '@osm/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { Pages } from '../../api/use-pages.ts';
import { useSession } from '../../session/session.tsx';
import { queryOf, type FidelityFilter } from './fidelity-filter.ts';
import { verdictPage, type VerdictPlace } from './verdict-page.ts';
import { verdicts } from './verdicts.ts';

/** Rows of one request. */
const rowsPerPage = 500;

/** The attributes that fit, page by page as they are scrolled to; the worst first. */
export const useVerdictPages = (filter: FidelityFilter): Pages<FidelityItem> => {
  const { api } = useSession();
  const { data, isPending, isFetchingNextPage, hasNextPage, error, fetchNextPage, refetch, dataUpdatedAt } =
    useInfiniteQuery({
      queryKey: ['registry.fidelity-page', filter, 'pages'],
      initialPageParam: { verdicts: filter.verdict === undefined ? verdicts : [filter.verdict] } as VerdictPlace,
      queryFn: ({ pageParam, signal }) =>
        verdictPage((verdict, after) => {
          const query = { ...queryOf(filter), verdict, limit: rowsPerPage, ...(after === undefined ? {} : { after }) };
          return api.ask('registry.fidelity-page', { query, signal });
        }, pageParam),
      getNextPageParam: ({ next }) => next,
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
