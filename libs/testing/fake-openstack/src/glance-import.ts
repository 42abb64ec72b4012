import { later } from './cinder-jobs.ts';
import type { Call, Cloud, Json, JsonObject, Reply } from './frame.ts';
import { isObject, isoSeconds, Refusal, table } from './frame.ts';
import { fill } from './glance-data.ts';
import type { Image } from './glance-image.ts';
import { images, imageOf, refuseForeign, storesOf } from './glance-image.ts';
import type { Payload } from './glance-payload.ts';
import { payloadOf } from './glance-payload.ts';

/** Ways to import that this Glance has enabled: the default. `copy-image` is named and not done. */
export const importMethods = ['glance-direct', 'web-download', 'copy-image'] as const;

/** A task of an import. */
interface Task {
  readonly id: string;
  readonly imageId: string;
  readonly owner: string | undefined;
  readonly userId: string;
  readonly input: JsonObject;
  status: 'pending' | 'processing' | 'success' | 'failure';
  message: string;
  readonly createdAt: number;
  updatedAt: number;
}

const tasks = table<Task>('image.tasks');
const ports = table<readonly number[]>('image.import-ports');

/** Has web-download fetch from these ports too; it fetches from 80 and 443 by itself. */
export function allowImportPorts(cloud: Cloud, allowed: readonly number[]): void {
  ports(cloud).set('allowed', allowed);
}

/** POST /v2/images/:id/import: queued or uploading → importing → active; back to queued when it fails. */
export function importImage(call: Call): Reply {
  const { name, uri } = methodOf(call.body);
  const image = imageOf(call);
  if (image.properties.os_glance_import_task !== undefined) throw new Refusal(409, 'Image has active task');
  refuseState(image, name);
  refuseForeign(call, image, 'modify_image');
  if (name === 'web-download' && !isFetched(call.cloud, uri)) {
    throw new Refusal(400, `URI for web-download does not pass filtering: ${uri}`);
  }
  const task = newTask(call, image);
  const [store = ''] = storesOf(call.cloud);
  Object.assign(image.properties, {
    ...{ os_glance_import_task: task.id, os_glance_importing_to_stores: store, os_glance_failed_import: '' },
  });
  Object.assign(image, { status: 'importing', updatedAt: call.cloud.now() });
  if (name === 'glance-direct')
    later(call.cloud, () => finish(call.cloud, task, images(call.cloud).get(image.id)?.staged));
  else void fetched(uri).then((got) => finish(call.cloud, task, got));
  return { status: 202 };
}

/** GET /v2/images/:id/tasks. */
export function listTasks(call: Call): Reply {
  const image = imageOf(call, 'The resource could not be found.');
  const own = [...tasks(call.cloud).values()].filter(({ imageId }) => imageId === image.id);
  return { status: 200, body: { tasks: own.map(taskView) } };
}

function methodOf(body: Json | undefined): { readonly name: string; readonly uri: string } {
  if (!isObject(body) || body.method === undefined) {
    throw new Refusal(400, "Import request requires a 'method' field.");
  }
  const method = isObject(body.method) ? body.method : {};
  if (method.name === undefined) throw new Refusal(400, "Import request requires a 'name' field.");
  const name = String(method.name);
  if (!importMethods.some((known) => known === name)) throw new Refusal(400, `Unknown import method name '${name}'.`);
  return { name, uri: typeof method.uri === 'string' ? method.uri : '' };
}

function refuseState({ status, attributes }: Image, name: string): void {
  const refuse = (message: string): never => {
    throw new Refusal(409, message);
  };
  if (name === 'copy-image') refuse('Only images with status active can be targeted for copying');
  if (status === 'active') refuse('Image with status active cannot be target for import');
  if (status !== 'queued' && name === 'web-download') {
    refuse(`Image needs to be in 'queued' state to use '${name}' method`);
  }
  if (status !== 'uploading' && name === 'glance-direct') {
    refuse("Image needs to be staged before 'glance-direct' method can be used");
  }
  if (attributes.container_format === null) refuse("'container_format' needs to be set before import");
  if (attributes.disk_format === null) refuse("'disk_format' needs to be set before import");
}

/** The port filter of [import_filtering_opts]; a URL without a port passes. */
function isFetched(cloud: Cloud, uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const { protocol, port } = new URL(uri);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return port === '' || [80, 443, ...(ports(cloud).get('allowed') ?? [])].includes(Number(port));
}

function newTask(call: Call, image: Image): Task {
  const { cloud, context } = call;
  const now = cloud.now();
  const input = { image_id: image.id, import_req: call.body ?? null, backend: storesOf(cloud).slice(0, 1) };
  const task: Task = {
    ...{ id: cloud.newId(), imageId: image.id, owner: context.projectId, userId: context.userId, input },
    ...{ status: 'processing', message: '', createdAt: now, updatedAt: now },
  };
  tasks(cloud).set(task.id, task);
  return task;
}

async function fetched(uri: string): Promise<Payload | undefined> {
  try {
    const response = await fetch(uri);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return response.ok ? payloadOf(bytes) : undefined;
  } catch {
    // Glance tells its log alone what went wrong.
    return undefined;
  }
}

/** The end of an import: the bytes into the store, or what went wrong, of which Glance tells its log alone. */
function finish(cloud: Cloud, task: Task, got: Payload | undefined): void {
  const image = images(cloud).get(task.imageId);
  if (image === undefined) return settle(cloud, task, 'failure', `No image found with ID ${task.imageId}`);
  const { os_glance_importing_to_stores: store = '' } = image.properties;
  const done = got !== undefined && isTaken(cloud, image, got, store);
  if (done) settle(cloud, task, 'success', `Copied ${Math.floor(got.size / 1_048_576)} MiB`);
  else settle(cloud, task, 'failure', 'Task failed due to Internal Error');
  // What could not be fetched is queued again; what the store refuses stays as it is, for ever.
  if (!done) Object.assign(image, got === undefined ? { status: 'queued', size: null } : { status: 'importing' });
  if (!done) image.properties.os_glance_failed_import = store;
  image.staged = undefined;
  image.properties.os_glance_importing_to_stores = '';
  delete image.properties.os_glance_import_task;
}

function isTaken(cloud: Cloud, image: Image, payload: Payload, store: string): boolean {
  try {
    fill({ cloud }, image, payload, store);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function settle(cloud: Cloud, task: Task, status: 'success' | 'failure', message: string): void {
  Object.assign(task, { status, message, updatedAt: cloud.now() });
}

function taskView(task: Task): JsonObject {
  return {
    ...{ id: task.id, type: 'api_image_import', status: task.status, owner: task.owner ?? null, input: task.input },
    ...{ result: task.status === 'success' ? { image_id: task.imageId } : null, message: task.message },
    ...{ image_id: task.imageId, user_id: task.userId, expires_at: expiryOf(task), deleted: false, deleted_at: null },
    ...{ created_at: isoSeconds(task.createdAt), updated_at: isoSeconds(task.updatedAt) },
  };
}

/** A task that is over is kept for two days. */
function expiryOf({ status, updatedAt }: Task): string | null {
  return status === 'success' || status === 'failure' ? isoSeconds(updatedAt + 172_800_000) : null;
}
