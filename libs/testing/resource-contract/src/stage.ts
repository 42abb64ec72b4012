import type { JsonObject } from '@osm/kernel';
import {
  PolicySchema,
  type Context,
  type Lookup,
  type Policy,
  type Relation,
  type Resource,
  type Twin,
  type TwinOf,
} from '@osm/resource';
import type { ExpectedRelation, Fixture } from './fixture.ts';

/** Policy with the defaults of the configuration. */
export const policyOf = (changes: Partial<Policy> = {}): Policy => ({ ...PolicySchema.parse({}), ...changes });

/** A context whose destination has the fixture's extensions, or those given. */
export const contextOf = (
  fixture: Fixture,
  policy: Partial<Policy> = {},
  extensions: readonly string[] = fixture.extensions ?? [],
): Context => ({ policy: policyOf(policy), outputs: fixture.outputs ?? {}, extensions: new Set(extensions) });

/** Everything has a twin, named after its source. */
export const namedTwins: TwinOf = (ref) => `twin-of-${ref.type}-${ref.id}`;

/** Everything has a twin whose name tells nothing of its source. */
export const numberedTwins = (): TwinOf => {
  const names = new Map<string, string>();
  return (ref) => {
    const key = `${ref.type}/${ref.id}`;
    const name = names.get(key) ?? `other-${names.size + 1}`;
    names.set(key, name);
    return name;
  };
};

/** The marker of the stage: any text would do. */
export const stageMarker = 'osm-0123456789abcdef0123456';

/** The twin that `finish` is given. */
export const twinFor = (
  handler: Resource,
  fixture: Fixture,
  attributes: JsonObject,
  twinOf: TwinOf,
  reused = false,
): Twin => {
  const id = twinOf({ type: handler.type, id: handler.id(attributes) }) ?? 'twin';
  const body = fixture.fresh ?? fixture.twin ?? handler.create(attributes, twinOf, contextOf(fixture));
  return { id, body: { ...body, id }, reused };
};

/** Whether the engine would take this candidate for the twin. */
export const isMatch = (handler: Resource, lookup: Lookup, candidate: JsonObject): boolean =>
  (lookup.kind === 'traces' && lookup.matches(candidate)) ||
  (lookup.kind === 'unique' &&
    Object.entries(lookup.match).every(([attribute, value]) =>
      handler.same(attribute, value, candidate[attribute] ?? null),
    ));

/** Relations as fixtures write them. */
export const told = (relations: readonly Relation[]): readonly ExpectedRelation[] =>
  relations.map(({ name, ref }) => ({ name, type: ref.type, id: ref.id }));
