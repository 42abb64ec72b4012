import { Failure, isFailure, type Json } from '@osm/kernel';
import { inMemory, type Answer, type Cloud, type Download, type Request, type StepContext } from '@osm/resource';
import { containerPath, objectPath } from './container-name.ts';
import { isSomebodyElses } from './is-somebody-elses.ts';
import { bareEtag } from './listing.ts';
import { sentHeaders, type Headers } from './object-headers.ts';
import { manifestOf, segmentsOf, type Segment } from './slo-manifest.ts';

/** What copies objects, and counts what it sends. */
export interface Copier extends Pick<StepContext, 'source' | 'destination' | 'signal' | 'clock' | 'twinOf' | 'move'> {
  /** Bytes of objects that are at the destination so far, of how many. */
  readonly already: () => number;
  readonly total: number | undefined;
  /** Milliseconds that the destination's clock is ahead of the source's. */
  readonly ahead: number;
  /** Bytes that an object added to that. */
  moved(bytes: number): void;
  /** Runs one transfer; so many at a time as the container is given. */
  inLane<T>(work: () => Promise<T>): Promise<T>;
}

/** What became of one object: `gone` is one that expired or was deleted meanwhile, `kept` one that came there meanwhile. */
export type Copied = 'copied' | 'copied-dynamic' | 'gone' | 'kept' | 'large' | 'link';

/** Manifests and links themselves, not what they stand for. */
const itself = { 'multipart-manifest': 'get', symlink: 'get' };
/** With manifests as they are written. (Asked for by HEAD that is a 500 in newer Swift.) */
const inFull = { ...itself, format: 'raw' };

/** The largest manifest that Swift takes by default has 8 MiB. */
const largestManifest = 32 * 1024 * 1024;

const service = 'object-store';

/** How an object is written: over what is there, or only where there is nothing. */
export type Over = 'anything' | 'nothing';

/**
 * Copies a plain object, or the manifest of a dynamic large one. Large objects and links are told, not copied: what they
 * stand on goes first.
 */
export const copyObject = async (copier: Copier, container: string, name: string, over: Over): Promise<Copied> => {
  const path = objectPath(container, name);
  const reader = await downloadOf(copier, path);
  if (reader === undefined) return 'gone';
  const kind = kindOf(reader.headers);
  if (kind !== undefined) {
    reader.close();
    return kind;
  }
  try {
    await stream(copier, reader, path, over);
    return reader.headers['x-object-manifest'] === undefined ? 'copied' : 'copied-dynamic';
  } catch (error) {
    reader.close();
    if (isExpired(copier, reader.headers, error)) return 'gone';
    if (isFailure(error) && error.http?.status === 412) return 'kept';
    if (isFailure(error) && error.http?.status === 422)
      throw corrupted(path, bareEtag(reader.headers['etag']), 'another');
    throw error;
  }
};

const kindOf = (headers: Headers): 'large' | 'link' | undefined => {
  if (headers['x-symlink-target'] !== undefined) return 'link';
  return headers['x-static-large-object'] === undefined ? undefined : 'large';
};

const downloadOf = ({ source, signal }: Copier, path: string): Promise<Download | undefined> =>
  openItself(source, 'GET', path, inFull, signal);

const isOwnVersion = ({ 'x-symlink-target': target, 'x-object-version-id': version }: Headers): boolean =>
  version !== undefined && target?.endsWith(`?version-id=${version}`) === true;

/**
 * Where versions are kept, each object is a link to its newest version, and says so to those who ask for links: to
 * everybody else it is what it is.
 */
const openItself = async (
  cloud: Cloud,
  method: 'GET' | 'HEAD',
  path: string,
  query: Headers,
  signal: AbortSignal,
): Promise<Download | undefined> => {
  const opened = await cloud.download(service, { method, path, query }, signal).catch(unlessGone);
  if (opened === undefined || !isOwnVersion(opened.headers)) return opened;
  opened.close();
  const { symlink: _link, ...others } = query;
  return cloud.download(service, { method, path, query: others }, signal).catch(unlessGone);
};

