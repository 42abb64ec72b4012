import { Failure, marker } from '@osm/kernel';
import type { Cloud, Patience, Step, StepContext } from '@osm/resource';
import { lend, listAccess, takeBack } from './access-rules.ts';
import { copyUntilEqual } from './copy-until-equal.ts';
import { reachableExport } from './export-location.ts';
import { mountPoints, unmountBoth } from './mount-share.ts';
import { tryAll } from './try-all.ts';
import { giveAccessBack, withdrawAccess } from './withdraw-access.ts';

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
    context.waiting('the shares’ servers to let this host in', deadlineOf(patience));
    await mustBeUnused(destination, twinId, ref.id, signal);
    await lend(source, ref.id, { address: from.client, level: 'ro', marker: mark }, patience);
    await lend(destination, twinId, { address: to.client, level: 'rw', marker: mark }, patience);
    try {
      const withdraw = (): Promise<number> => {
        context.waiting('the clients of the original to lose write access', deadlineOf(patience));
        return withdrawAccess(source, ref.id, mark, patience);
      };
      const done = await copyUntilEqual(context, { points, from: from.device, to: to.device, withdraw });
      return { ...done, twin: twinId, from: from.device, to: to.device };
    } finally {
      // Also when told to stop: nothing stays mounted behind a worker that lives. The rules may be another worker's then.
      await tryAll(
        () => unmountBoth(points, AbortSignal.timeout(60_000)),
        ...(signal.aborted
          ? []
          : [() => takeBack(source, ref.id, mark, patience), () => takeBack(destination, twinId, mark, patience)]),
      );
    }
  },
};

/**
 * Unmounts and takes back what a copy that died has left, and gives the clients their write access back, unless the
 * contents have arrived. What it mounted on another host stays there, without access.
 */
export const tidyContents: Step = {
  name: 'tidy',
  service: 'data-transfer',
  always: true,
  run: async (context) => {
    const { source, destination, route, ref, policy, destinationId, outputs, signal } = context;
    const mark = marker(route, ref.type, ref.id, name);
    await unmountBoth(mountPoints(policy.temporary_migration_dir, mark), signal);
    const patience = patienceOf(context);
    const removed = [
      ...(await takeBack(source, ref.id, mark, patience)),
      ...(destinationId === undefined ? [] : await takeBack(destination, destinationId, mark, patience)),
    ];
    // What has arrived is not to be changed any more where it came from.
    if (outputs[name] !== undefined) return { removed };
    const givenBack = await giveAccessBack(source, ref.id, mark, patience);
    return givenBack === 0 ? { removed } : { removed, givenBack };
  },
};

/**
 * A copy removes from the twin what the original has not: where clients may write to the twin already, because an earlier
 * plan has let some of them in or somebody else has, that would be their work.
 */
const mustBeUnused = async (cloud: Cloud, twinId: string, id: string, signal: AbortSignal): Promise<void> => {
  const rules = (await listAccess(cloud, twinId, signal)).filter((one) => !one.temporary && one.state !== 'error');
  const writing = rules.filter(({ rule }) => rule.access_level !== 'ro');
  if (writing.length === 0) return;
  const named = writing.map((one) => one.id).join(', ');
  throw new Failure(
    'twin-in-use',
    `cannot copy the contents of share ${id}: clients may write to its twin ${twinId} already, under the access rules ${named}`,
    {
      remedy:
        'A copy would overwrite and delete what they wrote. Look into the twin; if nothing there is needed, delete these rules (openstack share access delete), then retry. If the twin is in use for good, name it with openstack-migrate register-external --resource-type share.',
    },
  );
};

const twinOf = ({ destinationId, ref }: StepContext): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot copy the contents of share ${ref.id}: it has no twin`, {
    remedy: 'Migrate the share again.',
  });
};

const patienceOf = ({ clock, signal, policy }: StepContext): Patience => ({
  clock,
  signal,
  seconds: policy.resource_creation_timeout,
});

const deadlineOf = ({ clock, seconds }: Patience): Date => new Date(clock.now().getTime() + seconds * 1000);
