import { Failure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, pick, until, type Cloud, type Step, type StepContext } from '@osm/resource';
import { network } from '@osm/resources/network';
import { z } from 'zod';
import { tenant } from './tenant.ts';

/** Temporary copies: what is between a disk and its twin. Each has the marker of the step that made it as its name. */
const copies = '/copies';

const named = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = [];
  for await (const item of cloud.list('block-storage', copies, { key: 'copies', query: { name } }, signal)) {
    if (item['name'] === name) found.push(item);
  }
  return found;
};

const makeCopy = async (cloud: Cloud, wanted: JsonObject, signal: AbortSignal): Promise<string> => {
  const { body } = await cloud.send('block-storage', { method: 'POST', path: copies, body: { copy: wanted } }, signal);
  return String(isJsonObject(body) && isJsonObject(body['copy']) ? body['copy']['id'] : undefined);
};

const show = async (cloud: Cloud, id: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
  const { status, body } = await cloud.send(
    'block-storage',
    { method: 'GET', path: `${copies}/${id}`, accept: [404] },
    signal,
  );
  return status === 404 || !isJsonObject(body) || !isJsonObject(body['copy']) ? undefined : body['copy'];
};

const untilMade = (context: StepContext, cloud: Cloud, id: string): Promise<JsonObject> => {
  let status = 'unknown';
  const failed = (): Failure =>
    new Failure('export-failed', `cannot read disk ${context.ref.id}: copy ${id} is ${status}`, { remedy: 'Retry.' });
  return until(
    async () => {
      const copy = await show(cloud, id, context.signal);
      status = String(copy?.['status'] ?? 'gone');
      if (status === 'available') return copy;
      if (status === 'creating') return undefined;
      throw failed();
    },
    { clock: context.clock, signal: context.signal, seconds: 600 },
    failed,
  );
};

const removeCopies = async (context: StepContext, cloud: Cloud, name: string): Promise<number> => {
  const found = await named(cloud, name, context.signal);
  for (const { id } of found) {
    const path = `${copies}/${String(id)}`;
    await until(
      async () => {
        const copy = await show(cloud, String(id), context.signal);
        if (copy === undefined) return true;
        if (copy['status'] === 'creating' || copy['status'] === 'deleting') return undefined;
        await cloud.send('block-storage', { method: 'DELETE', path, accept: [404] }, context.signal);
        return undefined;
      },
      { clock: context.clock, signal: context.signal, seconds: 600 },
      () => new Failure('not-removed', `copy ${String(id)} is still there`, { remedy: 'Delete it by hand.' }),
    );
  }
  return found.length;
};

const exportDisk: Step = {
  name: 'export',
  run: async (context) => {
    const { source, marker: name, ref, signal } = context;
    const [found] = await named(source, name, signal);
    const copyId = found === undefined ? await makeCopy(source, { name, disk: ref.id }, signal) : String(found['id']);
    await untilMade(context, source, copyId);
    return { copyId };
  },
};

const transferDisk: Step = {
  name: 'transfer',
  service: 'data-transfer',
  run: async (context) => {
    const { source, destination, marker: name, outputs, signal } = context;
    const from = String(outputs['export']?.['copyId']);
    const [found] = await named(destination, name, signal);
    const to = found === undefined ? await makeCopy(destination, { name }, signal) : String(found['id']);
    const before = await untilMade(context, destination, to);
    if (before['sum'] == null) {
      const bytes = (cloud: string) =>
        ({
          method: cloud === 'source' ? 'GET' : 'PUT',
          path: `${copies}/${cloud === 'source' ? from : to}/data`,
        }) as const;
      const reader = await source.download('block-storage', bytes('source'), signal);
      await context.move(reader, await destination.upload('block-storage', bytes('destination'), reader.size, signal));
    }
    const [original, arrived] = [await show(source, from, signal), await show(destination, to, signal)];
    if (original?.['sum'] === arrived?.['sum'] && arrived?.['sum'] != null) return { copyId: to };
    await removeCopies(context, destination, name);
    throw new Failure('data-differ', `copy ${to} is not what ${from} is`, { disposition: 'retry', remedy: 'Retry.' });
  },
};

const tidyDisk: Step = {
  name: 'tidy',
  always: true,
  run: async (context) => {
    const { source, destination, route, ref } = context;
    const exported = await removeCopies(context, source, marker(route, ref.type, ref.id, 'export'));
    const transferred = await removeCopies(context, destination, marker(route, ref.type, ref.id, 'transfer'));
    return { removed: exported + transferred };
  },
};

/**
 * What a volume is to the engine, made small: its data go by temporary copies in both clouds, which are always collected,
 * and its twin is made with a token of its owner's project, in which a role is borrowed.
 */
export const disk = defineResource({
  type: 'disk',
  summary: 'A disk with its data.',
  api: { service: 'block-storage', path: '/disks', one: 'disk', many: 'disks', update: 'PUT' },
  source: z.object({
    id: z.string(),
    name: z.string(),
    project_id: z.string(),
    network_id: z.string().nullable(),
    metadata: z.record(z.string(), z.string()),
  }),
  needs: {
    project: { of: tenant, id: (s) => s.project_id, owner: true },
    network: { of: network, id: (s) => s.network_id },
  },
  filters: [],
  actsInProject: true,
  create: (s, to, { outputs }) => ({
    ...pick(s, 'name', 'metadata'),
    network_id: to.network,
    copy: outputs['transfer']?.['copyId'],
  }),
  adopt: { marker: 'metadata' },
  ready: ({ status }) =>
    status === 'available' ? 'ready' : status === 'creating' ? 'pending' : { failed: `it is ${String(status)}` },
  steps: [exportDisk, transferDisk, 'create', tidyDisk],
  drop: { id: impossible('each cloud gives its own ids') },
});
