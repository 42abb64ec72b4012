import { isFailure } from '@osm/kernel';
import { inMemory, PolicySchema, type StepContext } from '@osm/resource';
import { describePayload, openSpoiledClouds } from '@osm/testing/payload-contract';
import { unheard } from '@osm/testing/ports';
import { containerId } from './container-name.ts';
import { objectContainer } from './object-container.ts';
import { transferObjects } from './transfer-objects.ts';

const service = 'object-store';
/** What the endpoint of the token's account has after the host. */
const endpoint = '/object-store/v1/AUTH_%(project_id)s';
const item = { path: '/bytes/item' } as const;

describePayload({
  name: 'the bytes of an object',
  open: async () => {
    const clouds = await openSpoiledClouds(
      service,
      endpoint,
      (method, asked) => method !== 'HEAD' && asked.endsWith('/item'),
    );
    const { straight } = clouds;
    for (const cloud of [straight.source, straight.destination]) {
      await cloud.send(service, { method: 'PUT', path: '/bytes' });
    }
    const [from, to] = [await straight.source.whoAmI(), await straight.destination.whoAmI()];
    const context = (signal: AbortSignal): StepContext => ({
      route: { source: 'source', destination: 'destination' },
      ref: { type: 'object-container', id: containerId(from.projectId ?? '', 'bytes') },
      handler: objectContainer,
      attributes: {},
      policy: PolicySchema.parse({}),
      marker: 'osm-0123456789abcdef0123456',
      outputs: {},
      history: [],
      destinationId: containerId(to.projectId ?? '', 'bytes'),
      twinOf: () => undefined,
      source: clouds.source,
      destination: clouds.destination,
      clock: { now: () => new Date(), sleep: () => Promise.resolve() },
      ...unheard,
      signal,
    });
    return {
      put: async (bytes) => {
        await straight.source.send(service, { method: 'PUT', ...item, body: bytes });
        return 'item';
      },
      copy: (_, signal) => transferObjects.run(context(signal)),
      arrived: async () => {
        try {
          return await inMemory(await straight.destination.download(service, { method: 'GET', ...item }));
        } catch (error) {
          if (isFailure(error) && error.code === 'not-found') return undefined;
          throw error;
        }
      },
      spoil: (fault) => clouds.spoil(fault),
      [Symbol.asyncDispose]: () => clouds[Symbol.asyncDispose](),
    };
  },
});
