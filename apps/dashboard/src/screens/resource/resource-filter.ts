/** Which records are listed; it stands in the address, so that it can be handed on. */
export interface ResourceFilter {
  readonly q: string;
  readonly type: string | undefined;
  readonly status: string | undefined;
  readonly plan: string | undefined;
  /** Those that a person has set aside, instead of those that count. */
  readonly archived: boolean;
}

/** States of a record, those that want somebody first. */
export const mappingStates = [
  ...['failed', 'source-cleanup-failed', 'in-progress', 'pending-members', 'pending-cleanup', 'completed'],
  'rolled-back',
] as const;

/** As the address has it. */
export const filterOf = (search: URLSearchParams): ResourceFilter => ({
  q: search.get('q') ?? '',
  type: search.get('type') ?? undefined,
  status: search.get('status') ?? undefined,
  plan: search.get('plan') ?? undefined,
  archived: search.has('archived'),
});

/** The address of it: what is as at first is left out. */
export const searchOf = ({ q, type, status, plan, archived }: ResourceFilter): URLSearchParams => {
  const search = new URLSearchParams();
  if (q !== '') search.set('q', q);
  if (type !== undefined) search.set('type', type);
  if (status !== undefined) search.set('status', status);
  if (plan !== undefined) search.set('plan', plan);
  if (archived) search.set('archived', '');
  return search;
};

/** What the API is asked for. */
export const queryOf = ({ q, type, status, plan, archived }: ResourceFilter) => ({
  ...(q.trim() === '' ? {} : { q: q.trim() }),
  ...(type === undefined ? {} : { type }),
  ...(status === undefined ? {} : { status }),
  ...(plan === undefined ? {} : { plan }),
  archived,
});

/** The resource that an address asks for by its type and id: `?of=volume/0b7f…`; ids may have slashes. */
export const askedResource = (search: URLSearchParams): { readonly type: string; readonly id: string } | undefined => {
  const of = search.get('of') ?? '';
  const at = of.indexOf('/');
  return at <= 0 ? undefined : { type: of.slice(0, at), id: of.slice(at + 1) };
};
