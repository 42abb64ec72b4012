import type { Cloud } from './frame.ts';
import { table } from './frame.ts';
import type { Payload } from './glance-payload.ts';

/** Names of headers in lower case, with their values. */
export type Headers = Readonly<Record<string, string>>;

/** A Swift account: `AUTH_<project id>`. */
export interface Account {
  readonly name: string;
  /** Time of its making in Swift's units. */
  readonly createdAt: number;
  /** `x-account-meta-*`, as they are kept. */
  headers: Headers;
}

/** A container with what it holds. */
export interface Container {
  readonly account: string;
  readonly name: string;
  readonly createdAt: number;
  /** Time of the last PUT or POST to it. */
  changedAt: number;
  readonly policy: string;
  /** Metadata, ACLs and the like, as they are kept. */
  headers: Headers;
  /** Whether `X-Versions-Enabled` keeps every version; undefined where that was never said. */
  versionsEnabled: boolean | undefined;
  readonly objects: Map<string, StoredObject>;
  /** Versions that `X-Versions-Enabled` kept, newest first, by object; the current one is among them. */
  readonly versions: Map<string, Version[]>;
  /** The names in order, until one comes or goes. */
  ordered: readonly string[] | undefined;
}

/** A version of an object under object versioning. `object` is undefined for a delete marker. */
export interface Version {
  readonly id: string;
  readonly at: number;
  readonly object: StoredObject | undefined;
}

/** A segment of a static large object, as its manifest keeps it. */
export type Segment = NamedSegment | { readonly data: string };

/** A segment that is an object. */
export interface NamedSegment {
  /** `/container/object`. */
  readonly name: string;
  readonly bytes: number;
  readonly hash: string;
  readonly content_type: string;
  readonly last_modified: string;
  readonly range?: string;
  readonly sub_slo?: boolean;
}

/** Where a symlink leads. */
export interface Link {
  readonly account: string;
  /** `container/object`. */
  readonly path: string;
  /** Of a static link: the ETag and size that the target has to have. */
  readonly etag?: string;
  readonly bytes?: number;
}

/** An object. */
export interface StoredObject {
  readonly account: string;
  readonly container: string;
  readonly name: string;
  readonly contentType: string;
  /** Time of the PUT or of the last POST. */
  readonly changedAt: number;
  /** MD5 of the payload. */
  readonly etag: string;
  readonly payload: Payload;
  /** `x-object-meta-*` and the other kept headers. */
  readonly headers: Headers;
  /** Present for a static large object, whose payload is its manifest. */
  readonly slo?: { readonly etag: string; readonly size: number; readonly segments: readonly Segment[] };
  readonly link?: Link;
  /** Version of object versioning. */
  readonly versionId?: string;
}

/** Accounts by name. */
export const accounts = table<Account>('object-store.accounts');
/** Containers by `account/container`. */
export const containers = table<Container>('object-store.containers');
const clock = table<{ last: number }>('object-store.clock');

/** The time in Swift's units of 10 microseconds since the epoch; never the same twice on a cloud. */
export function stamp(cloud: Cloud): number {
  const last = clock(cloud).get('last')?.last ?? 0;
  const now = Math.max(last + 1, cloud.now() * 100);
  clock(cloud).set('last', { last: now });
  return now;
}

/** `1795408664.37267`. */
export function asTimestamp(at: number): string {
  return (at / 100_000).toFixed(5);
}

/** `2026-11-23T04:37:44.372670`, as listings write it. */
export function asIso(at: number): string {
  const seconds = Math.floor(at / 100_000);
  const fraction = String((at % 100_000) * 10).padStart(6, '0');
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}.${fraction}`;
}

/** Last-Modified: the second is rounded up, so that nothing is newer than its header says. */
export function asHttpDate(at: number): string {
  return new Date(Math.ceil(at / 100_000) * 1000).toUTCString();
}

/** The containers of an account in order of their names. */
export function containersOf(cloud: Cloud, account: string): readonly Container[] {
  return [...containers(cloud).values()].filter((row) => row.account === account).sort(byName);
}

/** The live object of this name; an expired one is gone though listings still show it. */
export function objectIn(cloud: Cloud, container: Container, name: string): StoredObject | undefined {
  const object = container.objects.get(name);
  return object === undefined || isExpired(cloud, object) ? undefined : object;
}

/** True when X-Delete-At has passed. */
export function isExpired(cloud: Cloud, object: StoredObject): boolean {
  const at = object.headers['x-delete-at'];
  return at !== undefined && Number(at) * 1000 <= cloud.now();
}

/** Puts an object in its container. */
export function store(container: Container, object: StoredObject): void {
  if (!container.objects.has(object.name)) container.ordered = undefined;
  container.objects.set(object.name, object);
}

/** Takes an object out of its container. */
export function remove(container: Container, name: string): void {
  if (container.objects.delete(name)) container.ordered = undefined;
}

/** The names of a container's objects in order. */
export function namesOf(container: Container): readonly string[] {
  container.ordered ??= [...container.objects.keys()].sort(inOrder);
  return container.ordered;
}

/** Bytes that a container counts: of a large object only its manifest, of an object with versions each of them. */
export function bytesUsed(container: Container): number {
  const plain = [...container.objects.values()].filter((object) => object.versionId === undefined);
  const versions = [...container.versions.values()].flat().map((version) => version.object);
  return [...plain, ...versions].reduce((sum, object) => sum + (object?.payload.size ?? 0), 0);
}

const BEYOND = /[\ud800-\udfff]/;

/** The order of names: by the bytes of their UTF-8, which is by code points, unlike that of JavaScript. */
export function inOrder(one: string, other: string): number {
  // Only code points beyond the first 65536 are in another order there.
  if (BEYOND.test(one) || BEYOND.test(other)) return Buffer.compare(Buffer.from(one), Buffer.from(other));
  return one < other ? -1 : one > other ? 1 : 0;
}

function byName(one: Container, other: Container): number {
  return inOrder(one.name, other.name);
}
