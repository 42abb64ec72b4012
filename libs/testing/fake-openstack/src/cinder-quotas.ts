import { repr } from './cinder-nova-validation.ts';
import { needAdmin, snapshots, volumes, volumeTypes } from './cinder-rows.ts';
import type { Call, Cloud, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal, table } from './frame.ts';

/** Limits by resource; -1 is no limit. */
type Limits = Readonly<Record<string, number>>;

const limits = table<Record<string, number>>('volume.quotas');

const DEFAULTS: Limits = {
  ...{ volumes: 10, per_volume_gigabytes: -1, snapshots: 10, gigabytes: 1000, backups: 10, backup_gigabytes: 1000 },
};
const GROUPS: Limits = { groups: 10 };

/** GET /os-quota-sets/:id, with `usage=True` also what is in use. */
export function showQuota(call: Call): Reply {
  const project = call.params.id ?? '';
  if (!call.context.isAdmin && project !== call.context.projectId) needAdmin(call, 'volume_extension:quotas:show');
  const withUsage = /^(true|1|yes|on|t|y)$/i.test(call.query.get('usage') ?? '');
  return { status: 200, body: { quota_set: { ...quotaSet(call.cloud, project, withUsage), id: project } } };
}

/** GET /os-quota-sets/:id/defaults. */
export function showDefaults(call: Call): Reply {
  return { status: 200, body: { quota_set: { ...defaultsOf(call.cloud), id: call.params.id ?? '' } } };
}

/** PUT /os-quota-sets/:id. */
export function updateQuota(call: Call): Reply {
  needAdmin(call, 'volume_extension:quotas:update');
  const project = call.params.id ?? '';
  const wanted = quotaBody(call);
  const own = { ...limits(call.cloud).get(project) };
  for (const [key, value] of Object.entries(wanted)) {
    const used = usageOf(call.cloud, project)[key] ?? 0;
    if (key !== 'per_volume_gigabytes' && value !== -1 && value < used) {
      throw new Refusal(
        400,
        `Quota ${key} limit must be equal or greater than existing resources. Current usage is ${used} and the requested limit is ${value}.`,
      );
    }
    own[key] = value;
  }
  limits(call.cloud).set(project, own);
  return { status: 200, body: { quota_set: quotaSet(call.cloud, project, false) } };
}

/** DELETE /os-quota-sets/:id: back to the defaults. */
export function deleteQuota(call: Call): Reply {
  needAdmin(call, 'volume_extension:quotas:delete');
  limits(call.cloud).delete(call.params.id ?? '');
  return { status: 200 };
}

/** GET /limits. */
export function showLimits(call: Call): Reply {
  const asked = call.context.isAdmin && call.atLeast('3.39') ? call.query.get('project_id') : null;
  const own = limitsOf(call.cloud, call.context.projectId ?? '');
  const usage = usageOf(call.cloud, asked ?? call.context.projectId ?? '');
  const absolute: JsonObject = {
    maxTotalVolumes: own.volumes,
    maxTotalSnapshots: own.snapshots,
    maxTotalVolumeGigabytes: own.gigabytes,
    maxTotalBackups: own.backups,
    maxTotalBackupGigabytes: own.backup_gigabytes,
    totalVolumesUsed: usage.volumes ?? 0,
    totalGigabytesUsed: usage.gigabytes ?? 0,
    totalSnapshotsUsed: usage.snapshots ?? 0,
    totalBackupsUsed: 0,
    totalBackupGigabytesUsed: 0,
  };
  return { status: 200, body: { limits: { rate: [], absolute } } };
}

/** What a request would take from a project's quota. */
export interface Demand {
  readonly projectId: string;
  readonly resource: 'volumes' | 'snapshots';
  readonly count: number;
  readonly gigabytes: number;
  readonly typeName: string;
}

