import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Step, type StepContext } from '@osm/resource';
import { copySeconds, demandsOf, makeRoom, snapshotOf, type Moment } from '@osm/resources/block-storage';
import { bootsFromImage } from './disks.ts';
import { refuse } from './instance-refusals.ts';
import { InstanceSource, type Instance } from './instance-source.ts';
import { stateOf } from './root-image.ts';
import { imageOf, imagesNamed } from './temporary-images.ts';

/**
 * The moment of a server: an image of its root disk is begun, and snapshots are taken of all its volumes, in one breath and
 * before any of them is copied. The volumes' own steps find theirs. How far apart they are is told; that the guest's file
 * systems were frozen never is: Nova freezes them for some kinds of root disk only, and says of none that it has.
 */
export const takeServer: Step = {
  name: 'snapshot',
  moment: 'all',
  when: (attributes) => hasDisks(InstanceSource.pick({ image: true, attachments: true }).parse(attributes)),
  run: async (context) => {
    const s = InstanceSource.parse(context.attributes);
    refuse(s);
    const volumes = volumesToTake(context, s);
    const before = await statusOf(context);
    await makeRoom(context, context.source, [
      ...(await rootDemand(context, s)),
      ...(await demandsOf(context, volumes)),
    ]);
    const began = context.clock.now();
    const [root, ...taken] = await together(
      bootsFromImage(s) ? imageBegun(context, s) : undefined,
      ...volumes.map((id) => snapshotOf(context, id).then(({ moment }) => moment)),
    );
    const from = earliest(began, taken);
    const ended = context.clock.now();
    const disks = taken.length + (root === undefined ? 0 : 1);
    const isStopped = before === 'SHUTOFF' && (await statusOf(context)) === 'SHUTOFF';
    return {
      ...(typeof root === 'string' ? { imageId: root } : {}),
      disks,
      takenFrom: from.toISOString(),
      takenUntil: ended.toISOString(),
      consistency: isStopped ? 'stopped' : 'crash-consistent',
      told: inWords(isStopped, disks, ended.getTime() - from.getTime()),
    };
  },
};

const hasDisks = (s: Pick<Instance, 'image' | 'attachments'>): boolean => bootsFromImage(s) || s.attachments.length > 0;

/** What several servers may write to at once has a moment of its own; what has its twin already has had it. */
const volumesToTake = ({ twinOf }: StepContext, s: Instance): readonly string[] =>
  s.attachments
    .map(({ volume_id }) => volume_id)
    .filter((id) => !s.shared_volumes.includes(id) && twinOf({ type: 'volume', id }) === undefined);

const inWords = (isStopped: boolean, disks: number, milliseconds: number): string => {
  const count = disks === 1 ? '1 disk' : `${disks} disks`;
  return isStopped
    ? `stopped: ${count}, to which nothing was written`
    : `crash-consistent per disk: ${count} taken within ${Math.ceil(milliseconds / 100) / 10} s`;
};

/** One that an earlier run has taken counts as of when it was taken. */
const earliest = (began: Date, taken: readonly (string | Moment | undefined)[]): Date => {
  const times = taken.flatMap((moment) => (typeof moment === 'object' ? Date.parse(moment.takenAt ?? '') : []));
  return new Date(Math.min(began.getTime(), ...times.filter((time) => !Number.isNaN(time))));
};

/** All of them begun before one is waited for; the first failure is told when all have ended, so that nothing goes on unseen. */
const together = async (
  root: Promise<string> | undefined,
  ...volumes: readonly Promise<Moment>[]
): Promise<readonly (string | Moment | undefined)[]> => {
  const settled = await Promise.allSettled([root, ...volumes]);
  const failed = settled.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return settled.map((one) => (one.status === 'fulfilled' ? one.value : undefined));
};

const rootDemand = async ({ source, marker: name, signal }: StepContext, s: Instance) => {
  if (!bootsFromImage(s) || (await imagesNamed(source, name, signal)).length > 0) return [];
  return [{ gib: rootGib(s), volumes: 0, snapshots: 0, images: 1, type: null }];
};

/** GiB of a root disk that is no volume: never more than its flavor's. */
export const rootGib = ({ flavor }: Instance): number => Number(flavor['disk'] ?? 0);

const statusOf = async ({ source, ref, signal }: StepContext): Promise<unknown> => {
  const { body } = await source.send('compute', { method: 'GET', path: `/servers/${ref.id}` }, signal);
  const server = isJsonObject(body) ? body['server'] : undefined;
  return isJsonObject(server) ? server['status'] : undefined;
};

/** An image whose bytes stand: Nova begins to send them when it has copied the disk aside. */
const imageBegun = async (context: StepContext, s: Instance): Promise<string> => {
  const imageId = await rootSnapshot(context, context.marker);
  await untilRoot(context, imageId, rootGib(s), ['saving', 'active']);
  return imageId;
};

/** The image of the root disk of that name: one that is there, or one that is begun now. */
export const rootSnapshot = async ({ source, ref, signal }: StepContext, name: string): Promise<string> => {
  const [found] = await imagesNamed(source, name, signal);
  if (found !== undefined) return String(found['id']);
  const path = `/servers/${ref.id}/action`;
  // Since 2.45 the answer has the image's id in its body.
  const request = { method: 'POST', path, body: { createImage: { name } }, microversion: '2.45' } as const;
  const { body } = await source.send('compute', request, signal);
  return String(isJsonObject(body) ? body['image_id'] : undefined);
};

/** Waits until Nova has come so far with the image of a root disk of so many GiB. Raises `export-failed`. */
export const untilRoot = (
  context: StepContext,
  imageId: string,
  gib: number,
  wanted: readonly string[],
): Promise<JsonObject> => {
  const { source, ref, policy, signal, clock } = context;
  const seconds = copySeconds(gib, policy);
  const deadline = new Date(clock.now().getTime() + seconds * 1000);
  context.waiting(`source Nova to make an image of the root disk of instance ${ref.id}`, deadline);
  let state = 'unknown';
  const failed = (remedy: string): Failure =>
    new Failure('export-failed', `cannot read the root disk of instance ${ref.id}: its image ${imageId} is ${state}`, {
      remedy,
    });
  return until(
    async () => {
      const image = await imageOf(source, imageId, signal);
      state = stateOf(image);
      if (wanted.includes(state)) return image;
      if (state === 'queued' || state === 'saving') return undefined;
      throw failed('Look into the logs of the source’s Nova and Glance, then retry.');
    },
    { clock, signal, seconds },
    () => failed('Raise volume_upload_timeout in the configuration if the disk is only large, then retry.'),
  );
};
