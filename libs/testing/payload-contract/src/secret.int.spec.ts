import { isJsonObject } from '@osm/kernel';
import { createOne, inMemory, PolicySchema, readOne, type Cloud, type StepContext } from '@osm/resource';
import { secret } from '@osm/resources/key-manager';
import { unheard } from '@osm/testing/ports';
import { describePayload } from './describe-payload.ts';
import { openSpoiledClouds } from './open-spoiled-clouds.ts';

const type = 'application/octet-stream';

const payload = async (cloud: Cloud, id: string): Promise<Buffer> => {
  const request = { method: 'GET', path: `/secrets/${id}/payload`, headers: { Accept: type } } as const;
  return inMemory(await cloud.download('key-manager', request));
};

const fill = secret.ownSteps.find(({ name }) => name === 'fill');

describePayload({
  name: 'the payload of a secret',
  bytes: 9_000,
  without: {
    giant: 'Barbican takes 20 000 bytes at most',
    zero: 'Barbican has no empty payload',
  },
  open: async () => {
    const isData = (method: string, path: string): boolean =>
      method === 'PUT' || (method === 'GET' && path.endsWith('/payload'));
    const clouds = await openSpoiledClouds('key-manager', '/key-manager', isData);
    const { source, destination, straight } = clouds;
    const twins = new Map<string, string>();
    const context = async (id: string, destinationId: string, signal: AbortSignal): Promise<StepContext> => ({
      route: { source: 'source', destination: 'destination' },
      ref: { type: 'secret', id },
      handler: secret,
      attributes: await readOne(straight.source, secret, id),
      policy: PolicySchema.parse({}),
      marker: 'osm-0123456789abcdef0123456',
      ...{ outputs: {}, history: [], destinationId, twinOf: () => undefined, source, destination, signal },
      clock: { now: () => new Date(), sleep: () => Promise.resolve() },
      ...unheard,
    });
    return {
      put: async (bytes) => {
        const body = { name: 's', payload: bytes.toString('base64') };
        const encoding = { payload_content_type: type, payload_content_encoding: 'base64' };
        return secret.id(await createOne(straight.source, secret, { ...body, ...encoding }));
      },
      copy: async (id, signal) => {
        const twin = twins.get(id) ?? secret.id(await createOne(straight.destination, secret, { name: 's' }));
        twins.set(id, twin);
        return await fill?.run(await context(id, twin, signal));
      },
      arrived: async (id) => {
        const twin = twins.get(id);
        const row = twin === undefined ? {} : await readOne(straight.destination, secret, twin);
        const filled = isJsonObject(row['content_types']);
        return twin === undefined || !filled ? undefined : await payload(straight.destination, twin);
      },
      spoil: (fault) => clouds.spoil(fault),
      [Symbol.asyncDispose]: () => clouds[Symbol.asyncDispose](),
    };
  },
});
