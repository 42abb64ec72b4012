import { Failure, isJsonObject, markerPrefix, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, StepContext } from '@osm/resource';
import { snapshots, volumes, type Kind } from './temporaries.ts';

/** Temporary copies that a step is about to make, each of so many GiB. */
export interface Demand {
  readonly gib: number;
  readonly volumes: number;
  readonly snapshots: number;
  readonly images: number;
  /** The name of the volumes' type: it may have a quota of its own. */
  readonly type: string | null;
}

/** GiB that they take at a time. */
const stagedGib = (demands: readonly Demand[]): number =>
  demands.reduce((sum, { gib, volumes, snapshots, images }) => sum + gib * (volumes + snapshots + images), 0);

/** Seconds after which a step that found no room looks again. It holds no place in the meantime. */
const pause = 600;

/**
 * Comes before anything temporary is made: whether there is room for it, in `max_staging_gib` and in the quota of the
 * project that it is made in. Where our own temporaries take the room now, and will give it back, raises a `staging-full`
 * that is tried again; where nothing of that kind is in sight, `staging-full` or `quota-exceeded` for good.
 */
export const makeRoom = async (context: StepContext, cloud: Cloud, demands: readonly Demand[]): Promise<void> => {
  const { policy, signal } = context;
  const most = policy.max_staging_gib;
  const gib = stagedGib(demands);
  if (most !== null && gib > most) throw tooMuch(context, cloud, gib, most);
  const wanted = wantedOf(demands);
  const short = Object.keys(wanted).length === 0 ? [] : shortages(await quotaOf(cloud, signal), wanted);
  if (most === null && short.length === 0) return;
  const held = await heldIn(cloud, signal);
  const [first] = short;
  if (first !== undefined && held === 0) throw overQuota(context, cloud, short);
  const isFull = most !== null && held + gib > most;
  if (first === undefined && !isFull) return;
  const why = first === undefined ? `temporary copies hold ${round(held)} of ${most} GiB there` : first;
  context.waiting(`room for temporary copies in ${cloud.name}: ${why}`, later(context, pause));
  throw full(context, cloud, gib, why);
};

/** What they take of each quota of Cinder: those of everything, and those of a type. */
const wantedOf = (demands: readonly Demand[]): { readonly [quota: string]: number } => {
  const wanted: { [quota: string]: number } = {};
  const add = (name: string, type: string | null, count: number): void => {
    for (const quota of type === null ? [name] : [name, `${name}_${type}`])
      if (count > 0) wanted[quota] = (wanted[quota] ?? 0) + count;
  };
  for (const { gib, volumes: made, snapshots: taken, type } of demands) {
    add('volumes', type, made);
    add('snapshots', type, taken);
    add('gigabytes', type, gib * (made + taken));
  }
  return wanted;
};

const quotaOf = async (cloud: Cloud, signal: AbortSignal): Promise<JsonObject> => {
  const { projectId } = await cloud.whoAmI();
  if (projectId === undefined) return {};
  // Who may not read it is told by Cinder itself when it is exceeded.
  const request = { method: 'GET', path: `/os-quota-sets/${projectId}`, accept: [403, 404] } as const;
  const { body } = await cloud.send('block-storage', { ...request, query: { usage: 'true' } }, signal);
  const quota = isJsonObject(body) ? body['quota_set'] : undefined;
  return isJsonObject(quota) ? quota : {};
};

const shortages = (quota: JsonObject, wanted: { readonly [quota: string]: number }): readonly string[] =>
  Object.entries(wanted).flatMap(([name, count]) => {
    const { limit, in_use: used, reserved } = isJsonObject(quota[name]) ? quota[name] : {};
    if (typeof limit !== 'number' || typeof used !== 'number' || limit < 0) return [];
    const left = limit - used - (typeof reserved === 'number' ? reserved : 0);
    return count <= left ? [] : [`${count} ${name} wanted, ${Math.max(left, 0)} of ${limit} left`];
  });

/** GiB of all that is temporary and ours, of whatever plan. An image that is still being written shows no size. */
const heldIn = async (cloud: Cloud, signal: AbortSignal): Promise<number> => {
  let gib = 0;
  for (const { path, many } of [volumes, snapshots] satisfies Kind[]) {
    const query = { all_tenants: '1' };
    for await (const item of cloud.list('block-storage', `${path}/detail`, { key: many, query }, signal)) {
      if (isOurs(item['name'])) gib += Number(item['size'] ?? 0);
    }
  }
  for await (const image of cloud.list('image', '/images', { key: 'images' }, signal)) {
    if (isOurs(image['name'])) gib += Number(image['size'] ?? 0) / 1024 ** 3;
  }
  return gib;
};

const isOurs = (name: Json | undefined): boolean => typeof name === 'string' && name.startsWith(markerPrefix);

const round = (gib: number): number => Math.round(gib * 100) / 100;

const later = ({ clock }: StepContext, seconds: number): Date => new Date(clock.now().getTime() + seconds * 1000);

const tooMuch = ({ ref }: StepContext, cloud: Cloud, gib: number, most: number): Failure =>
  new Failure(
    'staging-full',
    `cannot copy ${ref.type} ${ref.id}: its temporary copies in ${cloud.name} take ${round(gib)} GiB at a time, and max_staging_gib is ${most}`,
    { remedy: `Raise max_staging_gib to ${Math.ceil(gib)} or more, or leave it out.` },
  );

const overQuota = ({ ref }: StepContext, cloud: Cloud, short: readonly string[]): Failure =>
  new Failure(
    'quota-exceeded',
    `cannot copy ${ref.type} ${ref.id}: the quota of the migrating project in ${cloud.name} has no room for its temporary copies: ${short.join('; ')}`,
    { remedy: 'Raise the quota (openstack quota set), or remove what is not needed in that project; then retry.' },
  );

const full = ({ ref }: StepContext, cloud: Cloud, gib: number, why: string): Failure =>
  new Failure(
    'staging-full',
    `cannot copy ${ref.type} ${ref.id} yet: its temporary copies in ${cloud.name} take ${round(gib)} GiB at a time, and ${why}`,
    {
      disposition: 'retry',
      retryAfter: pause,
      remedy: 'Retry when other migrations have ended; or raise max_staging_gib, or the quota, if the cloud has room.',
    },
  );
