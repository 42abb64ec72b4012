import { Failure, isFailure } from '@osm/kernel';
import type { Emptying } from '@osm/resource';
import { headersOf } from './container-headers.ts';
import { containerPath, objectPath, partsOf } from './container-name.ts';
import { readContainer } from './container-rest.ts';
import { headOf } from './copy-object.ts';
import { openLanes } from './lanes.ts';
import { listObjects, paired, type Pair } from './listing.ts';
import { sameHeaders } from './object-headers.ts';

const service = 'object-store';
const abreast = 16;

/**
 * Deletes the objects of an original, after a first look over all of them: one that the twin has not, or has otherwise,
 * and nothing is deleted. Segments of large objects in other containers stay: they go with their own container.
 */
export const emptyOriginal = async (context: Emptying): Promise<void> => {
  const { source, ref, signal } = context;
  const container = partsOf(ref.id).name;
  if (!(await isThere(context))) return;
  await mustBeEqual(context, container);
  await mustHaveNoVersions(context, container);
  await unversion(context, container);
  const lanes = openLanes(abreast);
  for await (const pair of pairsOf(context, container)) {
    const { source: original } = pair;
    if (original === undefined) continue;
    const { name } = original;
    await lanes.begin(async () => {
      // A page of the listing may be minutes old by now.
      if (!(await isCopied(context, container, name))) throw changed(context, container, [name]);
      // One that has expired answers 404 and is off the list for all that.
      const request = { method: 'DELETE', path: objectPath(container, name), accept: [404] } as const;
      await source.send(service, request, signal);
    });
  }
  await lanes.end();
};

/** Somebody, or an earlier run, may have removed it. */
const isThere = async ({ source, ref, signal }: Emptying): Promise<boolean> => {
  try {
    await readContainer(source, ref.id, signal);
    return true;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return false;
    throw error;
  }
};

/** Whether the twin has the object as it is at this moment, with all that no listing shows; or it is gone already. */
const isCopied = async (context: Emptying, container: string, name: string): Promise<boolean> => {
  const { source, destination, signal } = context;
  const [original, twin] = await Promise.all(
    [source, destination].map((cloud) => headOf(cloud, container, name, 'itself', signal)),
  );
  if (original === undefined) return true;
  // What a large one shows hangs on its segments, which may go at the same time: the first look compares its listing.
  const isLarge = original['x-static-large-object'] !== undefined || original['x-object-manifest'] !== undefined;
  if (isLarge) return twin !== undefined;
  const isWhole = ['etag', 'content-length'].every((header) => original[header] === twin?.[header]);
  return twin !== undefined && isWhole && sameHeaders(original, twin);
};

/** Listings show what has expired for a while. */
const isAlive = async ({ source, signal }: Emptying, container: string, name: string): Promise<boolean> =>
  (await headOf(source, container, name, 'itself', signal)) !== undefined;

const pairsOf = ({ source, destination, signal }: Emptying, container: string): AsyncIterable<Pair> =>
  paired(listObjects(source, container, signal), listObjects(destination, container, signal));

const isSame = ({ source, destination }: Pair): boolean =>
  source !== undefined && source.etag === destination?.etag && source.bytes === destination.bytes;

const mustBeEqual = async (context: Emptying, container: string): Promise<void> => {
  const others: string[] = [];
  for await (const pair of pairsOf(context, container)) {
    if (pair.source === undefined || isSame(pair)) continue;
    const { name } = pair.source;
    if (await isAlive(context, container, name)) others.push(name);
    if (others.length > 4) break;
  }
  if (others.length > 0) throw changed(context, container, others);
};

const changed = ({ ref, destinationId }: Emptying, container: string, names: readonly string[]): Failure =>
  new Failure(
    'objects-differ',
    `cannot remove container ${container} (${ref.id}) from the source: its twin ${destinationId} has not, or not the same: ${names.join(', ')}`,
    { remedy: 'Nothing equal was lost. Migrate the container again, or delete these objects by hand, then retry.' },
  );

/** Older versions have no twin: with the container they would be gone for good. */
const mustHaveNoVersions = async ({ source, attributes, ref, signal }: Emptying, container: string): Promise<void> => {
  if (attributes['versions_enabled'] === undefined) return;
  const options = { key: 'objects', query: { format: 'json', versions: '' } };
  for await (const item of source.list(service, containerPath(container), options, signal)) {
    if (item['is_latest'] !== false) continue;
    throw new Failure(
      'versions-remain',
      `cannot remove container ${container} (${ref.id}) from the source: it keeps older versions of its objects, which have no twin`,
      {
        remedy: `Delete them by hand (openstack object delete --versions, or swift delete ${container} --versions), then retry.`,
      },
    );
  }
};

/** Where versions are kept, a deletion makes or brings back one: that is put to an end first. */
const unversion = async ({ source, attributes, signal }: Emptying, container: string): Promise<void> => {
  const ways = ['versions_location', 'history_location'].filter((name) => attributes[name] !== undefined);
  if (ways.length === 0 && attributes['versions_enabled'] !== true) return;
  const headers = headersOf({
    ...Object.fromEntries(ways.map((name) => [name, null])),
    ...(attributes['versions_enabled'] === true ? { versions_enabled: false } : {}),
  });
  await source.send(service, { method: 'POST', path: containerPath(container), headers, repeatable: true }, signal);
};
