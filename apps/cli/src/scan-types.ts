import type { Resource } from '@osm/resource';

/** What of a type matters for finding out which other types a plan must know. */
export type TypeOutline = Pick<
  Resource,
  'type' | 'api' | 'needTypes' | 'linkTypes' | 'memberLinkTypes' | 'parentTypes'
>;

export interface Reach {
  readonly needs: boolean;
  readonly members: boolean;
  /** Whether sources are removed: then everything that may use them has to be known too. */
  readonly removes: boolean;
  /** Whether owners are looked at; with a single tenant's credential they are not. */
  readonly owners: boolean;
}

/**
 * The types that a scan must list before a plan of this root type is drafted, in the order of the handlers: members and
 * theirs, what all these need, and what needs need. Without the needs in the plan the direct ones are listed all the
 * same, because the plan names those that are missing.
 */
export const scanTypes = (
  handlers: ReadonlyMap<string, TypeOutline>,
  root: string,
  reach: Reach,
): readonly string[] => {
  const found = new Set([root]);
  if (reach.members) for (const type of found) for (const member of membersOf(handlers, type)) found.add(member);
  const planned = [...found];
  for (const type of planned) for (const need of needsOf(handlers, type)) found.add(need);
  if (reach.needs) for (const type of found) for (const need of needsOf(handlers, type)) found.add(need);
  if (reach.removes) for (const user of usersOf(handlers, new Set(found))) found.add(user);
  const known = [...handlers.values()].filter(({ type }) => found.has(type));
  const isIdentity = handlers.get(root)?.api.service === 'identity';
  return known.filter(({ api }) => reach.owners || isIdentity || api.service !== 'identity').map(({ type }) => type);
};

/** The types whose resources live in resources of a type, or are tied to them as their parts. */
export const membersOf = (handlers: ReadonlyMap<string, TypeOutline>, type: string): readonly string[] => {
  const living = [...handlers.values()].filter(({ parentTypes }) => parentTypes.includes(type));
  return [...new Set([...(handlers.get(type)?.memberLinkTypes ?? []), ...living.map((member) => member.type)])];
};

const needsOf = (handlers: ReadonlyMap<string, TypeOutline>, type: string): readonly string[] =>
  handlers.get(type)?.needTypes ?? [];

const usersOf = (handlers: ReadonlyMap<string, TypeOutline>, used: ReadonlySet<string>): readonly string[] =>
  [...handlers.values()]
    .filter(({ needTypes, linkTypes }) => [...needTypes, ...linkTypes].some((type) => used.has(type)))
    .map(({ type }) => type);
