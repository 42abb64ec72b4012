import { Failure, isJsonObject, markerId, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, pick, type Cloud, type Step } from '@osm/resource';
import { z } from 'zod';
import { tenant } from './tenant.ts';

const show = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<JsonObject> => {
  const { body } = await cloud.send('image', { method: 'GET', path: `/pictures/${id}` }, signal);
  return isJsonObject(body) ? body : {};
};

const transfer: Step = {
  name: 'transfer',
  service: 'data-transfer',
  run: async (context) => {
    const { source, destination, destinationId: id, ref, signal } = context;
    if (id === undefined) throw new Failure('missing-twin', `picture ${ref.id} has no twin`, { remedy: 'Plan again.' });
    if ((await show(destination, id, signal))['sum'] == null) {
      const reader = await source.download('image', { method: 'GET', path: `/pictures/${ref.id}/data` }, signal);
      const there = { method: 'PUT', path: `/pictures/${id}/data` } as const;
      await context.move(reader, await destination.upload('image', there, reader.size, signal));
    }
    const { sum } = await show(destination, id, signal);
    if (sum === (await show(source, ref.id, signal))['sum']) return { sum: sum ?? null };
    throw new Failure('data-differ', `picture ${id} is not what ${ref.id} is`, { remedy: 'Look at the network.' });
  },
};

/** What an image is to the engine, made small: an id of our own choosing, and data that come after the record. */
export const picture = defineResource({
  type: 'picture',
  summary: 'A picture with its data.',
  api: { service: 'image', path: '/pictures', one: null, many: 'pictures', update: 'PATCH' },
  source: z.object({ id: z.string(), name: z.string(), project_id: z.string(), sum: z.string() }),
  needs: { project: { of: tenant, id: (s) => s.project_id, owner: true } },
  filters: [],
  create: (s, to) => ({ name: s.name, project_id: to.project }),
  expect: (s) => pick(s, 'sum'),
  adopt: { assigned: (_s, mark) => markerId(mark) },
  steps: ['create', transfer],
  drop: { id: impossible('each cloud gives its own ids') },
});
