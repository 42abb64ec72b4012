import type { How, PlanRequest, PlanStep } from '@osm/contracts';
import { parseRefKey, refKey, type JsonObject, type Ref } from '@osm/kernel';
import { PolicySchema, type Policy } from '@osm/resource';
import { smallHandlers } from '@osm/testing/small-handlers';
import type { Draft } from '../transform.ts';
import { buildWorld, type InventoryEntry, type MigrationEntry, type World } from '../world.ts';

export interface SmallWorld {
  /** By ref key; for its name see `name`. */
  readonly inventory: { readonly [key: string]: JsonObject };
  /** By ref key: how its twin came to be, or more. */
  readonly mappings?: { readonly [key: string]: How | Partial<MigrationEntry> };
  /** By ref key: all that scans saw of it. */
  readonly earlier?: { readonly [key: string]: InventoryEntry['earlier'] };
  readonly policy?: Partial<Policy>;
  readonly unavailable?: ReadonlyMap<string, string>;
  /** What the clouds said, by type. */
  readonly facts?: { readonly [type: string]: JsonObject };
}

/** A world in five lines. Parents are recorded as discovery records them: needs that are parents or owners. */
export const smallWorld = ({
  inventory,
  mappings = {},
  earlier = {},
  policy = {},
  unavailable,
  facts,
}: SmallWorld): World => {
  const everything = PolicySchema.parse({ multitenant_mode: true });
  return buildWorld({
    handlers: smallHandlers,
    policy: PolicySchema.parse(policy),
    inventory: Object.entries(inventory).map(([key, attributes]) => {
      const ref = parseRefKey(key);
      const needs = smallHandlers.get(ref.type)?.needs(attributes, everything) ?? [];
      const { name, project_id: projectId } = attributes;
      return {
        ref,
        name: typeof name === 'string' ? name : null,
        projectId: typeof projectId === 'string' ? projectId : null,
        attributes,
        earlier: earlier[key],
        parents: needs.filter(({ parent }) => parent).map((need) => need.ref),
      };
    }),
    migrations: Object.entries(mappings).map(([key, given]) => ({
      ref: parseRefKey(key),
      destinationId: 'twin',
      migrated: true,
      forgotten: false,
      sourceRemoved: false,
      how: 'created' as const,
      ...(typeof given === 'string' ? { how: given } : given),
    })),
    ...(unavailable === undefined ? {} : { unavailable }),
    ...(facts === undefined ? {} : { facts }),
  });
};

/** A request for these roots (by ref key). */
export const asking = (roots: readonly string[], options: Partial<PlanRequest> = {}): PlanRequest => ({
  route: { source: 'old', destination: 'new' },
  roots: roots.map((key): Ref => parseRefKey(key)),
  include: { needs: true, members: false },
  intent: 'migrate',
  cleanUp: 'never',
  policy: {},
  ...options,
});

/** The steps, one a line: `subnet/s/create < network/n/create`; `!` marks what runs always. */
export const printed = (steps: Iterable<PlanStep>): readonly string[] =>
  [...steps].map(
    ({ id, needs, always }) => `${id}${always ? '!' : ''}${needs.length > 0 ? ` < ${needs.join(' ')}` : ''}`,
  );

/** The resources of a draft, one a line: `need network/n all`. */
export const printedResources = ({ resources }: Draft): readonly string[] =>
  [...resources.values()].map(({ as, ref, work }) => `${as} ${refKey(ref)} ${work}`);
