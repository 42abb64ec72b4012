import { isFailure, marker, markerId, refKey, type JsonObject, type Ref, type Route } from '@osm/kernel';
import { fidelity, type Context, type Lookup, type Policy, type Resource, type TwinOf } from '@osm/resource';
import { markIn, markInMetadata, marksOf } from './marks.ts';

/** A resource as a scan has seen it. */
export interface Seen {
  readonly ref: Ref;
  readonly name: string | null;
  readonly projectId: string | null;
  /** Secrets as digests. */
  readonly attributes: JsonObject;
}

/**
 * How a twin was proven.
 * - `marker`: it still wears the marker of its original.
 * - `assigned-id`: it has the id that its original's twin is given.
 * - `same-id`: it has the very id of its original (`preserve_ids`), and the same data.
 * - `natural-key`: the cloud has only one of that key, and all that a twin carries is equal.
 * - `equal`: in its project it is the only one of that name with all of that equal, and of one original only.
 */
export type Proof = 'marker' | 'assigned-id' | 'same-id' | 'natural-key' | 'equal';

export interface ProvenTwin {
  readonly ref: Ref;
  readonly name: string | null;
  readonly destinationId: string;
  readonly proof: Proof;
  /** Nothing is missing of it: it counts as migrated. Otherwise the next plan goes on with it. */
  readonly complete: boolean;
  /** How many twins had been given up before it. */
  readonly discarded: number;
}

export interface UnprovenTwin {
  readonly ref: Ref;
  readonly name: string | null;
  /** Of the same type and name at the destination. */
  readonly candidates: readonly string[];
  /** In words. */
  readonly because: string;
}

export interface Proofs {
  readonly proven: readonly ProvenTwin[];
  readonly unproven: readonly UnprovenTwin[];
  /** Nothing at the destination looks like its twin. */
  readonly absent: readonly Pick<Seen, 'ref' | 'name'>[];
}

/** What is compared. */
export interface Evidence {
  readonly route: Route;
  readonly handlers: ReadonlyMap<string, Resource>;
  readonly policy: Policy;
  /** Of the destination's network service. */
  readonly extensions: ReadonlySet<string>;
  readonly source: readonly Seen[];
  readonly destination: readonly Seen[];
  /** Twins that the log knows, by the original's `refKey`. */
  readonly known: ReadonlyMap<string, string>;
}

/**
 * Proves which resource of the destination is whose twin, of all that has none in the log. Pure. A proof may make others
 * possible (a subnet is known by its network), so it goes round until nothing more is found.
 */
export const proveTwins = (evidence: Evidence): Proofs => {
  const search = searchIn(evidence);
  const proven = new Map<string, ProvenTwin>();
  const take = (twin: ProvenTwin): void => {
    proven.set(refKey(twin.ref), twin);
    search.take(twin.ref, twin.destinationId);
  };
  const wanted = evidence.source.filter(
    ({ ref }) => evidence.handlers.has(ref.type) && !evidence.known.has(refKey(ref)),
  );
  for (const seen of wanted) {
    const twin = bySign(search, seen);
    if (twin !== undefined) take(twin);
  }
  for (let found = true; found;) {
    found = false;
    const claims = wanted
      .filter(({ ref }) => !proven.has(refKey(ref)))
      .flatMap((seen) => byEquality(search, seen))
      .flatMap((verdict) => ('proof' in verdict ? [verdict] : []));
    for (const twin of unrivalled(claims)) {
      take(twin);
      found = true;
    }
  }
  const left = wanted.filter(({ ref }) => !proven.has(refKey(ref))).map((seen) => remainder(search, seen));
  return {
    // What was proven half done may be whole now that what it is tied to is known.
    proven: [...proven.values()].map((twin) => completed(search, twin)),
    unproven: left.flatMap((one) => ('because' in one ? [one] : [])),
    absent: left.flatMap((one) => ('because' in one ? [] : [one])),
  };
};

interface Search extends Evidence {
  readonly context: Context;
  readonly twinOf: TwinOf;
  handler(type: string): Resource;
  seenAt(side: 'source' | 'destination', type: string, id: string): Seen | undefined;
  /** At the destination, of that type, nobody's twin, and with that value of an attribute. */
  free(type: string, attribute: string, value: string | null): readonly Seen[];
  marked(type: string, mark: string): Seen | undefined;
  take(ref: Ref, destinationId: string): void;
}

