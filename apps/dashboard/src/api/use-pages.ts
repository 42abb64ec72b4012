import type { Asked, OperationId, Operations } from '@osm/api-client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSession } from '../session/session.tsx';

/** The operations that answer a page at a time. */
export type PagedId = {
  [Id in OperationId]: Operations[Id]['answer'] extends { items: unknown[]; next: string | null } ? Id : never;
}[OperationId];

/** A row of such an operation. */
export type RowOf<Id extends PagedId> = Operations[Id]['answer']['items'][number];

/** Rows that are there so far, and how the next are fetched. */
export interface Pages<Row> {
  readonly rows: readonly Row[];
  /** Nothing was answered yet. */
  readonly isPending: boolean;
  readonly isFetchingMore: boolean;
  readonly hasMore: boolean;
  readonly error: Error | null;
  /** Fetches the next page, unless it is on its way. */
  fetchMore(): void;
  /** Asks for all that is there once more. */
  reload(): void;
  /** Pages that are there. */
  readonly pages: number;
  /** When they were last answered, in milliseconds. */
  readonly askedAt: number;
}

/** Rows of one request. */
const rowsPerPage = 500;

/**
 * All rows of a list, fetched page by page as they are scrolled to: `usePages('registry.step-page', { path: { planId },
 * query: { status } })`. Give it to a `KeysetTable`.
 */
export const usePages = <Id extends PagedId>(id: Id, asked: Omit<Asked<Id>, 'signal'>): Pages<RowOf<Id>> => {
  const { api } = useSession();
  const answered = useInfiniteQuery({
    queryKey: [id, asked, 'pages'],
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const { query } = asked as { query?: object };
      const after = pageParam === undefined ? {} : { after: pageParam };
      const ask = api.ask as (id: Id, asked: object) => Promise<{ items: RowOf<Id>[]; next: string | null }>;
      return ask(id, { ...asked, query: { limit: rowsPerPage, ...query, ...after }, signal });
    },
    getNextPageParam: ({ next }) => next ?? undefined,
  });
  const { data, isPending, isFetchingNextPage, hasNextPage, error, fetchNextPage, refetch } = answered;
  const rows = useMemo(() => data?.pages.flatMap(({ items }) => items) ?? [], [data]);
  return {
    ...{ rows, isPending, error, isFetchingMore: isFetchingNextPage, hasMore: hasNextPage },
    pages: data?.pages.length ?? 0,
    askedAt: answered.dataUpdatedAt,
    fetchMore: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
    },
    reload: () => void refetch(),
  };
};
