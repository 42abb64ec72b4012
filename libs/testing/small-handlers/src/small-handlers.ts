import { Failure, type JsonObject } from '@osm/kernel';
import { defineResource, identity, network as networkApi, type Cloud, type Policy, type Resource } from '@osm/resource';
import { z } from 'zod';

const id = z.string().optional();
const ids = z.array(z.string()).optional();

const project = defineResource({
  type: 'project',
  summary: 'An owner.',
  api: identity('/projects', 'project'),
  source: z.object({ id }),
  needs: {},
  filters: [],
  create: () => ({}),
  adopt: { unique: () => ({ query: {}, match: {} }) },
  drop: {},
});

const owner = {
  of: project,
  owner: true,
  id: (source: { project_id?: string | undefined }) => source.project_id,
} as const;

const network = defineResource({
  type: 'network',
  summary: 'A network.',
  api: networkApi('/networks', 'network'),
  source: z.object({ id, project_id: id, made_by_cloud: z.boolean().optional(), external: z.boolean().optional() }),
  needs: { project: owner },
  filters: [],
  eligible: (source) => source.made_by_cloud !== true,
  create: (source) => {
    if (source.external !== true) return {};
    throw new Failure('map-first', 'an external network is never made', { remedy: 'Register its twin.' });
  },
  adopt: { marker: 'description' },
  drop: {},
});

const subnet = defineResource({
  type: 'subnet',
  summary: 'A subnet.',
  api: networkApi('/subnets', 'subnet'),
  source: z.object({ id, project_id: id, network_id: z.string() }),
  needs: { project: owner, network: { of: network, parent: true, id: (source) => source.network_id } },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
});

const connect = { name: 'connect', afterLinks: true, run: () => Promise.resolve({}) } as const;

const router = defineResource({
  type: 'router',
  summary: 'A router; its interfaces are links.',
  api: networkApi('/routers', 'router'),
  source: z.object({ id, project_id: id, gateway: id, interfaces: ids }),
  needs: { project: owner, gateway: { of: network, id: (source) => source.gateway } },
  links: { interface: { of: subnet, ids: (source) => source.interfaces ?? [], member: true } },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
  steps: ['create', connect],
});

/** Links to its own type, in circles. */
const group = defineResource({
  type: 'group',
  summary: 'A group that names other groups.',
  api: networkApi('/groups', 'group'),
  source: z.object({ id, peers: ids }),
  needs: {},
  links: { peer: { of: 'self', ids: (source) => source.peers ?? [] } },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
  steps: ['create', connect],
});

/** Lives in one group, and is deleted with another one that it names. */
const rule = defineResource({
  type: 'rule',
  summary: 'A rule of a group.',
  api: networkApi('/rules', 'rule'),
  source: z.object({ id, in: z.string(), from: id }),
  needs: {
    group: { of: group, parent: true, id: (source) => source.in },
    from: { of: group, goesWith: true, id: (source) => source.from },
  },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
});

/** Needs its own type, so that a bad source can go round in circles. */
const folder = defineResource({
  type: 'folder',
  summary: 'A folder within a folder.',
  api: networkApi('/folders', 'folder'),
  source: z.object({ id, parent: id }),
  needs: { parent: { of: 'self', parent: true, id: (source) => source.parent } },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
});

const own = (name: string, options: object = {}) => ({ name, run: () => Promise.resolve({}), ...options });

const volume = defineResource({
  type: 'volume',
  summary: 'A volume; its bytes go through an image.',
  api: { service: 'block-storage', path: '/volumes', one: 'volume', many: 'volumes', update: 'PUT' },
  source: z.object({ id, project_id: id }),
  needs: { project: owner },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'metadata' },
  drop: {},
  actsInProject: true,
  steps: [own('export'), own('transfer', { service: 'data-transfer' }), 'create', own('collect', { always: true })],
});

const server = defineResource({
  type: 'server',
  summary: 'A server; its volumes go with it.',
  api: { service: 'compute', path: '/servers', one: 'server', many: 'servers', update: 'PUT' },
  source: z.object({ id, project_id: id, volumes: ids, shared: ids, status: z.string().optional() }),
  caution: ({ status }) =>
    status === 'ACTIVE' ? { code: 'running', one: 'is running', many: 'are running', remedy: 'Stop it.' } : undefined,
  needs: {
    project: owner,
    volumes: { of: volume, cleanUp: true, ids: (source) => source.volumes ?? [] },
    shared: { of: volume, oneByOne: true, ids: (source) => source.shared ?? [] },
  },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'metadata' },
  drop: {},
});

const secret = defineResource({
  type: 'secret',
  summary: 'A secret; only members of its project may read it.',
  api: { service: 'key-manager', path: '/secrets', one: null, many: 'secrets', update: 'PUT' },
  source: z.object({ id, project_id: id }),
  needs: { project: owner },
  filters: [],
  create: () => ({}),
  adopt: { marker: 'metadata' },
  drop: {},
  actsInProject: true,
  readsInProject: true,
});

const image = defineResource({
  type: 'image',
  summary: 'An image; its bytes go the way that the clouds allow.',
  api: { service: 'image', path: '/images', one: null, many: 'images', update: 'PATCH' },
  source: z.object({ id, size: z.number().optional() }),
  needs: {},
  filters: [],
  create: () => ({}),
  adopt: { marker: 'description' },
  drop: {},
  steps: [
    'create',
    own('transfer', {
      strategies: {
        probe: async (source: Cloud, destination: Cloud) => ({
          fetches: (await source.has('object-store')) && (await destination.has('image')),
        }),
        choose: ({ size }: JsonObject, _: Policy, { fetches }: JsonObject) =>
          fetches === true && size !== 0
            ? { name: 'fetch', reason: 'the destination fetches for itself' }
            : { name: 'send', reason: 'it is sent from here' },
      },
    }),
  ],
});

/** Types made up for tests, small enough to be kept in mind. */
export const smallHandlers: ReadonlyMap<string, Resource> = new Map(
  [project, network, subnet, router, group, rule, folder, volume, server, secret, image].map((handler) => [
    handler.type,
    handler,
  ]),
);