/** Refuses 413 what is beyond the quota, in the order in which Cinder looks at the resources. */
export function refuseOverQuota(cloud: Cloud, demand: Demand): void {
  const { resource, typeName, gigabytes, count } = demand;
  const own = limitsOf(cloud, demand.projectId);
  const usage = usageOf(cloud, demand.projectId);
  for (const key of ['gigabytes', `gigabytes_${typeName}`]) {
    const [limit, used] = [own[key] ?? -1, usage[key] ?? 0];
    if (limit < 0 || used + gigabytes <= limit) continue;
    throw overLimit(
      `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed ${key} quota. ` +
        `Requested ${gigabytes}G, quota is ${limit}G and ${used}G has been consumed.`,
    );
  }
  for (const key of [resource, `${resource}_${typeName}`]) {
    const [limit, used] = [own[key] ?? -1, usage[key] ?? 0];
    if (limit < 0 || count === 0 || used + count <= limit) continue;
    throw overLimit(
      resource === 'volumes'
        ? `VolumeLimitExceeded: Maximum number of volumes allowed (${limit}) exceeded for quota '${key}'.`
        : `SnapshotLimitExceeded: Maximum number of snapshots allowed (${limit}) exceeded`,
    );
  }
}

/** Refuses 413 a single volume larger than `per_volume_gigabytes`. */
export function refuseTooLarge(cloud: Cloud, projectId: string, size: number): void {
  const limit = limitsOf(cloud, projectId).per_volume_gigabytes ?? -1;
  if (limit < 0 || size <= limit) return;
  throw overLimit(
    `VolumeSizeExceedsLimit: Requested volume size ${size}G is larger than maximum allowed limit ${limit}G.`,
  );
}

function overLimit(message: string): Refusal {
  return new Refusal(413, message, 'overLimit', { 'Retry-After': '0' });
}

function defaultsOf(cloud: Cloud): Record<string, number> {
  const byType: Record<string, number> = {};
  for (const { name } of [...volumeTypes(cloud).values()].reverse()) {
    for (const resource of ['volumes', 'gigabytes', 'snapshots']) byType[`${resource}_${name}`] = -1;
  }
  return { ...DEFAULTS, ...byType, ...GROUPS, ...cloud.options.projectQuotas?.volume };
}

function limitsOf(cloud: Cloud, project: string): Record<string, number> {
  return { ...defaultsOf(cloud), ...limits(cloud).get(project) };
}

function usageOf(cloud: Cloud, project: string): Record<string, number> {
  const usage: Record<string, number> = {};
  const add = (key: string, count: number): void => {
    usage[key] = (usage[key] ?? 0) + count;
  };
  const count = (resource: string, typeId: string, size: number): void => {
    const name = volumeTypes(cloud).get(typeId)?.name ?? '';
    for (const suffix of ['', `_${name}`]) {
      add(`${resource}${suffix}`, 1);
      add(`gigabytes${suffix}`, size);
    }
  };
  for (const row of volumes(cloud).values())
    if (row.projectId === project) count('volumes', row.volumeTypeId, row.size);
  for (const row of snapshots(cloud).values()) {
    if (row.projectId === project) count('snapshots', row.volumeTypeId, row.size);
  }
  return usage;
}

function quotaSet(cloud: Cloud, project: string, withUsage: boolean): JsonObject {
  const own = limitsOf(cloud, project);
  if (!withUsage) return own;
  const usage = usageOf(cloud, project);
  return Object.fromEntries(
    Object.entries(own).map(([key, limit]) => [key, { limit, in_use: usage[key] ?? 0, reserved: 0 }]),
  );
}

function quotaBody(call: Call): Record<string, number> {
  const inner: Json | undefined = isObject(call.body) ? call.body.quota_set : undefined;
  if (!isObject(inner)) throw new Refusal(400, "'quota_set' is a required property");
  const known = defaultsOf(call.cloud);
  const entries = Object.entries(inner).filter(([key]) => key !== 'tenant_id' && key !== 'id');
  const bad = entries.map(([key]) => key).filter((key) => known[key] === undefined);
  const values: Record<string, number> = {};
  for (const [key, value] of entries) if (known[key] !== undefined) values[key] = limitOf(key, value ?? null);
  if (bad.length > 0) throw new Refusal(400, `Invalid input received: Bad key(s) in quota set: ${bad.join(', ')}`);
  return values;
}

function limitOf(key: string, value: Json): number {
  const number = typeof value === 'number' || typeof value === 'string' ? Number(value) : Number.NaN;
  if (!Number.isInteger(number)) throw new Refusal(400, `${key} must be an integer (got ${repr(value)})`);
  if (number < -1) throw new Refusal(400, `${key} must be >= -1`);
  return number;
}
