import type { Call, Cloud } from './frame.ts';
import { Refusal, table } from './frame.ts';
import type { Payload } from './glance-payload.ts';

/** A volume. Attribute names are the API's where the API shows them as they are. */
export interface Volume {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  status: string;
  previousStatus: string | undefined;
  /** In GiB. */
  size: number;
  name: string | null;
  description: string | null;
  readonly availabilityZone: string;
  volumeTypeId: string;
  readonly snapshotId: string | null;
  readonly sourceVolumeId: string | null;
  metadata: Record<string, string>;
  /** The read-only flag as Cinder keeps it: text among the admin metadata, absent until set. */
  readonly: string | undefined;
  bootable: boolean;
  /** The key in Barbican of an encrypted volume. */
  readonly encryptionKeyId: string | null;
  readonly multiattach: boolean;
  imageMetadata: Record<string, string>;
  attachments: Attachment[];
  /** Host, backend and pool once scheduled: `host@backend#pool`. */
  host: string | null;
  readonly createdAt: number;
  updatedAt: number | null;
  /** The bytes of the whole volume. */
  payload: Payload;
}

/** One attachment of a volume. */
export interface Attachment {
  readonly id: string;
  readonly serverId: string | null;
  readonly hostName: string | null;
  readonly device: string;
  readonly attachedAt: number;
}

/** A snapshot of a volume, with the bytes as they were. */
export interface Snapshot {
  readonly id: string;
  readonly projectId: string;
  readonly userId: string;
  readonly volumeId: string;
  status: string;
  readonly size: number;
  name: string | null;
  description: string | null;
  metadata: Record<string, string>;
  readonly volumeTypeId: string;
  readonly imageMetadata: Readonly<Record<string, string>>;
  readonly createdAt: number;
  updatedAt: number | null;
  readonly payload: Payload;
}

/** A volume type. */
export interface VolumeType {
  readonly id: string;
  name: string;
  description: string | null;
  isPublic: boolean;
  extraSpecs: Record<string, string | null>;
  qosSpecsId: string | null;
  encryption: Encryption | undefined;
  /** Projects that may use a private type. */
  readonly projects: Set<string>;
  readonly createdAt: number;
  updatedAt: number | null;
}

/** How volumes of a type are encrypted. */
export interface Encryption {
  readonly id: string;
  provider: string;
  controlLocation: string;
  cipher: string | null;
  keySize: number | null;
  readonly createdAt: number;
  updatedAt: number | null;
}

/** QoS specs, tied to types by their `qosSpecsId`. */
export interface QosSpecs {
  readonly id: string;
  readonly name: string;
  consumer: string;
  readonly specs: Record<string, string>;
}

/** All volumes, the newest last. */
export const volumes = table<Volume>('volume.volumes');
/** All snapshots, the newest last. */
export const snapshots = table<Snapshot>('volume.snapshots');
/** All volume types, the newest last. */
export const volumeTypes = table<VolumeType>('volume.types');
/** All QoS specs. */
export const qosSpecs = table<QosSpecs>('volume.qos-specs');

/** Bytes of a volume of `gib` GiB. */
export function bytesOf(cloud: Cloud, gib: number): number {
  return gib * (cloud.options.gibBytes ?? 1024 * 1024);
}

/** The volume of the path, or 404; another project's volume is 404 for all but admins. */
export function volumeOf(call: Call, id = call.params.id ?? ''): Volume {
  const volume = volumes(call.cloud).get(id);
  if (volume === undefined || !isOwn(call, volume)) throw new Refusal(404, `Volume ${id} could not be found.`);
  return volume;
}

/** The snapshot of the path, or 404. */
export function snapshotOf(call: Call, id = call.params.id ?? ''): Snapshot {
  const snapshot = snapshots(call.cloud).get(id);
  if (snapshot === undefined || !isOwn(call, snapshot)) throw new Refusal(404, `Snapshot ${id} could not be found.`);
  return snapshot;
}

/** True for admins and for callers of the project that owns the row. */
export function isOwn(call: Call, row: { readonly projectId: string }): boolean {
  return call.context.isAdmin || row.projectId === call.context.projectId;
}

/** Refuses what Cinder's policy keeps for admins. */
export function needAdmin(call: Call, policy: string): void {
  if (!call.context.isAdmin) throw new Refusal(403, `Policy doesn't allow ${policy} to be performed.`);
}

/** A time as Cinder shows it, to the second as its database keeps it. */
export function cinderTime(milliseconds: number | null): string | null {
  return milliseconds === null ? null : `${new Date(milliseconds).toISOString().slice(0, 19)}.000000`;
}
