import { useCallback, useEffect, useRef } from 'react';
import { useSearchParams } from 'react-router';

/** How a filter is written into an address and read from it. */
export interface SearchFilter<Filter> {
  readonly filterOf: (search: URLSearchParams) => Filter;
  readonly searchOf: (filter: Filter) => URLSearchParams;
}

/**
 * A filter that stands in the address, so that it can be handed on, and how a part of it is changed. Two changes in quick
 * succession both count, though the address is not another yet; and one that comes right after the address has become another
 * begins with that, though it has not been drawn yet.
 */
export const useSearchFilter = <Filter extends object>({
  filterOf,
  searchOf,
}: SearchFilter<Filter>): readonly [filter: Filter, change: (part: Partial<Filter>) => void] => {
  const [search, setSearch] = useSearchParams();
  /** What the address is about to be, and what it was when that was said. */
  const pending = useRef<{ readonly address: string; readonly next: URLSearchParams }>(undefined);
  useEffect(() => {
    pending.current = undefined;
  }, [search]);
  const change = useCallback(
    (part: Partial<Filter>): void => {
      const address = window.location.search;
      const before = pending.current?.address === address ? pending.current.next : new URLSearchParams(address);
      const next = searchOf({ ...filterOf(before), ...part });
      pending.current = { address, next };
      setSearch(next, { replace: true });
    },
    [filterOf, searchOf, setSearch],
  );
  return [filterOf(search), change];
};