const searchIn = (evidence: Evidence): Search => {
  const { handlers, policy, extensions, known } = evidence;
  const twins = new Map(known);
  const taken = new Set([...known].map(([key, id]) => `${key.slice(0, key.indexOf('/'))}/${id}`));
  const sources = new Map(evidence.source.map((seen) => [refKey(seen.ref), seen]));
  const destinations = new Map(evidence.destination.map((seen) => [refKey(seen.ref), seen]));
  const byType = Map.groupBy(evidence.destination, ({ ref }) => ref.type);
  const indices = new Map<string, ReadonlyMap<string | null, readonly Seen[]>>();
  const indexOf = (type: string, attribute: string): ReadonlyMap<string | null, readonly Seen[]> => {
    const key = `${type}/${attribute}`;
    const made = indices.get(key) ?? Map.groupBy(byType.get(type) ?? [], (seen) => valueOf(seen, attribute));
    indices.set(key, made);
    return made;
  };
  const byMark = new Map(
    evidence.destination.flatMap((seen) => marksWorn(seen).map((mark) => [`${seen.ref.type}/${mark}`, seen])),
  );
  return {
    ...evidence,
    context: { policy, outputs: {}, extensions },
    twinOf: (ref) => twins.get(refKey(ref)),
    handler: (type) => {
      const handler = handlers.get(type);
      if (handler === undefined) throw new TypeError(`no handler of ${type}`);
      return handler;
    },
    seenAt: (side, type, id) => (side === 'source' ? sources : destinations).get(refKey({ type, id })),
    free: (type, attribute, value) =>
      (indexOf(type, attribute).get(value) ?? []).filter(({ ref }) => !taken.has(refKey(ref))),
    marked: (type, mark) => byMark.get(`${type}/${mark}`),
    take: (ref, destinationId) => {
      twins.set(refKey(ref), destinationId);
      taken.add(refKey({ type: ref.type, id: destinationId }));
    },
  };
};

/** `name` is what the type says that its name is. */
const valueOf = ({ name, attributes }: Seen, attribute: string): string | null => {
  const value = attribute === 'name' ? name : attributes[attribute];
  return typeof value === 'string' ? value : null;
};

const marksWorn = ({ attributes }: Seen): readonly string[] => {
  const tags = Array.isArray(attributes['tags']) ? attributes['tags'] : [];
  return [markIn(attributes['description']), markInMetadata(attributes), ...tags.map(markIn)].flatMap(
    (mark) => mark ?? [],
  );
};

/** By its marker, or by the id that it was given. */
const bySign = (search: Search, { ref, name, attributes }: Seen): ProvenTwin | undefined => {
  const { route, policy } = search;
  const handler = search.handler(ref.type);
  for (const [mark, { role, discarded }] of marksOf(route, handler, ref.id)) {
    if (role !== 'twin') continue;
    const isId = handler.adopts === 'assigned';
    const seen = isId ? search.seenAt('destination', ref.type, mark) : search.marked(ref.type, mark);
    if (seen === undefined) continue;
    const proof = isId ? 'assigned-id' : 'marker';
    return { ref, name, destinationId: seen.ref.id, proof, complete: false, discarded };
  }
  if (handler.adopts !== 'assigned' || !policy.preserve_ids) return undefined;
  const seen = search.seenAt('destination', ref.type, ref.id);
  const lookup = lookupOf(search, handler, ref, attributes);
  // Somebody else may have brought an image of the same id: its data have to be the same.
  if (seen === undefined || lookup?.kind !== 'assigned' || lookup.differs(seen.attributes) !== undefined)
    return undefined;
  return { ref, name, destinationId: ref.id, proof: 'same-id', complete: false, discarded: 0 };
};

type Verdict = ProvenTwin | { readonly ref: Ref; readonly because: string };

/** By what it is like. Nothing where nothing is like it. */
const byEquality = (search: Search, seen: Seen): readonly Verdict[] => {
  const { ref, name, attributes } = seen;
  const handler = search.handler(ref.type);
  const refused = (because: string): readonly Verdict[] => [{ ref, because }];
  try {
    const lookup = lookupOf(search, handler, ref, attributes);
    const isKey = lookup?.kind === 'unique';
    const like = isKey ? matching(search, handler, seen, lookup) : namesakes(search, handler, seen);
    if (like.length === 0) return [];
    if (movesData(handler)) return refused('its data cannot be compared');
    const equal = like.filter((candidate) => differences(search, handler, seen, candidate).length === 0);
    const [twin] = equal;
    if (twin !== undefined && equal.length === 1) {
      const proof = isKey ? 'natural-key' : 'equal';
      return [{ ref, name, destinationId: twin.ref.id, proof, complete: true, discarded: 0 }];
    }
    if (equal.length > 1) return refused(`${equal.length} are equal to it`);
    const [first] = like;
    const differing = first === undefined || like.length > 1 ? [] : differences(search, handler, seen, first);
    return refused(differing.length === 0 ? 'none of them is equal to it' : `it differs: ${differing.join(', ')}`);
  } catch (error) {
    if (!isFailure(error)) throw error;
    return namesakes(search, handler, seen).length === 0 ? [] : refused(`it cannot be compared: ${error.message}`);
  }
};

const lookupOf = (
  { twinOf, route, policy }: Search,
  handler: Resource,
  ref: Ref,
  attributes: JsonObject,
): Lookup | undefined => {
  const mark = marker(route, ref.type, ref.id);
  return handler.lookup(attributes, twinOf, handler.adopts === 'assigned' ? markerId(mark) : mark, policy);
};

