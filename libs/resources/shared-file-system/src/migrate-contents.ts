import { Failure, marker, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';
import { lend, takeBack } from './access-rules.ts';
import { compareTrees, type Comparison } from './compare-trees.ts';
import { copyTree } from './copy-tree.ts';
import { reachableExport, type Reach } from './export-location.ts';
import { mountPoints, mountShare, unmountBoth, unmountShare } from './mount-share.ts';
import { removeExtra } from './remove-extra.ts';

const name = 'contents';

/**
 * The contents of a share: both are mounted here, copied from one to the other and compared. The rules that let this host
 * in bear the step's marker and are taken back at once; where that fails, `tidy` does it.
 */
export const migrateContents: Step = {
  name,
  service: 'data-transfer',
  run: async (context) => {
    const { source, destination, ref, marker: mark, policy, signal } = context;
    const twinId = twinOf(context);
    const points = mountPoints(policy.temporary_migration_dir, mark);
    const patience = patienceOf(context);
    // An earlier run may have died here.
    await unmountBoth(points, signal);
    const own = policy.manila_local_access_ip;
    const from = await reachableExport(source, ref.id, own, signal);
    const to = await reachableExport(destination, twinId, own, signal);
    await lend(source, ref.id, { address: from.client, level: 'ro', marker: mark }, patience);
    await lend(destination, twinId, { address: to.client, level: 'rw', marker: mark }, patience);
    try {
      await mountShare(from.device, points.source, 'ro', signal);
      return { ...(await copyUntilEqual(context, points, to)), from: from.device, to: to.device };
    } finally {
      // Also when told to stop: nothing stays mounted behind a worker that lives. The rules may be another worker's then.
      await unmountBoth(points, AbortSignal.timeout(60_000));
      if (!signal.aborted) {
        await takeBack(source, ref.id, mark, patience);
        await takeBack(destination, twinId, mark, patience);
      }
    }
  },
};

/** Unmounts and takes back what a copy that died has left. What it mounted on another host stays there, without access. */
export const tidyContents: Step = {
  name: 'tidy',
  service: 'data-transfer',
  always: true,
  run: async (context) => {
    const { source, destination, route, ref, policy, destinationId, signal } = context;
    const mark = marker(route, ref.type, ref.id, name);
    await unmountBoth(mountPoints(policy.temporary_migration_dir, mark), signal);
    const patience = patienceOf(context);
    const removed = [
      ...(await takeBack(source, ref.id, mark, patience)),
      ...(destinationId === undefined ? [] : await takeBack(destination, destinationId, mark, patience)),
    ];
    return { removed };
  },
};

/** A share that its clients write to changes while it is copied: it is copied again, and then given up. */
const passes = 3;

const copyUntilEqual = async (
  context: StepContext,
  points: ReturnType<typeof mountPoints>,
  to: Reach,
): Promise<JsonObject> => {
  const { signal, ref } = context;
  let bytes = 0;
  let found: Comparison | undefined;
  for (let pass = 1; pass <= passes; pass++) {
    await mountShare(to.device, points.destination, 'rw', signal);
    if (found !== undefined) await removeExtra(points.destination, found.extra, signal);
    bytes = await copyTree(points.source, points.destination, signal, (moved) => context.progress(moved, undefined));
    // What is compared is what the server has, not what this host remembers to have sent.
    await unmountShare(points.destination, signal);
    await mountShare(to.device, points.destination, 'ro', signal);
    found = await compareTrees(points.source, points.destination, signal);
    await unmountShare(points.destination, signal);
    const { entries, manifest, differing, extra } = found;
    if (differing.length === 0 && extra.length === 0) return { bytes, entries, manifest, passes: pass };
  }
  throw changes(ref.id, found);
};

const twinOf = ({ destinationId, ref }: StepContext): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot copy the contents of share ${ref.id}: it has no twin`, {
    remedy: 'Migrate the share again.',
  });
};

const patienceOf = ({ clock, signal, policy }: StepContext) => ({
  clock,
  signal,
  seconds: policy.resource_creation_timeout,
});

const changes = (id: string, found: Comparison | undefined): Failure => {
  const paths = [...(found?.differing ?? []), ...(found?.extra ?? [])].slice(0, 5);
  const shown = paths.map((path) => Buffer.from(path, 'latin1').toString('utf8')).join(', ');
  return new Failure(
    'share-changes',
    `share ${id} and its twin still differ after ${String(passes)} copies: ${shown}`,
    {
      remedy:
        'Its clients write to it: stop them, or take their write access away (openstack share access delete), then retry.',
    },
  );
};
