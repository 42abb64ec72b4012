import { canonicalJson, equalJson, Failure, isJsonObject, type Json, type JsonObject, type Ref } from '@osm/kernel';
import type { z } from 'zod';
import type { Policy } from './policy.ts';
import type { Adopt, Link, Need, Of, ResourceSpec, To } from './resource-spec.ts';
import type { Emptying } from './step.ts';
import type { Lookup, Relation, Resource, StepOutline, TwinOf } from './resource.ts';

/**
 * Makes a resource type of its description. The result is erased on purpose: the compiler's messages would print the
 * whole tower of types otherwise, and nobody but the description itself needs them.
 */
export const defineResource = <
  Schema extends z.ZodObject,
  const N extends { readonly [name: string]: Need<z.infer<Schema>> },
  const L extends { readonly [name: string]: Link<z.infer<Schema>> } = {
    readonly [name: string]: Link<z.infer<Schema>>;
  },
>(
  spec: ResourceSpec<Schema, N, L>,
): Resource => {
  type S = z.infer<Schema>;
  // The one place where raw JSON becomes the handler's type: `check` has seen it before it was recorded.
  const source = (attributes: JsonObject): S => attributes as S;
  const links: { readonly [name: string]: Link<S> } = spec.links ?? {};
  const twins = (attributes: JsonObject, twinOf: TwinOf, policy: Policy): To<N, L> =>
    toTwins(spec, source(attributes), attributes, twinOf, policy) as To<N, L>;
  const adoptOf = (attributes: JsonObject): Adopt<S, To<N, L>> =>
    typeof spec.adopt === 'function' ? spec.adopt(source(attributes)) : spec.adopt;
  const sampleAdopt = typeof spec.adopt === 'function' ? undefined : spec.adopt;
  const chosen = spec.steps ?? (spec.links === undefined ? (['create'] as const) : undefined);
  if (chosen === undefined) throw new TypeError(`${spec.type} has links, so it must say which step ties them`);

  return {
    type: spec.type,
    summary: spec.summary,
    dataPath: spec.dataPath,
    api: spec.api,
    filters: spec.filters,
    secret: spec.secret ?? [],
    volatile: spec.volatile ?? [],
    follows: spec.follows ?? {},
    actsInProject: spec.actsInProject ?? false,
    readsInProject: spec.readsInProject ?? false,
    open: spec.open ?? false,
    auxiliary: spec.auxiliary ?? [],
    ownSteps: chosen.filter((step) => step !== 'create'),
    drop: spec.drop,
    declared: Object.keys(spec.source.shape),
    needTypes: unique(Object.values(spec.needs).map((need) => typeName(need.of, spec.type))),
    linkTypes: unique(Object.values(links).map((link) => typeName(link.of, spec.type))),
    memberLinkTypes: unique(
      Object.values(links)
        .filter((link) => link.member === true)
        .map((link) => typeName(link.of, spec.type)),
    ),
    ridesAlong: Object.values(spec.needs).some((need) => need.goesWith === true),
    parentTypes: unique(
      Object.values(spec.needs)
        .filter((need) => need.parent === true || need.owner === true)
        .map((need) => typeName(need.of, spec.type)),
    ),
    adopts: sampleAdopt === undefined ? 'marker' : kindOf(sampleAdopt),
    markerField: sampleAdopt !== undefined && 'marker' in sampleAdopt ? sampleAdopt.marker : undefined,

    id: (item) => spec.id?.(item) ?? String(item['id']),
    ...(spec.listAll === undefined ? {} : { listAll: spec.listAll }),
    left: (attributes, policy) => ({ ...spec.drop, ...spec.dropWhen?.(source(attributes), policy) }),
    check: (attributes) => check(spec, attributes),
    name: (attributes) => (spec.name === undefined ? textOrNull(attributes['name']) : spec.name(source(attributes))),
    projectId: (attributes) =>
      spec.projectId === undefined
        ? textOrNull(attributes['project_id'])
        : (spec.projectId(source(attributes)) ?? null),
    eligible: (attributes) => spec.eligible?.(source(attributes)) ?? true,
    needs: (attributes, policy) =>
      relations(
        spec.type,
        Object.fromEntries(Object.entries(spec.needs).filter(([, need]) => isFollowed(need, policy))),
        source(attributes),
      ),
    links: (attributes) => relations(spec.type, links, source(attributes)),
    memberLinks: (attributes) =>
      relations(
        spec.type,
        Object.fromEntries(Object.entries(links).filter(([, link]) => link.member === true)),
        source(attributes),
      ),
    steps: (attributes, policy) =>
      chosen
        .filter((step) => step === 'create' || (step.when?.(attributes, policy) ?? true))
        .map((step): StepOutline =>
          step === 'create'
            ? { name: 'create', service: spec.api.service, always: false, afterLinks: false, step }
            : {
                name: step.name,
                service: step.service ?? spec.api.service,
                always: step.always ?? false,
                afterLinks: step.afterLinks ?? false,
                step,
              },
        ),
    caution: (attributes) => spec.caution?.(source(attributes)),
    staging: (attributes) => spec.staging?.(source(attributes)) ?? { gib: 0, together: [] },
    patience: (attributes, policy) => spec.patience?.(source(attributes), policy) ?? policy.resource_creation_timeout,
    create: (attributes, twinOf, context) =>
      present(spec.create(source(attributes), twins(attributes, twinOf, context.policy), context)),
    expect: (attributes, twinOf, context) =>
      spec.expect === undefined
        ? {}
        : present(spec.expect(source(attributes), twins(attributes, twinOf, context.policy), context)),
    lookup: (attributes, twinOf, marker, policy) =>
      lookup(adoptOf(attributes), source(attributes), () => twins(attributes, twinOf, policy), marker, policy),
    same: (attribute, expected, actual) => (spec.same?.[attribute] ?? sameValue)(expected, actual),
    ready: (twin) => spec.ready?.(twin) ?? 'ready',
    finish: (attributes, twinOf, twin, context) =>
      spec.finish?.(source(attributes), twins(attributes, twinOf, context.policy), twin, context) ?? [],
    remove: (attributes) => spec.remove?.(source(attributes)) ?? [],
    ...(spec.empty === undefined ? {} : { empty: (context: Emptying) => spec.empty?.(context) ?? Promise.resolve() }),
    ...(spec.enrich === undefined ? {} : { enrich: spec.enrich }),
  };
};