const unlessGone = (error: unknown): undefined => {
  if (isFailure(error) && error.code === 'not-found') return undefined;
  throw error;
};

/** Swift refuses to make what has expired already. */
const isExpired = ({ clock }: Copier, headers: Headers, error: unknown): boolean =>
  isFailure(error) &&
  error.http?.status === 400 &&
  headers['x-delete-at'] !== undefined &&
  Number(headers['x-delete-at']) * 1000 <= clock.now().getTime() + 60_000;

/** What makes a request one that writes only there. */
export const onlyOver = (over: Over): Headers => (over === 'nothing' ? { 'If-None-Match': '*' } : {});

const stream = async (copier: Copier, reader: Download, path: string, over: Over): Promise<void> => {
  const { destination, signal, move, already, total } = copier;
  const etag = bareEtag(reader.headers['etag']);
  // Ceph's ETags of what came in parts are no MD5: then the bytes are hashed on their way.
  const isMd5 = /^[0-9a-f]{32}$/.test(etag);
  const headers = { ...sentHeaders(reader.headers), ...(isMd5 ? { ETag: etag } : {}), ...onlyOver(over) };
  const writer = await destination.upload(service, { method: 'PUT', path, headers }, reader.size, signal);
  const begun = already();
  const { bytes, hash, receipt } = await move(reader, writer, {
    already: begun,
    ...(total === undefined ? {} : { total: Math.max(total, begun + (reader.size ?? 0)) }),
    ...(isMd5 ? {} : { hash: 'md5' as const }),
  });
  const arrived = bareEtag(receipt.headers['etag']);
  if (arrived !== (isMd5 ? etag : hash)) throw corrupted(path, isMd5 ? etag : String(hash), arrived);
  copier.moved(bytes);
};

const corrupted = (path: string, sent: string, arrived: string): Failure =>
  new Failure('object-corrupted', `object ${path} differs: MD5 ${sent} at the source, ${arrived} at the destination`, {
    disposition: 'retry',
    remedy: 'It is sent again; if that happens often, look at what stands between the clouds.',
  });

const ask = (cloud: Cloud, request: Request, signal: AbortSignal): Promise<Answer | undefined> =>
  cloud.send(service, request, signal).catch(unlessGone);

/** The headers of an object, of what it stands for or of itself; undefined where there is none. */
export const headOf = async (
  cloud: Cloud,
  container: string,
  name: string,
  of: 'content' | 'itself',
  signal: AbortSignal,
): Promise<Headers | undefined> => {
  const path = objectPath(container, name);
  // As a download, whose headers are all as they came: of other answers the encoding is taken off.
  const head = await openItself(cloud, 'HEAD', path, of === 'itself' ? itself : {}, signal);
  head?.close();
  return head?.headers;
};

/** Copies a large object as such: its segments, wherever they are, as far as they are not there, and then its manifest. */
export const copyLargeObject = async (copier: Copier, container: string, name: string, over: Over): Promise<Copied> => {
  const { source, destination, signal } = copier;
  const reader = await downloadOf(copier, objectPath(container, name));
  if (reader === undefined) return 'gone';
  if (kindOf(reader.headers) !== 'large') {
    reader.close();
    return copyObject(copier, container, name, over);
  }
  const { headers } = reader;
  const segments = segmentsOf(parsed((await inMemory(reader, signal, largestManifest)).toString()));
  await mustHaveContainers(copier, container, name, segments);
  if ((await copySegments(copier, segments)) === 'kept') return 'kept';
  const whole = await headOf(source, container, name, 'content', signal);
  const now = await headOf(source, container, name, 'itself', signal);
  if (whole === undefined || now === undefined) return 'gone';
  // Its segments may have taken hours: what was written meanwhile is another object, for the next pass.
  if (now['x-timestamp'] !== headers['x-timestamp']) return 'large';
  const request = {
    method: 'PUT',
    path: objectPath(container, name),
    query: { 'multipart-manifest': 'put' },
    headers: { ...sentHeaders(headers), ETag: bareEtag(whole['etag']), ...onlyOver(over) },
    body: JSON.stringify(manifestOf(segments)),
    accept: over === 'nothing' ? [412] : [],
  } as const;
  try {
    return (await destination.send(service, request, signal)).status === 412 ? 'kept' : 'copied';
  } catch (error) {
    if (isExpired(copier, headers, error)) return 'gone';
    throw error;
  }
};

