import { Failure, marker } from '@osm/kernel';
import type { Emptying, Patience } from '@osm/resource';
import { lend, takeBack } from './access-rules.ts';
import { manifestOf } from './compare-trees.ts';
import { reachableExport } from './export-location.ts';
import { listTree, type Listing } from './list-tree.ts';
import { mountPoints, mountShare, unmountBoth } from './mount-share.ts';
import { tryAll } from './try-all.ts';

/**
 * The last look into an original before it goes: it must hold what was copied to the twin that it has now, to the last
 * byte. Its clients may have gone on writing. Without a record of what was copied only an empty one may go. Nothing is taken
 * away here: a share goes with its contents.
 */
export const mustBeAsCopied = async (context: Emptying): Promise<void> => {
  const { source, ref, route, policy, clock, signal } = context;
  // That of the copy: what a death leaves here is taken back by the next copy, too.
  const mark = marker(route, ref.type, ref.id, 'contents');
  const points = mountPoints(policy.temporary_migration_dir, mark);
  const patience: Patience = { clock, signal, seconds: policy.resource_creation_timeout };
  await unmountBoth(points, signal);
  const from = await reachableExport(source, ref.id, policy.manila_local_access_ip, signal);
  try {
    await lend(source, ref.id, { address: from.client, level: 'ro', marker: mark }, patience);
    await mountShare(from.device, points.source, 'ro', signal);
    await look(context, points.source);
  } finally {
    await tryAll(
      () => unmountBoth(points, AbortSignal.timeout(60_000)),
      ...(signal.aborted ? [] : [() => takeBack(source, ref.id, mark, patience)]),
    );
  }
};

const look = async (context: Emptying, directory: string): Promise<void> => {
  const { past, destinationId, signal } = context;
  const { manifest, twin } = past?.['contents'] ?? {};
  const before = await listTree(directory, signal);
  if (typeof manifest !== 'string' || twin !== destinationId) {
    if ([...before.keys()].some((path) => path !== '.')) throw unknown(context);
    return;
  }
  if ((await manifestOf(directory, signal)) !== manifest) throw changed(context);
  // Reading takes its time, and what was read first may be another one by now.
  if (!isSame(before, await listTree(directory, signal))) throw changed(context);
};

const isSame = (before: Listing, after: Listing): boolean =>
  before.size === after.size && [...after].every(([path, { ctime }]) => before.get(path)?.ctime === ctime);

const cannot = ({ ref, destinationId }: Emptying, why: string, remedy: string): Failure =>
  new Failure('share-changed', `cannot remove share ${ref.id} from the source: ${why.replace('TWIN', destinationId)}`, {
    remedy,
  });

const changed = (context: Emptying): Failure =>
  cannot(
    context,
    'its contents are not those any more that were copied to its twin TWIN',
    'Its clients have written to it since. Copy what is new to the twin from a client that mounts both, then remove the original by hand (openstack share delete).',
  );

const unknown = (context: Emptying): Failure =>
  cannot(
    context,
    'it is not empty, and nothing tells that its contents were copied to its twin TWIN',
    'Compare both from a client that mounts them, then remove the original by hand (openstack share delete).',
  );