const typeName = (of: Of, self: string): string => (of === 'self' ? self : of.type);

const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];

const textOrNull = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

/** A body without the members that are `undefined`: those that policy or a missing owner leaves out. */
const present = (body: { readonly [attribute: string]: unknown }): JsonObject =>
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as JsonObject;

const check = <S extends z.ZodObject>(spec: { type: string; source: S }, attributes: JsonObject): void => {
  const parsed = spec.source.safeParse(attributes);
  if (parsed.success) return;
  const where = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Failure('unreadable-resource', `cannot read ${spec.type} ${String(attributes['id'])}: ${where}`, {
    remedy: 'The cloud shows it in a form that this version does not know: report it with the release of the cloud.',
  });
};

type Related<S> = Need<S> | Link<S>;

const idsOf = <S>(related: Related<S>, source: S): readonly string[] => {
  if ('ids' in related) return related.ids(source);
  const id = related.id(source);
  return id === null || id === undefined || id === '' ? [] : [id];
};

const relations = <S>(type: string, all: { readonly [name: string]: Related<S> }, source: S): readonly Relation[] =>
  Object.entries(all).flatMap(([name, related]) =>
    unique(idsOf(related, source)).map((id) => ({
      name,
      ref: { type: typeName(related.of, type), id },
      parent: ('parent' in related && related.parent === true) || ('owner' in related && related.owner === true),
      owner: 'owner' in related && related.owner === true,
      optional: 'optional' in related && related.optional === true,
      goesWith: 'goesWith' in related && related.goesWith === true,
      cleanUp: 'cleanUp' in related && related.cleanUp === true,
      oneByOne: 'oneByOne' in related && related.oneByOne === true,
    })),
  );

