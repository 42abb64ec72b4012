/** What of the inventory is shown; it stands in the address, so that it can be handed on. */
export interface InventoryFilter {
  readonly cloud: string | undefined;
  readonly project: string | undefined;
  readonly type: string | undefined;
  readonly q: string;
  /** Only what is there, only what is gone, or both. */
  readonly there: 'both' | 'there' | 'gone';
  /** What is not moved, instead of what is. */
  readonly uncovered: boolean;
}

/** As the address has it. */
export const filterOf = (search: URLSearchParams): InventoryFilter => {
  const there = search.get('there');
  return {
    cloud: search.get('cloud') ?? undefined,
    project: search.get('project') ?? undefined,
    type: search.get('type') ?? undefined,
    q: search.get('q') ?? '',
    there: there === 'there' || there === 'gone' ? there : 'both',
    uncovered: search.has('not-moved'),
  };
};

/** The address of it: what is as at first is left out. */
export const searchOf = (filter: InventoryFilter): URLSearchParams => {
  const search = new URLSearchParams();
  if (filter.cloud !== undefined) search.set('cloud', filter.cloud);
  if (filter.project !== undefined) search.set('project', filter.project);
  if (filter.type !== undefined) search.set('type', filter.type);
  if (filter.q !== '') search.set('q', filter.q);
  if (filter.there !== 'both') search.set('there', filter.there);
  if (filter.uncovered) search.set('not-moved', '');
  return search;
};

/** What the API is asked for. */
export const queryOf = ({ cloud, project, type, q, there }: InventoryFilter) => ({
  ...(cloud === undefined ? {} : { cloud }),
  ...(project === undefined ? {} : { project }),
  ...(type === undefined ? {} : { type }),
  ...(q.trim() === '' ? {} : { q: q.trim() }),
  ...(there === 'both' ? {} : { vanished: there === 'gone' }),
});
