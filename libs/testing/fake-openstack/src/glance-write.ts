import type { Call, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import type { Attributes, Image, Visibility } from './glance-image.ts';
import { deletedImageIds, images, imageOf, imageView, refuseForeign, storesOf } from './glance-image.ts';
import { checkImage } from './glance-schema.ts';

const DISALLOWED = ['direct_url', 'self', 'file', 'schema', 'stores'];
const READ_ONLY = [
  ...['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size', 'direct_url', 'self', 'file', 'schema'],
  ...['id', 'os_hash_algo', 'os_hash_value'],
];
/** Of these, create says «read-only» by its factory (glance/domain ImageFactory). */
const READ_ONLY_AT_CREATE = ['created_at', 'updated_at', 'status', 'checksum', 'size', 'virtual_size'];
const RESERVED = ['location', 'deleted', 'deleted_at'];
const RESERVED_AT_CREATE = ['locations'];
const SETTABLE: readonly (keyof Attributes)[] = [
  ...(['name', 'visibility', 'protected', 'os_hidden', 'owner'] as const),
  ...(['disk_format', 'container_format', 'min_disk', 'min_ram'] as const),
];

/** POST /v2/images. */
export function createImage(call: Call): Reply {
  const body = bodyToCreate(call);
  const id = typeof body.id === 'string' ? body.id : call.cloud.newId();
  const attributes = newAttributes(call, body);
  refuseCreate(call, attributes);
  if (images(call.cloud).has(id) || deletedImageIds(call.cloud).has(id)) {
    throw new Refusal(409, `Image ID ${id} already exists!`);
  }
  const image = newImage(call, id, attributes);
  for (const [key, value] of Object.entries(body)) {
    if (isCustom(key) && typeof value === 'string') image.properties[key] = value;
  }
  image.tags = textsOf(body.tags);
  images(call.cloud).set(id, image);
  return {
    status: 201,
    body: imageView(image),
    headers: {
      Location: `${call.baseUrl}/v2/images/${id}`,
      'OpenStack-image-import-methods': 'glance-direct,web-download,copy-image',
      'OpenStack-image-store-ids': storeIds(call),
    },
  };
}

/** Zed also names the stores that Glance keeps for itself. */
function storeIds(call: Call): string {
  const own = call.cloud.options.release === 'zed' ? ['os_glance_staging_store', 'os_glance_tasks_store'] : [];
  return [...storesOf(call.cloud), ...own].join(',');
}

/** A new image without bytes. */
export function newImage(call: Call, id: string, attributes: Attributes): Image {
  const now = call.cloud.now();
  return {
    ...{ id, attributes, properties: {}, tags: [], status: 'queued', size: null, virtualSize: null, checksum: null },
    ...{
      hash: null,
      store: undefined,
      payload: undefined,
      staged: undefined,
      createdAt: now,
      updatedAt: now,
      members: new Map(),
    },
  };
}

/** PATCH /v2/images/:id with the operations of either JSON patch draft that Glance takes. */
export function updateImage(call: Call): Reply {
  const changes = changesOf(call);
  const image = imageOf(call);
  const draft: Image = { ...image, attributes: { ...image.attributes }, properties: { ...image.properties } };
  for (const change of changes) apply(call, draft, change);
  if (changes.length > 0) draft.updatedAt = call.cloud.now();
  images(call.cloud).set(image.id, draft);
  return { status: 200, body: imageView(draft) };
}

/** DELETE /v2/images/:id. */
export function deleteImage(call: Call): Reply {
  const image = imageOf(call, `Failed to find image ${call.params.id ?? ''} to delete`);
  refuseForeign(call, image, 'delete_image');
  if (image.attributes.protected) throw new Refusal(403, `Image ${image.id} is protected and cannot be deleted.`);
  images(call.cloud).delete(image.id);
  deletedImageIds(call.cloud).set(image.id, true);
  return { status: 204 };
}

/** PUT and DELETE /v2/images/:id/tags/:tag. */
export function tagImage(call: Call, present: boolean): Reply {
  const tag = call.params.tag ?? '';
  if (present) checkImage({ tags: [tag] });
  const image = imageOf(call);
  refuseForeign(call, image, 'modify_image');
  if (!present && !image.tags.includes(tag)) throw new Refusal(404, 'The resource could not be found.');
  image.tags = present ? [...new Set([...image.tags, tag])] : image.tags.filter((other) => other !== tag);
  image.updatedAt = call.cloud.now();
  return { status: 204 };
}

/** POST /v2/images/:id/actions/(de|re)activate. */
export function setActive(call: Call, active: boolean): Reply {
  const image = imageOf(call);
  if (!call.context.isAdmin) {
    throw new Refusal(403, `You are not authorized to complete ${active ? 'reactivate' : 'deactivate'} action.`);
  }
  if (image.status !== 'active' && image.status !== 'deactivated') {
    throw new Refusal(403, `Not allowed to ${active ? 're' : 'de'}activate image in status '${image.status}'`);
  }
  image.status = active ? 'active' : 'deactivated';
  image.updatedAt = call.cloud.now();
  return { status: 204 };
}

function bodyToCreate(call: Call): JsonObject {
  if (call.body === undefined) throw new Refusal(400, 'Body expected in request.');
  if (isObject(call.body)) refuseKeys(call.body, DISALLOWED, 'read-only');
  const body = checkImage(call.body);
  for (const key of Object.keys(body)) refuseReserved(key);
  refuseKeys(body, READ_ONLY_AT_CREATE, 'read-only');
  refuseKeys(body, RESERVED_AT_CREATE, 'reserved');
  return body;
}

function refuseKeys(body: JsonObject, keys: readonly string[], word: 'read-only' | 'reserved'): void {
  const key = keys.find((candidate) => body[candidate] !== undefined);
  if (key !== undefined) throw new Refusal(403, `Attribute '${key}' is ${word}.`);
}

function refuseReserved(key: string): void {
  if (isCustom(key) && key.length > 255) {
    throw new Refusal(400, 'Custom property should not be greater than 255 characters.');
  }
  if (RESERVED.includes(key) || key.startsWith('os_glance')) {
    throw new Refusal(403, `Attribute '${key}' is reserved.`, 'detail');
  }
}

function isCustom(key: string): boolean {
  return key !== 'id' && key !== 'tags' && !SETTABLE.some((settable) => settable === key);
}

function newAttributes(call: Call, body: JsonObject): Attributes {
  const attributes: Attributes = {
    ...{ name: null, visibility: 'shared', protected: false, os_hidden: false, owner: call.context.projectId ?? null },
    ...{ disk_format: null, container_format: null, min_disk: 0, min_ram: 0 },
  };
  for (const key of SETTABLE) setAttribute(attributes, key, body[key]);
  return attributes;
}

/** Sets an attribute whose type the schema has checked. */
function setAttribute(attributes: Attributes, key: keyof Attributes, value: Json | undefined): void {
  if (value === undefined) return;
  if ((key === 'min_disk' || key === 'min_ram') && typeof value === 'number' && value < 0) {
    throw new Refusal(400, `Invalid value '${value}' for parameter '${key}': Cannot be a negative value`);
  }
  Object.assign(attributes, { [key]: value });
}

function refuseCreate(call: Call, attributes: Attributes): void {
  const { context } = call;
  if (!context.isAdmin && attributes.owner !== (context.projectId ?? null)) {
    throw new Refusal(403, `You are not permitted to create images owned by '${attributes.owner ?? 'None'}'`);
  }
  const writer = context.roles.some((role) => role === 'admin' || role === 'member');
  if (call.cloud.options.release === 'epoxy' && !writer) {
    throw new Refusal(403, 'You are not authorized to complete add_image action.');
  }
  refuseVisibility(call, attributes.visibility);
}

function refuseVisibility(call: Call, visibility: Visibility): void {
  if (visibility !== 'public' || call.context.isAdmin) return;
  throw new Refusal(403, 'You are not authorized to complete publicize_image action.');
}

interface Change {
  readonly op: 'add' | 'remove' | 'replace';
  readonly key: string;
  readonly value: Json | undefined;
  /** Draft 4: adding what is there already is a conflict. */
  readonly draft4: boolean;
}

const PATCH_TYPES = ['application/openstack-images-v2.0-json-patch', 'application/openstack-images-v2.1-json-patch'];
const OPERATIONS = ['add', 'remove', 'replace'] as const;

function changesOf(call: Call): Change[] {
  const type = (call.headers['content-type'] ?? '').split(';')[0]?.trim() ?? '';
  if (!PATCH_TYPES.includes(type)) {
    throw new Refusal(415, `The request media type ${type} is not supported by this server.`, '', {
      'Accept-Patch': PATCH_TYPES.join(', '),
    });
  }
  if (call.body === undefined) throw new Refusal(400, 'Body expected in request.');
  if (!Array.isArray(call.body)) {
    throw new Refusal(400, 'Request body must be a JSON array of operation objects.');
  }
  return call.body.map((raw) => changeOf(raw, type === PATCH_TYPES[0]));
}

function changeOf(raw: Json, draft4: boolean): Change {
  if (!isObject(raw)) throw new Refusal(400, 'Operations must be JSON objects.');
  const op = draft4 ? operationOfDraft4(raw) : operationOf(raw);
  const key = keyOf(draft4 ? raw[op] : raw.path);
  if (op !== 'remove' && raw.value === undefined) {
    throw new Refusal(400, `Operation "${op}" requires a member named "value".`);
  }
  if (READ_ONLY.includes(key)) throw new Refusal(403, `Attribute '${key}' is read-only.`);
  if (RESERVED.includes(key) || key.startsWith('os_glance')) throw new Refusal(403, `Attribute '${key}' is reserved.`);
  if (key === 'locations') {
    throw new Refusal(403, `It's not allowed to ${op} locations if locations are invisible.`);
  }
  if (op !== 'remove') checkImage({ [key]: raw.value });
  return { op, key, value: raw.value, draft4 };
}

function operationOf(raw: JsonObject): Change['op'] {
  const known = OPERATIONS.find((op) => op === raw.op);
  if (known !== undefined) return known;
  const must = `It must be one of the following: ${OPERATIONS.join(', ')}.`;
  if (raw.op === undefined || raw.op === null) {
    throw new Refusal(400, `Unable to find \`op\` in JSON Schema change. ${must}`);
  }
  throw new Refusal(400, `Invalid operation: \`${String(raw.op)}\`. ${must}`);
}

function operationOfDraft4(raw: JsonObject): Change['op'] {
  const present = OPERATIONS.filter((op) => raw[op] !== undefined);
  const [op] = present;
  if (op === undefined || present.length > 1) {
    const count = op === undefined ? 'exactly' : 'only';
    throw new Refusal(400, `Operation objects must contain ${count} one member named "add", "remove", or "replace".`);
  }
  return op;
}

function keyOf(pointer: Json | undefined): string {
  if (typeof pointer !== 'string') throw new Refusal(400, "Unable to find 'path' in JSON Schema change");
  if (!pointer.startsWith('/')) throw new Refusal(400, `Pointer \`${pointer}\` does not start with "/".`);
  if (/\/\s*?\//.test(pointer.slice(1))) throw new Refusal(400, `Pointer \`${pointer}\` contains adjacent "/".`);
  if (pointer.length > 1 && pointer.endsWith('/')) throw new Refusal(400, `Pointer \`${pointer}\` end with "/".`);
  if (/~[^01]/.test(pointer) || pointer.endsWith('~')) {
    throw new Refusal(400, `Pointer \`${pointer}\` contains "~" not part of a recognized escape sequence.`);
  }
  const parts = pointer.replace(/^\/+/, '').split('/');
  const [root = ''] = parts;
  if (root === 'locations') return root;
  if (parts.length !== 1) throw new Refusal(400, `Invalid JSON pointer for this resource: '/${parts.join('/')}'`);
  return root.replaceAll('~1', '/').replaceAll('~0', '~').trim();
}

function apply(call: Call, image: Image, change: Change): void {
  const { key, op, value } = change;
  if (op === 'replace' && key === 'owner' && !call.context.isAdmin) {
    throw new Refusal(403, "Owner can't be updated by non admin.", 'detail');
  }
  if (key === 'visibility' && typeof value === 'string') refuseVisibility(call, value as Visibility);
  refuseForeign(call, image, 'modify_image');
  const attribute = SETTABLE.find((settable) => settable === key);
  const exists = attribute !== undefined || key === 'tags' || Object.hasOwn(image.properties, key);
  if (op === 'remove') return remove(image, key, exists);
  if (op === 'add' && change.draft4 && exists) throw new Refusal(409, `Property ${key} already present.`, 'detail');
  if (op === 'replace' && !exists) throw new Refusal(409, `Property ${key} does not exist.`, 'detail');
  if (key === 'tags') image.tags = textsOf(value);
  else if (attribute !== undefined) replace(image, attribute, value);
  else image.properties[key] = typeof value === 'string' ? value : '';
}

function remove(image: Image, key: string, exists: boolean): void {
  if (!exists) throw new Refusal(409, `Property ${key} does not exist.`, 'detail');
  if (!Object.hasOwn(image.properties, key)) throw new Refusal(403, `Property ${key} may not be removed.`, 'detail');
  delete image.properties[key];
}

function replace(image: Image, key: keyof Attributes, value: Json | undefined): void {
  if ((key === 'disk_format' || key === 'container_format') && image.status !== 'queued') {
    throw new Refusal(403, `Attribute ${key} can be only replaced for a queued image.`);
  }
  setAttribute(image.attributes, key, value);
}

function textsOf(value: Json | undefined): string[] {
  const texts = Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  return [...new Set(texts)];
}