/** Needs are resolved when they are asked for, so that only a twin that is really wanted can be missing. */
const toTwins = <S>(
  spec: {
    readonly type: string;
    readonly needs: { readonly [name: string]: Need<S> };
    readonly links?: { readonly [name: string]: Link<S> };
  },
  source: S,
  attributes: JsonObject,
  twinOf: TwinOf,
  policy: Policy,
): object => {
  const twin = (name: string, ref: Ref, optional: boolean): string | undefined => {
    const destinationId = twinOf(ref);
    if (destinationId !== undefined || optional) return destinationId;
    throw missingTwin(spec.type, attributes, name, ref);
  };
  const to = {};
  for (const [name, link] of Object.entries(spec.links ?? {})) {
    const end = (id: string): string | undefined => twinOf({ type: typeName(link.of, spec.type), id });
    Object.defineProperty(to, name, { value: end, enumerable: true });
  }
  for (const [name, need] of Object.entries(spec.needs)) {
    const type = typeName(need.of, spec.type);
    const get = (): unknown => {
      const optional = need.optional === true;
      if ('ids' in need) return (id: string) => twin(name, { type, id }, optional);
      if (!isFollowed(need, policy)) return undefined;
      const id = need.id(source);
      return id === null || id === undefined || id === '' ? id : twin(name, { type, id }, optional);
    };
    Object.defineProperty(to, name, { get, enumerable: true });
  }
  return to;
};

/** A single tenant's credential does not look at owners; policy may leave out more. */
const isFollowed = <S>(need: Need<S>, policy: Policy): boolean =>
  (policy.multitenant_mode || need.owner !== true) && (need.when?.(policy) ?? true);

const missingTwin = (type: string, attributes: JsonObject, name: string, ref: Ref): Failure =>
  new Failure(
    'missing-twin',
    `cannot migrate ${type} ${String(attributes['id'])}: its ${name}, ${ref.type} ${ref.id}, has no twin`,
    { remedy: `Migrate the ${ref.type} first, or plan with --include-dependencies.` },
  );

const kindOf = (adopt: object): Resource['adopts'] =>
  'unique' in adopt ? 'unique' : 'assigned' in adopt ? 'assigned' : 'traces' in adopt ? 'traces' : 'marker';

const lookup = <S, T>(adopt: Adopt<S, T>, source: S, to: () => T, marker: string, policy: Policy): Lookup => {
  if ('assigned' in adopt) {
    const differs = (candidate: JsonObject): string | undefined => adopt.differs?.(source, candidate);
    return { kind: 'assigned', id: adopt.assigned(source, marker, policy), differs };
  }
  if ('traces' in adopt) return { kind: 'traces', ...adopt.traces(source, to()) };
  if (!('unique' in adopt)) return { kind: 'marker', marker: adopt.marker };
  const { query, match } = adopt.unique(source, to());
  return {
    kind: 'unique',
    query,
    match: present(match),
    marker: adopt.marker,
    differs: (candidate) => adopt.differs?.(source, candidate),
  };
};

/** Equal JSON; lists of texts and of objects are sets for OpenStack, which returns them in any order. */
const sameValue = (expected: unknown, actual: unknown): boolean => {
  if (Array.isArray(expected) && Array.isArray(actual)) return equalJson(asSet(expected), asSet(actual));
  if (isJsonObject(expected) && isJsonObject(actual)) {
    const names = unique([...Object.keys(expected), ...Object.keys(actual)]);
    return names.every((name) => sameValue(expected[name], actual[name]));
  }
  return equalJson(expected, actual);
};

const asSet = (list: readonly unknown[]): readonly string[] => list.map(canonicalJson).sort();