/** Those of the natural key. What the query asks for beside it is an attribute as well, where the type declares it. */
const matching = (
  search: Search,
  handler: Resource,
  { attributes }: Seen,
  { match, query, differs }: Extract<Lookup, { kind: 'unique' }>,
): readonly Seen[] =>
  withOneOf(search, handler, match).filter(({ attributes: twin }) => {
    const isAsked = Object.entries(query).every(
      ([name, value]) => typeof twin[name] !== 'string' || typeof value !== 'string' || twin[name] === value,
    );
    const isKey = Object.entries(match).every(([name, value]) =>
      handler.secret.includes(name)
        ? sameDigest(attributes[name], twin[name])
        : handler.same(name, value, twin[name] ?? null),
    );
    return isAsked && isKey && differs(twin) === undefined;
  });

/** Those that share the rarest part of the key: clouds have many rules, and few of one security group. */
const withOneOf = (search: Search, { type, secret }: Resource, match: JsonObject): readonly Seen[] =>
  Object.entries(match)
    .flatMap(([name, value]) =>
      typeof value !== 'string' || secret.includes(name) || name === 'name' ? [] : [search.free(type, name, value)],
    )
    .concat(typeof match['name'] === 'string' ? [search.free(type, 'name', match['name'])] : [])
    .toSorted((a, b) => a.length - b.length)[0] ?? [];

const sameDigest = (a: unknown, b: unknown): boolean => a !== undefined && JSON.stringify(a) === JSON.stringify(b);

/** Those of its name, in the twin of its project. */
const namesakes = (search: Search, handler: Resource, { name, projectId }: Seen): readonly Seen[] => {
  const owner = projectId === null ? undefined : search.twinOf({ type: 'project', id: projectId });
  return search
    .free(handler.type, 'name', name)
    .filter((one) => owner === undefined || one.projectId === null || one.projectId === owner);
};

/** Types of which a twin may look finished and lack its data. */
const movesData = ({ dataPath, ownSteps }: Resource): boolean =>
  dataPath !== undefined || ownSteps.some(({ service }) => service === 'data-transfer');

/** Attributes in which a candidate is not what a twin would be. */
const differences = (search: Search, handler: Resource, source: Seen, candidate: Seen): readonly string[] => {
  const { twinOf, context, policy } = search;
  const { attributes } = source;
  const expected = { ...handler.create(attributes, twinOf, context), ...handler.expect(attributes, twinOf, context) };
  const shown = Object.fromEntries(Object.entries(expected).filter(([name]) => !handler.secret.includes(name)));
  const left = handler.left(attributes, policy);
  const told: Resource = {
    ...handler,
    same: (name, wanted, actual) =>
      handler.secret.includes(name) ? sameDigest(wanted, actual) : handler.same(name, wanted, actual),
  };
  return fidelity(told, attributes, candidate.attributes, shown, policy, true)
    .others.filter(({ attribute, verdict }) => verdict === 'lost' && !(attribute in left))
    .map(({ attribute }) => attribute);
};

/** Those whose twin is claimed by nobody else. */
const unrivalled = (claims: readonly ProvenTwin[]): readonly ProvenTwin[] => {
  const claimed = Map.groupBy(claims, ({ ref, destinationId }) => refKey({ type: ref.type, id: destinationId }));
  return [...claimed.values()].flatMap((rivals) => (rivals.length === 1 ? rivals : []));
};

/** What wears its marker is not finished; an image that has its id is, when all of it is equal. */
const completed = (search: Search, twin: ProvenTwin): ProvenTwin => {
  const handler = search.handler(twin.ref.type);
  if (twin.proof !== 'assigned-id' && twin.proof !== 'same-id') return twin;
  const source = search.seenAt('source', twin.ref.type, twin.ref.id);
  const seen = search.seenAt('destination', twin.ref.type, twin.destinationId);
  if (source === undefined || seen === undefined) return twin;
  try {
    const lookup = lookupOf(search, handler, twin.ref, source.attributes);
    const isSame = lookup?.kind === 'assigned' && lookup.differs(seen.attributes) === undefined;
    return { ...twin, complete: isSame && differences(search, handler, source, seen).length === 0 };
  } catch (error) {
    if (!isFailure(error)) throw error;
    return twin;
  }
};

const remainder = (search: Search, seen: Seen): UnprovenTwin | Pick<Seen, 'ref' | 'name'> => {
  const { ref, name } = seen;
  const handler = search.handler(ref.type);
  const [verdict] = byEquality(search, seen);
  if (verdict === undefined) return { ref, name };
  const candidates = namesakes(search, handler, seen).map((one) => one.ref.id);
  return { ref, name, candidates, because: 'because' in verdict ? verdict.because : 'others claim the same twin' };
};
