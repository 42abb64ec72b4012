import type { Call, Cloud, JsonObject } from './frame.ts';
import { isObject, Refusal, table } from './frame.ts';

/** A share. Everything that another release or the driver would add is in its view. */
export interface Share {
  readonly id: string;
  readonly instanceId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly typeId: string;
  readonly protocol: string;
  readonly size: number;
  name: string | null;
  description: string | null;
  isPublic: boolean;
  metadata: Record<string, string>;
  status: string;
  readonly createdAt: number;
}

/** A share type with its access list. */
export interface ShareType {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly isPublic: boolean;
  readonly extraSpecs: Record<string, string>;
  readonly projects: Set<string>;
}

/** A rule of who may mount a share. */
export interface AccessRule {
  readonly id: string;
  readonly shareId: string;
  readonly type: string;
  readonly to: string;
  level: string;
  metadata: Record<string, string>;
  /** None for a moment when it is denied, before it is gone. */
  state: string | null;
  readonly createdAt: number;
  updatedAt: number | null;
}

/** A snapshot of a share. */
export interface ShareSnapshot {
  readonly id: string;
  readonly shareId: string;
  readonly projectId: string;
  readonly userId: string;
  readonly name: string | null;
  readonly description: string | null;
  status: string;
  readonly createdAt: number;
}

export const shares = table<Share>('share.shares');
export const shareTypes = table<ShareType>('share.types');
export const accessRules = table<AccessRule>('share.rules');
export const shareSnapshots = table<ShareSnapshot>('share.snapshots');

const jobs = table<{ readonly since: number; run(): void }>('share.jobs');

/** Leaves work for later: it runs before the first request that comes after the asynchronous time. */
export function later(cloud: Cloud, run: () => void): void {
  jobs(cloud).set(cloud.newId(), { since: cloud.now(), run });
}

/** Runs all work whose time has come. */
export function catchUp(cloud: Cloud): void {
  for (const [id, job] of [...jobs(cloud)]) {
    if (!cloud.ripe(job.since)) continue;
    jobs(cloud).delete(id);
    job.run();
  }
}

/** The time as Manila writes it. */
export function manilaTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000`;
}

/** Refuses who is no administrator, in the words of Manila's policy. */
export function needAdmin(call: Call, rule: string): void {
  if (call.context.isAdmin) return;
  throw new Refusal(403, `Policy doesn't allow ${rule} to be performed.`);
}

/** A share that the caller may see; others are not there. */
export function shareOf(call: Call, id: string): Share {
  const share = shares(call.cloud).get(id);
  const { projectId, isAdmin } = call.context;
  if (share !== undefined && (isAdmin || share.projectId === projectId || share.isPublic)) return share;
  throw new Refusal(404, 'The resource could not be found.');
}

/** Metadata as a request names them; Manila takes no blank ones. */
export function metadataOf(value: unknown): Record<string, string> {
  const metadata = textsOf(value);
  for (const [key, text] of Object.entries(metadata)) {
    if (key === '') throw new Refusal(400, 'Metadata property key is blank.');
    if (key.length > 255) throw new Refusal(400, 'Metadata property key is greater than 255 characters.');
    if (text === '') throw new Refusal(400, 'Metadata property value is blank.');
    if (text.length > 1023) throw new Refusal(400, 'Metadata property value is greater than 1023 characters.');
  }
  return metadata;
}

/** Texts by name. */
export function textsOf(value: unknown): Record<string, string> {
  const given: JsonObject = isObject(value as JsonObject) ? (value as JsonObject) : {};
  return Object.fromEntries(Object.entries(given).map(([key, text]) => [key, String(text)]));
}
