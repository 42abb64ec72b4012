import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type StepContext } from '@osm/resource';
import { copySeconds } from './patience.ts';

/** Volumes or snapshots. What is temporary among them carries the marker of the step that made it as its name. */
export interface Kind {
  readonly path: string;
  readonly one: string;
  readonly many: string;
}

/** Volumes, as Cinder names them. */
export const volumes: Kind = { path: '/volumes', one: 'volume', many: 'volumes' };
/** Snapshots, as Cinder names them. */
export const snapshots: Kind = { path: '/snapshots', one: 'snapshot', many: 'snapshots' };

/** One of them as Cinder shows it; undefined where it is gone. */
export const show = async (
  cloud: Cloud,
  kind: Kind,
  id: string,
  signal: AbortSignal,
): Promise<JsonObject | undefined> => {
  const request = { method: 'GET', path: `${kind.path}/${id}`, accept: [404] } as const;
  const { status, body } = await cloud.send('block-storage', request, signal);
  return status === 404 ? undefined : inner(body, kind);
};

const inner = (body: unknown, { one }: Kind): JsonObject => {
  const shown = isJsonObject(body) ? body[one] : undefined;
  return isJsonObject(shown) ? shown : {};
};

/** Makes one, and tells it as Cinder shows it then. */
export const makeOne = async (cloud: Cloud, kind: Kind, wanted: JsonObject, signal: AbortSignal) => {
  const body = { [kind.one]: wanted };
  const answer = await cloud.send('block-storage', { method: 'POST', path: kind.path, body }, signal);
  return inner(answer.body, kind);
};

/** All of that name. */
export const allNamed = async (
  cloud: Cloud,
  kind: Kind,
  name: string,
  signal: AbortSignal,
): Promise<readonly JsonObject[]> => {
  const query = { all_tenants: '1', name };
  const list = cloud.list('block-storage', `${kind.path}/detail`, { key: kind.many, query }, signal);
  const found: JsonObject[] = [];
  for await (const item of list) if (item['name'] === name) found.push(item);
  return found;
};

/**
 * The temporary one, once it is available. What the cloud copies on the way there shows no byte, so it is given the time
 * that its size may take. Raises `export-failed`.
 */
export const untilAvailable = async (
  context: StepContext,
  kind: Kind,
  id: string,
  gib: number,
): Promise<JsonObject> => {
  const { source, ref, clock, policy, signal } = context;
  const seconds = copySeconds(gib, policy);
  context.waiting(`source Cinder to make ${kind.one} ${id} for ${ref.type} ${ref.id}`, after(clock.now(), seconds));
  let status = 'unknown';
  const failed = (remedy: string): Failure =>
    new Failure('export-failed', `cannot read ${ref.type} ${ref.id}: the temporary ${kind.one} ${id} is ${status}`, {
      remedy,
    });
  return until(
    async () => {
      const shown = await show(source, kind, id, signal);
      status = String(shown?.['status'] ?? 'gone');
      if (status === 'available') return shown;
      if (status !== 'gone' && !status.startsWith('error')) return undefined;
      throw failed('Look into the logs of the source’s Cinder, then retry.');
    },
    { clock, signal, seconds },
    () => failed('Raise volume_upload_timeout in the configuration if the backend is only slow, then retry.'),
  );
};

/** Deletes all of that name, and waits until they are gone; returns their ids. */
export const removeAll = async (context: StepContext, kind: Kind, name: string): Promise<readonly string[]> => {
  const ids = (await allNamed(context.source, kind, name, context.signal)).map(({ id }) => String(id));
  for (const id of ids) await remove(context, kind, id);
  return ids;
};

/** Cinder lets nothing go that is in the middle of something: what a dead worker has begun ends first. */
const remove = async (context: StepContext, kind: Kind, id: string): Promise<void> => {
  const { source, clock, policy, signal } = context;
  const seconds = policy.volume_upload_timeout;
  context.waiting(`source Cinder to delete the temporary ${kind.one} ${id}`, after(clock.now(), seconds));
  let status = 'unknown';
  const stays = (): Failure =>
    new Failure('not-removed', `the temporary ${kind.one} ${id} is still there: it is ${status}`, {
      remedy: 'Delete it on the source by hand.',
    });
  const passing = new Set(['creating', 'downloading', 'uploading', 'backing-up', 'deleting']);
  await until(
    async () => {
      const shown = await show(source, kind, id, signal);
      if (shown === undefined) return true;
      status = String(shown['status']);
      if (status === 'error_deleting') throw stays();
      if (passing.has(status)) return undefined;
      await source.send('block-storage', { method: 'DELETE', path: `${kind.path}/${id}`, accept: [404] }, signal);
      return undefined;
    },
    { clock, signal, seconds },
    stays,
  );
};

/** So many seconds later. */
export const after = (now: Date, seconds: number): Date => new Date(now.getTime() + seconds * 1000);
