import type { JsonObject } from '@osm/kernel';
import { PolicySchema, type Relation, type Resource, type StepOutline } from '@osm/resource';
import { smallHandlers } from '@osm/testing/small-handlers';
import { describe, expect, it } from 'vitest';
import { draft } from '../draft.ts';
import { asking, printed } from '../testing/small-world.ts';
import { buildWorld } from '../world.ts';

/** The ids in an attribute, as relations to resources of a type. */
const related = (type: string, ids: JsonObject[string] | undefined): readonly Relation[] =>
  (Array.isArray(ids) ? ids : []).map((id) => ({
    name: type,
    ref: { type, id: String(id) },
    parent: false,
    owner: false,
    optional: false,
    goesWith: false,
    cleanUp: false,
    oneByOne: false,
  }));

/** A type like the small ones, with relations and a step that ties of its own. */
const tiedType = (type: string, needs: Resource['needs'], links: Resource['links'], tie?: string): Resource => {
  const plain = smallHandlers.get('network');
  if (plain === undefined) throw new Error('there is no small network');
  const own: readonly StepOutline[] = ['create', ...(tie === undefined ? [] : [tie])].map((name) => ({
    name,
    service: 'network',
    always: false,
    afterLinks: name === tie,
    step: 'create',
  }));
  return { ...plain, type, needs, links, steps: () => own };
};

const none = () => [];

const types = [
  // Serves its ports once they are there.
  tiedType('subnet', none, ({ ports }) => related('port', ports), 'serve'),
  tiedType('router', none, ({ subnets }) => related('subnet', subnets), 'connect'),
  tiedType(
    'port',
    ({ subnets, addresses }) => [...related('subnet', subnets), ...related('address', addresses)],
    ({ subnets }) => related('subnet', subnets),
  ),
  // Leads to a port by way of a router, which it wants to have in the plan.
  tiedType(
    'address',
    ({ routers }) => related('router', routers),
    ({ ports, routers }) => [...related('port', ports), ...related('router', routers)],
    'connect',
  ),
];

const handlers = new Map(types.map((each) => [each.type, each]));

const planned = (inventory: { readonly [key: string]: { readonly [name: string]: readonly string[] } }) => {
  const world = buildWorld({
    handlers,
    policy: PolicySchema.parse({}),
    inventory: Object.entries(inventory).map(([key, attributes]) => {
      const [type = '', id = ''] = key.split('/');
      const lists = Object.fromEntries(Object.entries(attributes).map(([name, list]) => [name, [...list]]));
      return { ref: { type, id }, name: null, projectId: null, attributes: lists, parents: [] };
    }),
    migrations: [],
  });
  return draft(asking(Object.keys(inventory)), world);
};

describe('what is tied to each other', () => {
  it('has the way there before it leads there, all in one plan, though each waits for some part of the others', () => {
    const { steps, findings } = planned({
      'subnet/s': { ports: ['p'] },
      'router/r': { subnets: ['s'] },
      'port/p': { subnets: ['s'], addresses: ['a'] },
      'address/a': { ports: ['p'], routers: ['r'] },
    });
    expect(findings).toEqual([]);
    expect(printed(steps)).toEqual([
      'router/r/create',
      'subnet/s/create',
      'address/a/create < router/r/create',
      'port/p/create < address/a/create subnet/s/create',
      'subnet/s/serve < port/p/create',
      'router/r/connect < subnet/s/serve',
      'address/a/connect < router/r/connect',
    ]);
  });

  it('is tied by a later plan without what came earlier being begun again', () => {
    const world = (mapped: readonly string[]) =>
      buildWorld({
        handlers,
        policy: PolicySchema.parse({}),
        inventory: ['subnet/s', 'port/p'].map((key) => {
          const [type = '', id = ''] = key.split('/');
          const attributes = type === 'subnet' ? { ports: ['p'] } : { subnets: ['s'] };
          return { ref: { type, id }, name: null, projectId: null, attributes, parents: [] };
        }),
        migrations: mapped.map((key) => ({
          ref: { type: key.split('/')[0] ?? '', id: key.split('/')[1] ?? '' },
          destinationId: `twin of ${key}`,
          how: 'created' as const,
          migrated: true,
          forgotten: false,
          sourceRemoved: false,
        })),
      });
    const stepsFor = (root: string, mapped: readonly string[]) =>
      printed(draft(asking([root]), world(mapped)).steps).map((line) => line.split(' ')[0]);
    expect(stepsFor('subnet/s', [])).toEqual(['subnet/s/create', 'subnet/s/serve']);
    expect(stepsFor('port/p', ['subnet/s'])).toEqual(['port/p/create']);
    expect(stepsFor('subnet/s', ['subnet/s', 'port/p'])).toEqual([]);
  });
});
