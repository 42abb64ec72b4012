import { Failure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Step, type StepContext } from '@osm/resource';
import { copySeconds } from './patience.ts';
import { makeRoom, type Demand } from './staging.ts';
import { after, allNamed, makeOne, removeAll, show, snapshots, untilAvailable, volumes } from './temporaries.ts';
import { removeImages } from './temporary-images.ts';

/**
 * Which moment of the original a copy shows. `stopped`: nobody could write to it. `crash-consistent`: what a disk holds
 * after a power failure; what the guest had not written yet is not in it.
 */
export interface Moment {
  readonly consistency: 'stopped' | 'crash-consistent';
  /** When Cinder began with the snapshot, as it tells itself. */
  readonly takenAt?: string;
}

/** A snapshot of a volume, and what it shows. */
export interface Taken {
  readonly snapshotId: string;
  readonly gib: number;
  readonly moment: Moment;
}

/** The name of the snapshot of a volume: whoever takes it, nobody takes a second one. */
export const snapshotName = ({ route }: Pick<StepContext, 'route'>, volumeId: string): string =>
  marker(route, 'volume', volumeId, 'snapshot');

/** What the moments of volumes that have none yet take, of each until it is copied. */
export const demandsOf = async (context: StepContext, volumeIds: readonly string[]): Promise<readonly Demand[]> => {
  const { source, signal } = context;
  const demands: Demand[] = [];
  for (const id of volumeIds) {
    const [found] = await allNamed(source, snapshots, snapshotName(context, id), signal);
    if (found === undefined) demands.push(demandOf((await show(source, volumes, id, signal)) ?? {}));
  }
  return demands;
};

/** The moment of a volume that is in use; together with those of all other disks of its server, before any is copied. */
export const takeSnapshot: Step = {
  name: 'snapshot',
  moment: 'own',
  when: ({ status }) => status === 'in-use',
  run: async (context) => {
    const { snapshotId, moment } = await snapshotOf(context, context.ref.id);
    return { snapshotId, ...moment };
  },
};

/** The snapshot of a volume, which was taken for it before or is taken now. Comes back when it is there to be read. */
export const snapshotOf = async (context: StepContext, volumeId: string): Promise<Taken> => {
  const { source, signal } = context;
  const name = snapshotName(context, volumeId);
  const [found] = await allNamed(source, snapshots, name, signal);
  const isOld = found !== undefined && isOfAnotherPlan(context, found);
  if (isOld) await forgetMoment(context, volumeId, name);
  const snapshot = found === undefined || isOld ? await take(context, volumeId, name) : found;
  const snapshotId = String(snapshot['id']);
  const gib = Number(snapshot['size'] ?? context.attributes['size'] ?? 0);
  await untilAvailable(context, snapshots, snapshotId, gib);
  const shown = isJsonObject(snapshot['metadata']) ? snapshot['metadata']['osm_stopped'] : undefined;
  // Who was stopped before and is so after it has not run in between, or not for long enough to matter to anybody.
  const isStopped = shown === 'yes' && (await standsStill(source, await untilSettled(context, volumeId), signal));
  const at = snapshot['created_at'];
  return {
    ...{ snapshotId, gib },
    moment: {
      consistency: isStopped ? 'stopped' : 'crash-consistent',
      ...(typeof at === 'string' ? { takenAt: at.endsWith('Z') ? at : `${at}Z` } : {}),
    },
  };
};

/** A plan that was broken off may have left one: what it shows is of days ago. */
const isOfAnotherPlan = ({ planId }: StepContext, { metadata }: JsonObject): boolean => {
  const plan = isJsonObject(metadata) ? metadata['osm_plan'] : undefined;
  return plan !== undefined && plan !== planId;
};

/** A moment, with all that was made of it. */
const forgetMoment = async (context: StepContext, volumeId: string, name: string): Promise<void> => {
  const exported = marker(context.route, 'volume', volumeId, 'export');
  await removeImages(context.source, exported, context.signal);
  await removeAll(context, volumes, exported);
  await removeAll(context, snapshots, name);
};

/** Which moment an image shows that an earlier run has begun: that of the snapshot, or of a volume that nobody used. */
export const momentTaken = async (context: StepContext): Promise<Moment> => {
  const { source, ref, signal } = context;
  const [snapshot] = await allNamed(source, snapshots, snapshotName(context, ref.id), signal);
  return snapshot === undefined ? { consistency: 'stopped' } : (await snapshotOf(context, ref.id)).moment;
};

const take = async (context: StepContext, volumeId: string, name: string): Promise<JsonObject> => {
  const { source, ref, signal } = context;
  const volume = await untilSettled(context, volumeId);
  if (volume['status'] !== 'in-use' && volume['status'] !== 'available') throw busy(volumeId, volume['status']);
  if (ref.id === volumeId) await makeRoom(context, source, [demandOf(volume)]);
  const isStill = await standsStill(source, volume, signal);
  const metadata = { osm_stopped: isStill ? 'yes' : 'no', osm_plan: context.planId };
  const wanted = { volume_id: volumeId, name, force: true, metadata };
  return { size: volume['size'] ?? 0, ...(await makeOne(source, snapshots, wanted, signal)) };
};

/** What the copy of a volume that is in use takes: a snapshot, a volume made of it, an image made of that. */
export const demandOf = ({ size, volume_type: type }: JsonObject): Demand => ({
  ...{ gib: Number(size ?? 0), volumes: 1, snapshots: 1, images: 1 },
  type: typeof type === 'string' ? type : null,
});

/** Whether nobody can write to it: no server has it, or each that has is shut down. */
const standsStill = async (cloud: Cloud, volume: JsonObject, signal: AbortSignal): Promise<boolean> => {
  const attachments = Array.isArray(volume['attachments']) ? volume['attachments'] : [];
  if (volume['status'] === 'available' && attachments.length === 0) return true;
  if (attachments.length === 0 || !(await cloud.has('compute'))) return false;
  for (const attachment of attachments) {
    const id = isJsonObject(attachment) ? attachment['server_id'] : undefined;
    if (typeof id !== 'string') return false;
    const request = { method: 'GET', path: `/servers/${id}`, accept: [403, 404] } as const;
    const { body } = await cloud.send('compute', request, signal);
    const server = isJsonObject(body) ? body['server'] : undefined;
    if (!isJsonObject(server) || server['status'] !== 'SHUTOFF') return false;
  }
  return true;
};

/** A volume once it is in the middle of nothing: a crash may have left it uploading. Raises `volume-busy`. */
export const untilSettled = (context: StepContext, volumeId: string): Promise<JsonObject> => {
  const { source, clock, policy, signal, attributes } = context;
  const passing = new Set(['uploading', 'creating', 'backing-up', 'downloading']);
  const seconds = copySeconds(Number(attributes['size'] ?? 0), policy);
  const deadline = after(clock.now(), seconds);
  let status: unknown = 'unknown';
  return until(
    async () => {
      const volume = await show(source, volumes, volumeId, signal);
      if (volume === undefined) throw busy(volumeId, 'gone');
      status = volume['status'];
      if (!passing.has(String(status))) return volume;
      context.waiting(`volume ${volumeId}, which is ${String(status)}`, deadline);
      return undefined;
    },
    { clock, signal, seconds },
    () => busy(volumeId, status),
  );
};

/** Says that a volume cannot be read as it is. */
export const busy = (id: string, status: unknown): Failure =>
  new Failure('volume-busy', `cannot read volume ${id}: it is ${String(status)}`, {
    remedy: 'Bring it to the state available or in-use, then retry.',
  });
