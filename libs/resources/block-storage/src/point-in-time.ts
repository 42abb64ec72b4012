import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, StepContext } from '@osm/resource';

/**
 * A volume that stands still. One that nobody uses is read itself; one that a server writes to is never read from under
 * the writer: a snapshot of it is made, and a volume of the snapshot. Both carry the marker as their name, so that a step
 * started again finds them, and `removeCopies` what nobody has recorded. Returns the id of the volume to read.
 */
export const standingStill = async (context: StepContext): Promise<string> => {
  const { ref } = context;
  const volume = await untilSettled(context);
  if (volume['status'] === 'available') return ref.id;
  if (volume['status'] !== 'in-use') throw busy(ref.id, volume['status']);
  return copyOf(context, volume);
};

/**
 * A copy of the volume without image metadata. Cinder 2025.1 can make no image of a volume whose image metadata holds
 * nothing but what Glance itself names (it sends empty `properties`, which Glance refuses with 400); with none at all it can.
 */
export const plainCopy = async (context: StepContext): Promise<string> => {
  const { source, signal } = context;
  const id = await copyOf(context, await untilSettled(context));
  const shown = (await show(source, volumes, id, signal))?.['volume_image_metadata'];
  for (const key of Object.keys(isJsonObject(shown) ? shown : {})) {
    const body = { 'os-unset_image_metadata': { key } };
    const request = { method: 'POST', path: `/volumes/${id}/action`, body, accept: [404], repeatable: true } as const;
    await source.send('block-storage', request, signal);
  }
  return id;
};

const copyOf = async (context: StepContext, volume: JsonObject): Promise<string> => {
  const { source, signal } = context;
  const copy = await findNamed(source, volumes, context.marker, signal);
  if (copy !== undefined) return untilAvailable(context, volumes, copy);
  const found = await findNamed(source, snapshots, context.marker, signal);
  const snapshot = await untilAvailable(context, snapshots, found ?? (await makeSnapshot(context)));
  return untilAvailable(context, volumes, await makeCopy(context, snapshot, volume['size']));
};

/** Deletes the copy and then the snapshot that it was made from; returns what there was. */
export const removeCopies = async (context: StepContext, marker: string): Promise<readonly string[]> => {
  const removed: string[] = [];
  for (const kind of [volumes, snapshots]) {
    for (const id of await allNamed(context.source, kind, marker, context.signal)) {
      await remove(context, kind, id);
      removed.push(id);
    }
  }
  return removed;
};

interface Kind {
  readonly path: string;
  readonly one: string;
  readonly many: string;
}

const volumes: Kind = { path: '/volumes', one: 'volume', many: 'volumes' };
const snapshots: Kind = { path: '/snapshots', one: 'snapshot', many: 'snapshots' };

const show = async (cloud: Cloud, kind: Kind, id: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
  const request = { method: 'GET', path: `${kind.path}/${id}`, accept: [404] } as const;
  const { status, body } = await cloud.send('block-storage', request, signal);
  if (status === 404) return undefined;
  const inner = isJsonObject(body) ? body[kind.one] : undefined;
  return isJsonObject(inner) ? inner : {};
};

/** The volume once it is in the middle of nothing: a crash may have left it uploading. */
const untilSettled = async ({ source, ref, clock, policy, signal }: StepContext): Promise<JsonObject> => {
  const passing = new Set(['uploading', 'creating', 'backing-up', 'downloading']);
  const deadline = clock.now().getTime() + policy.volume_upload_timeout * 1000;
  for (;;) {
    const volume = await show(source, volumes, ref.id, signal);
    if (volume === undefined) throw busy(ref.id, 'gone');
    if (!passing.has(String(volume['status'])) || clock.now().getTime() > deadline) return volume;
    await clock.sleep(500, signal);
  }
};

const untilAvailable = async (context: StepContext, kind: Kind, id: string): Promise<string> => {
  const { source, ref, clock, policy, signal } = context;
  const deadline = clock.now().getTime() + policy.volume_upload_timeout * 1000;
  for (let pause = 200; ; pause = Math.min(pause * 1.5, 3000)) {
    const status = String((await show(source, kind, id, signal))?.['status'] ?? 'gone');
    if (status === 'available') return id;
    if (status === 'gone' || status.startsWith('error') || clock.now().getTime() > deadline) {
      throw new Failure('export-failed', `cannot read volume ${ref.id}: its temporary ${kind.one} ${id} is ${status}`, {
        remedy: 'Look into the logs of the source’s Cinder, then retry.',
      });
    }
    await clock.sleep(pause, signal);
  }
};

const makeSnapshot = async ({ source, ref, marker: name, signal }: StepContext): Promise<string> => {
  const snapshot = { volume_id: ref.id, name, force: true };
  const answer = await source.send('block-storage', { method: 'POST', path: '/snapshots', body: { snapshot } }, signal);
  return idOf(answer.body, snapshots);
};

const makeCopy = async ({ source, marker: name, signal }: StepContext, snapshotId: string, size: unknown) => {
  const volume = { snapshot_id: snapshotId, name, size };
  const answer = await source.send('block-storage', { method: 'POST', path: '/volumes', body: { volume } }, signal);
  return idOf(answer.body, volumes);
};

const idOf = (body: unknown, kind: Kind): string => {
  const made = isJsonObject(body) ? body[kind.one] : undefined;
  return String(isJsonObject(made) ? made['id'] : undefined);
};

const allNamed = async (cloud: Cloud, kind: Kind, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const ids: string[] = [];
  const query = { all_tenants: '1', name };
  const list = cloud.list('block-storage', `${kind.path}/detail`, { key: kind.many, query }, signal);
  for await (const item of list) if (item['name'] === name) ids.push(String(item['id']));
  return ids;
};

const findNamed = async (cloud: Cloud, kind: Kind, name: string, signal: AbortSignal): Promise<string | undefined> =>
  (await allNamed(cloud, kind, name, signal))[0];

const remove = async (context: StepContext, kind: Kind, id: string): Promise<void> => {
  const { source, clock, policy, signal } = context;
  await source.send('block-storage', { method: 'DELETE', path: `${kind.path}/${id}`, accept: [404] }, signal);
  const deadline = clock.now().getTime() + policy.resource_creation_timeout * 1000;
  for (;;) {
    const status = (await show(source, kind, id, signal))?.['status'];
    if (status === undefined) return;
    if (String(status).startsWith('error') || clock.now().getTime() > deadline) {
      throw new Failure('not-removed', `the temporary ${kind.one} ${id} is still there: it is ${String(status)}`, {
        remedy: 'Delete it on the source by hand.',
      });
    }
    await clock.sleep(300, signal);
  }
};

const busy = (id: string, status: unknown): Failure =>
  new Failure('volume-busy', `cannot read volume ${id}: it is ${String(status)}`, {
    remedy: 'Bring it to the state available or in-use, then retry.',
  });
