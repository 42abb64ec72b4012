import type { JsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import { createOne, PolicySchema, readOne, type Resource, type StepContext, type TwinOf } from '@osm/resource';
import { startFakeCloud } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import { project } from './project.ts';

/** A cloud on loopback, as an administrator sees it; closed when it is disposed of. */
export const fakeDestination = async () => {
  const fake = await startFakeCloud({
    name: 'destination',
    region: 'RegionTwo',
    release: 'epoxy',
    networkType: 'geneve',
    volumeTypes: ['fast'],
    adminPassword: 'lab',
  });
  const cloud = openCloud('destination', {
    file: 'clouds.yaml',
    authUrl: fake.authUrl,
    credential: { type: 'password', user: { name: 'admin', domain: { id: 'default' } }, password: 'lab' },
    scope: { type: 'project', project: { name: 'admin', domain: { id: 'default' } } },
    region: 'RegionTwo',
    interface: 'public',
    tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
    endpointOverrides: {},
  });
  const make = async (handler: Resource, body: JsonObject): Promise<string> =>
    handler.id(await createOne(cloud, handler, body));
  const show = (handler: Resource, id: string): Promise<JsonObject> => readOne(cloud, handler, id);
  return {
    cloud,
    make,
    show,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      cloud.close();
      await fake.close();
    },
  };
};

/** What a step of the source's project `web` is given. */
export const projectStep = (
  destination: StepContext['destination'],
  attributes: JsonObject,
  twinOf: TwinOf,
  more: Partial<StepContext> = {},
): StepContext => ({
  route: { source: 'source', destination: 'destination' },
  ref: { type: 'project', id: 'web' },
  handler: project,
  attributes: { id: 'web', name: 'web', domain_id: 'acme', parent_id: 'acme', enabled: true, ...attributes },
  policy: PolicySchema.parse({}),
  marker: 'osm-0123456789abcdef0123456',
  outputs: {},
  history: [],
  destinationId: undefined,
  twinOf,
  source: destination,
  destination,
  clock: { now: () => new Date(0), sleep: () => Promise.resolve() },
  signal: new AbortController().signal,
  ...unheard,
  ...more,
});
