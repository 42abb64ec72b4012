/** Older versions of objects: in a container of their own (X-Versions-Location, X-History-Location) or kept by Swift. */
import { Refusal } from './frame.ts';
import { payloadOf } from './glance-payload.ts';
import type { Asked } from './swift-listing.ts';
import { page } from './swift-listing.ts';
import { changes } from './swift-metadata.ts';
import type { SwiftCall } from './swift-request.ts';
import { findContainer, isTrue } from './swift-request.ts';
import type { Container, StoredObject, Version } from './swift-rows.ts';
import { asTimestamp, inOrder, objectIn, remove, stamp, store } from './swift-rows.ts';

const STACK = 'x-versions-location';
const HISTORY = 'x-history-location';
const EMPTY_MD5 = 'd41d8cd98f00b204e9800998ecf8427e';
/** Content type of the marker that a deletion leaves. */
const DELETED = 'application/x-deleted;swift_versions_deleted=1';

/** Gives a container its headers, and what they say of versions. */
export function withVersioning(
  { headers }: SwiftCall,
  container: Container,
  kept: Readonly<Record<string, string>>,
): void {
  const said = changes(headers);
  const [stack, history] = [said[STACK], said[HISTORY]];
  if (stack !== undefined && stack !== '' && history !== undefined && history !== '') {
    throw new Refusal(400, `Only one of ${STACK} or ${HISTORY} may be specified`, 'text');
  }
  const location = stack === undefined || stack === '' ? history : stack;
  if (location?.includes('/') === true) throw new Refusal(412, 'Container name cannot contain slashes', 'plain');
  const before = Object.entries(container.headers).filter(([name]) => name === STACK || name === HISTORY);
  const after: Record<string, string> = { ...kept };
  if (stack !== undefined || history !== undefined) {
    for (const [name] of before) Reflect.deleteProperty(after, name);
    if (location !== undefined && location !== '') after[stack === location ? STACK : HISTORY] = location;
  }
  const enabled = headers['x-versions-enabled'];
  if (isTrue(enabled) && (after[STACK] ?? after[HISTORY]) !== undefined) {
    throw new Refusal(400, 'Cannot enable object versioning on a container with legacy versioning.', 'text');
  }
  if (enabled !== undefined && (isTrue(enabled) || container.versionsEnabled !== undefined)) {
    container.versionsEnabled = isTrue(enabled);
  }
  container.headers = after;
}

/** `X-Versions-Enabled: True` once that was said. */
export function versioningHeaders({ versionsEnabled }: Container): Record<string, string> {
  return versionsEnabled === undefined ? {} : { 'X-Versions-Enabled': versionsEnabled ? 'True' : 'False' };
}

/** Keeps what a PUT is about to replace. */
export function keepBefore({ cloud, account }: SwiftCall, container: Container, name: string): void {
  const current = objectIn(cloud, container, name);
  if (current === undefined) return;
  const archive = archiveOf(container);
  if (archive !== undefined) {
    const kept = findContainer(cloud, account, archive);
    if (kept === undefined) throw new Refusal(412, '');
    return store(kept, archived(current, kept, name, current.changedAt, stamp(cloud)));
  }
  if (container.versionsEnabled === true && current.versionId === undefined) {
    const id = asTimestamp(current.changedAt);
    addVersion(container, name, { id, at: current.changedAt, object: { ...current, versionId: id } });
  }
}

const archiveOf = ({ headers }: Container): string | undefined => headers[STACK] ?? headers[HISTORY];

/** `001o/1795409284.93538`: the length of the name in hex, the name, the time of the version. */
function archived(object: StoredObject, into: Container, name: string, of: number, at: number): StoredObject {
  return { ...object, container: into.name, name: `${prefixOf(name)}${asTimestamp(of)}`, changedAt: at };
}

const prefixOf = (name: string): string => `${[...name].length.toString(16).padStart(3, '0')}${name}/`;

/** Stores a new object, as a version where the container keeps versions. */
export function storeVersioned(container: Container, object: StoredObject): StoredObject {
  if (container.versionsEnabled !== true) {
    store(container, object);
    return object;
  }
  const id = asTimestamp(object.changedAt);
  const versioned = { ...object, versionId: id };
  addVersion(container, object.name, { id, at: object.changedAt, object: versioned });
  store(container, versioned);
  return versioned;
}

function addVersion(container: Container, name: string, version: Version): void {
  container.versions.set(name, [version, ...(container.versions.get(name) ?? [])]);
}

/** Puts a changed object in the place of its version. */
export function updateVersion(container: Container, object: StoredObject): void {
  const versions = container.versions.get(object.name);
  if (versions === undefined || object.versionId === undefined) return;
  const changed = versions.map((version) => (version.id === object.versionId ? { ...version, object } : version));
  container.versions.set(object.name, changed);
}

