import { isJsonObject } from '@osm/kernel';
import type { StepContext } from '@osm/resource';
import { busy, demandOf, snapshotOf, untilSettled, type Moment } from './moment.ts';
import { makeRoom } from './staging.ts';
import { allNamed, makeOne, show, snapshots, untilAvailable, volumes } from './temporaries.ts';

/** A volume to read, and which moment of the original it shows. */
export interface Still {
  readonly volumeId: string;
  readonly moment: Moment;
}

/**
 * A volume that stands still. One that nobody uses is read itself; one that a server writes to is never read from under
 * the writer: of the snapshot that was taken of it a volume is made, which has the step's marker as its name.
 */
export const standingStill = async (context: StepContext): Promise<Still> => {
  if (await hasSnapshot(context)) return copyOf(context);
  const { ref, source } = context;
  const volume = await untilSettled(context, ref.id);
  if (volume['status'] === 'in-use') return copyOf(context);
  if (volume['status'] !== 'available') throw busy(ref.id, volume['status']);
  await makeRoom(context, source, [{ ...demandOf(volume), volumes: 0, snapshots: 0 }]);
  return { volumeId: ref.id, moment: { consistency: 'stopped' } };
};

/** Also of one that was in use then and is so no more: the disks of its server belong together. */
const hasSnapshot = async ({ outputs, source, signal }: StepContext): Promise<boolean> => {
  const id = outputs['snapshot']?.['snapshotId'];
  return typeof id === 'string' && (await show(source, snapshots, id, signal)) !== undefined;
};

/**
 * A copy of the volume without image metadata. Cinder 2025.1 can make no image of a volume whose image metadata holds
 * nothing but what Glance itself names (it sends empty `properties`, which Glance refuses with 400); with none at all it can.
 */
export const plainCopy = async (context: StepContext): Promise<Still> => {
  const { source, signal } = context;
  const still = await copyOf(context);
  const path = `/volumes/${still.volumeId}/action`;
  const shown = (await show(source, volumes, still.volumeId, signal))?.['volume_image_metadata'];
  for (const key of Object.keys(isJsonObject(shown) ? shown : {})) {
    const body = { 'os-unset_image_metadata': { key } };
    await source.send('block-storage', { method: 'POST', path, body, accept: [404], repeatable: true }, signal);
  }
  return still;
};

const copyOf = async (context: StepContext): Promise<Still> => {
  const { source, ref, marker: name, signal } = context;
  const { snapshotId, gib, moment } = await snapshotOf(context, ref.id);
  const [found] = await allNamed(source, volumes, name, signal);
  const copy = found ?? (await makeOne(source, volumes, { snapshot_id: snapshotId, name, size: gib }, signal));
  const volumeId = String(copy['id']);
  await untilAvailable(context, volumes, volumeId, gib);
  return { volumeId, moment };
};
