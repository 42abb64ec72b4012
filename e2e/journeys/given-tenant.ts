import { randomBytes, createHash } from 'node:crypto';
import type { Ref } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { openClouds, openFakeClouds, type Clouds, type End, type Topology, type Wanted } from '@osm/testing/harness';
import { readVolume } from '@osm/testing/fake-openstack';
import { inner, listed, removeTenant, seedTenant, signInTo, type Side, type Tenant } from '@osm/testing/tenant';

/** A pair that a person registers before a tenant moves: it is not the tenant's to copy. */
interface Registered {
  readonly ref: Ref;
  readonly destinationId: string;
}

/** Two clouds, and in the first of them a tenant that wants to move. */
export interface Given {
  readonly clouds: Clouds;
  readonly prefix: string;
  readonly tenant: Tenant;
  /** What the tenant stands on and what the destination has of its own kind: the world outside and volume types. */
  readonly registered: readonly Registered[];
  /** The destination's volume types by the source's. */
  readonly volumeTypes: { readonly [name: string]: string };
  readonly source: Side;
  readonly destination: Side;
  /** The whole tenant: its domain, and what nothing of it needs. */
  readonly everything: Wanted;
  /** Removes the tenant from real clouds, on both sides, and lets go of everything. */
  end(): Promise<void>;
}

/** What the migrations of the journeys are run with. */
export const policy = { preserve_volume_type: true } as const;

/** Opens the clouds and fills the source. */
export const givenTenant = async (kind: 'any' | 'fake' = 'any'): Promise<Given> => {
  const clouds = kind === 'fake' ? await openFakeClouds({ latencyMs: 2 }) : await openClouds();
  const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
  const { source, destination, route } = clouds;
  const users = signInTo(source.name, source.config);
  const end = async (): Promise<void> => {
    users.close();
    if (clouds.kind === 'real') {
      await Promise.all([removeTenant(source.admin, prefix), removeTenant(destination.admin, prefix)]);
    }
    await clouds.close();
  };
  try {
    const outside = await outsideOf(source.admin);
    const options = { prefix, externalNetworkId: outside.network, signIn: users.signIn };
    const tenant = await seedTenant(source.admin, options);
    const types = await pairedVolumeTypes(source.admin, destination.admin);
    const roots = tenant.everything.filter(({ type }) => ['domain', 'flavor', 'volume-type'].includes(type));
    return {
      clouds,
      prefix,
      tenant,
      registered: [
        ...pairedOutside(outside, await outsideOf(destination.admin)),
        ...types.map((pair) => pair.registered),
      ],
      volumeTypes: Object.fromEntries(types.map(({ names }) => names)),
      source: sideOf(source),
      destination: sideOf(destination),
      everything: {
        route,
        roots: roots.map(({ type, id }) => ({ type, id })),
        include: { needs: true, members: true },
      },
      end,
    };
  } catch (error) {
    await end();
    throw error;
  }
};

/** Tells the system which twins there are already. */
export const registerAll = async ({ asker }: Topology, { registered, everything: { route } }: Given): Promise<void> => {
  for (const { ref, destinationId } of registered) {
    const reason = 'it is part of the cloud';
    await asker.ask('migration.register', { route, ref, destinationId, by: 'e2e', reason });
  }
};

interface Outside {
  readonly network: string;
  readonly subnets: readonly string[];
}

/** The network that leads out of a cloud. */
const outsideOf = async (cloud: Cloud): Promise<Outside> => {
  const query = { 'router:external': 'true', name: 'public' };
  const [network] = await listed(cloud, 'network', { path: '/networks', key: 'networks', query });
  const subnets = network?.['subnets'];
  if (network === undefined || !Array.isArray(subnets)) throw new Error(`${cloud.name} has no network public`);
  return { network: String(network['id']), subnets: subnets.map(String) };
};

const pairedOutside = (source: Outside, destination: Outside): readonly Registered[] => [
  { ref: { type: 'network', id: source.network }, destinationId: destination.network },
  ...source.subnets.slice(0, destination.subnets.length).map((id, at) => ({
    ref: { type: 'subnet', id },
    destinationId: destination.subnets[at] ?? '',
  })),
];

/** Where volumes go by default, and nothing else: the source's default type and the destination's. */
const pairedVolumeTypes = async (source: Cloud, destination: Cloud) => {
  const [from, to] = await Promise.all([source, destination].map(defaultType));
  if (from === undefined || to === undefined) return [];
  const ref = { type: 'volume-type', id: from.id };
  return [{ names: [from.name, to.name] as const, registered: { ref, destinationId: to.id } }];
};

const defaultType = async (cloud: Cloud): Promise<{ readonly id: string; readonly name: string }> => {
  const { body } = await cloud.send('block-storage', { method: 'GET', path: '/types/default' });
  const type = inner(body, 'volume_type');
  return { id: String(type['id']), name: String(type['name']) };
};

/** A fake cloud gives its volumes' bytes away; a real one is asked by its APIs. */
const sideOf = ({ admin, fake }: End): Side =>
  fake === undefined
    ? { cloud: admin }
    : {
        cloud: admin,
        hashVolume: async (id) => createHash('sha256').update(readVolume(fake, id)).digest('hex'),
      };