/** The version that `?version-id=` asks for; undefined where there is none or it is a delete marker. */
export function versionOf(container: Container, name: string, id: string): StoredObject | undefined {
  checkId(id);
  if (id !== 'null') return container.versions.get(name)?.find((version) => version.id === id)?.object;
  const current = container.objects.get(name);
  return current?.versionId === undefined ? current : undefined;
}

function checkId(id: string): void {
  if (id !== 'null' && !/^\d+(\.\d+)?$/.test(id)) throw new Refusal(400, 'Invalid version parameter', 'plain');
}

/** DELETE `?version-id=`: that version alone; answers with the headers of the reply. */
export function deleteVersion(container: Container, name: string, id: string): Record<string, string> {
  checkId(id);
  const current = container.objects.get(name);
  if (id === 'null') {
    if (current === undefined || current.versionId !== undefined) throw new Refusal(404, '');
    remove(container, name);
    return {};
  }
  const versions = container.versions.get(name) ?? [];
  const left = versions.filter((version) => version.id !== id);
  if (left.length === versions.length) throw new Refusal(404, '');
  if (left.length === 0) container.versions.delete(name);
  else container.versions.set(name, left);
  if (current?.versionId === id) remove(container, name);
  const now = container.objects.get(name)?.versionId ?? 'null';
  return { 'X-Object-Version-Id': id, 'X-Object-Current-Version-Id': now };
}

/** DELETE of an object in a container with versions; undefined where it is a plain one. */
export function deleteKeeping(
  { cloud, account }: SwiftCall,
  container: Container,
  name: string,
): Record<string, string> | undefined {
  const { headers } = container;
  if (container.versionsEnabled === true)
    return markDeleted(container, name, stamp(cloud), objectIn(cloud, container, name));
  const location = headers[STACK] ?? headers[HISTORY];
  const archive = location === undefined ? undefined : findContainer(cloud, account, location);
  if (archive === undefined) return undefined;
  const current = objectIn(cloud, container, name);
  if (headers[HISTORY] !== undefined) {
    if (current !== undefined) store(archive, archived(current, archive, name, current.changedAt, stamp(cloud)));
    const at = stamp(cloud);
    store(archive, { ...marker(archive, name, at), name: `${prefixOf(name)}${asTimestamp(at)}` });
    if (current === undefined) throw new Refusal(404, '');
    remove(container, name);
    return {};
  }
  return popped(container, archive, name, stamp(cloud)) ? {} : undefined;
}

function marker(container: Container, name: string, at: number): StoredObject {
  const of = { account: container.account, container: container.name, name };
  return {
    ...of,
    contentType: DELETED,
    changedAt: at,
    etag: EMPTY_MD5,
    payload: payloadOf(Buffer.alloc(0)),
    headers: {},
  };
}

function markDeleted(
  container: Container,
  name: string,
  at: number,
  current: StoredObject | undefined,
): Record<string, string> {
  if (current !== undefined && current.versionId === undefined) {
    const id = asTimestamp(current.changedAt);
    addVersion(container, name, { id, at: current.changedAt, object: { ...current, versionId: id } });
  }
  const id = asTimestamp(at);
  addVersion(container, name, { id, at, object: undefined });
  remove(container, name);
  return { 'X-Object-Version-Id': id };
}

/** Brings back the newest version from its container in the place of the deleted object; false when there is none. */
function popped(container: Container, archive: Container, name: string, at: number): boolean {
  const newest = [...archive.objects.keys()].filter((key) => key.startsWith(prefixOf(name))).sort(inOrder);
  const key = newest.at(-1);
  const version = key === undefined ? undefined : archive.objects.get(key);
  if (version === undefined || key === undefined) return false;
  store(container, { ...version, container: container.name, name, changedAt: at });
  remove(archive, key);
  return true;
}

/** What a list of versions says of one. */
export interface VersionRow {
  readonly object: StoredObject;
  readonly is_latest: boolean;
  readonly version_id: string;
  readonly name: string;
}

/** GET of a container with `?versions`: every version of every object, the newest of each first. */
export function listVersions(container: Container, asked: Asked): VersionRow[] {
  const names = [...new Set([...container.objects.keys(), ...container.versions.keys()])].sort(inOrder);
  const rows = page(names, { ...asked, limit: Infinity }).flatMap((item) =>
    'name' in item ? versionRows(container, item.name) : [],
  );
  return rows.slice(0, asked.limit);
}

function versionRows(container: Container, name: string): VersionRow[] {
  const current = container.objects.get(name);
  const versions = (container.versions.get(name) ?? []).map(({ id, at, object }, index) => ({
    ...{ name, object: object ?? marker(container, name, at), version_id: id },
    is_latest: current === undefined ? index === 0 && object === undefined : current.versionId === id,
  }));
  if (current === undefined || current.versionId !== undefined) return versions;
  return [{ name, object: current, version_id: 'null', is_latest: true }, ...versions];
}