/** All of them, also after one has failed: nothing goes on behind the back of whoever hears of it. */
const copySegments = async (copier: Copier, segments: readonly Segment[]): Promise<'copied' | 'kept'> => {
  const ended = await Promise.allSettled(segments.map((segment) => copyUnlessThere(copier, segment)));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return ended.some((each) => each.status === 'fulfilled' && each.value === 'kept') ? 'kept' : 'copied';
};

/** A segment with the same size and ETag is not sent again; one that somebody else has put there is `kept`. */
const copyUnlessThere = async (copier: Copier, segment: Segment): Promise<'there' | 'kept'> => {
  if ('data' in segment) return 'there';
  const { container, name } = segment;
  const copied = await copier.inLane(async () => {
    const over = await overSegment(copier, segment);
    return over === 'kept' || over === 'there' ? over : copyObject(copier, container, name, over);
  });
  // One of such segments itself: outside the lane, since its own segments want lanes.
  const became = copied === 'large' ? await copyLargeObject(copier, container, name, 'anything') : copied;
  return became === 'kept' ? 'kept' : 'there';
};

const overSegment = async (
  { source, destination, signal, ahead }: Copier,
  { container, name, etag, bytes }: Exclude<Segment, { data: string }>,
): Promise<Over | 'there' | 'kept'> => {
  const there = await headOf(destination, container, name, 'content', signal);
  if (there === undefined) return 'nothing';
  if (bareEtag(there['etag']) === etag && Number(there['content-length']) === bytes) return 'there';
  const original = await headOf(source, container, name, 'itself', signal);
  const age = writtenAt(there) - ahead - writtenAt(original);
  return isSomebodyElses(age) ? 'kept' : 'anything';
};

/** Milliseconds, by the clock of the cloud. */
const writtenAt = (headers: Headers | undefined): number => Number(headers?.['x-timestamp'] ?? 0) * 1000;

const parsed = (manifest: string): Json => {
  try {
    return JSON.parse(manifest) as Json;
  } catch (error) {
    throw new Failure('unreadable-answer', 'cannot read the manifest of a large object: it is no JSON', {
      remedy: 'Look at it with ?multipart-manifest=get.',
      cause: error,
    });
  }
};

const mustHaveContainers = async (
  { destination, signal }: Copier,
  own: string,
  name: string,
  segments: readonly Segment[],
): Promise<void> => {
  const others = new Set(segments.flatMap((one) => ('data' in one || one.container === own ? [] : [one.container])));
  for (const container of others) await mustHaveContainer(destination, own, name, container, signal);
};

/** A large object whose segments live elsewhere wants that container first. */
export const mustHaveContainer = async (
  destination: Cloud,
  own: string,
  name: string,
  container: string,
  signal: AbortSignal,
): Promise<void> => {
  const request = { method: 'GET', path: containerPath(container), query: { limit: '1' } } as const;
  if ((await ask(destination, request, signal)) !== undefined) return;
  throw new Failure(
    'missing-twin',
    `cannot copy object ${name} of container ${own}: its segments are in container ${container}, which has no twin`,
    { remedy: `Migrate container ${container} too, and then this one again.` },
  );
};
