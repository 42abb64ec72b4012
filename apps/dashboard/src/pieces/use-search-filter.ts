import { useCallback, useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

/** How a filter is written into an address and read from it. */
export interface SearchFilter<Filter> {
  readonly filterOf: (search: URLSearchParams) => Filter;
  readonly searchOf: (filter: Filter) => URLSearchParams;
}

/**
 * A filter that stands in the address, so that it can be handed on, and how a part of it is changed. Two changes in quick
 * succession both count, though the address has not been drawn anew between them.
 */
export const useSearchFilter = <Filter extends object>({
  filterOf,
  searchOf,
}: SearchFilter<Filter>): readonly [filter: Filter, change: (part: Partial<Filter>) => void] => {
  const [search, setSearch] = useSearchParams();
  const newest = useRef(search);
  useEffect(() => {
    newest.current = search;
  }, [search]);
  const change = useCallback(
    (part: Partial<Filter>): void => {
      newest.current = searchOf({ ...filterOf(newest.current), ...part });
      setSearch(newest.current, { replace: true });
    },
    [filterOf, searchOf, setSearch],
  );
  return [filterOf(search), change];
};
