import type { Schema } from './cinder-nova-validation.ts';
import { boolean, isTrue, isUuid, object, uuid, validate } from './cinder-nova-validation.ts';
import { listBody, sorted } from './cinder-page.ts';
import type { Encryption, VolumeType } from './cinder-rows.ts';
import { cinderTime, needAdmin, volumes, volumeTypes } from './cinder-rows.ts';
import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { bodyOf, isObject, Refusal } from './frame.ts';

/** Extra specs that everybody sees; the others are for admins (cinder/policies/type_extra_specs.py). */
const VISIBLE_SPECS = ['RESKEY:availability_zones', 'multiattach', 'replication_enabled'];

/** Adds a type to a fresh cloud. */
export function addVolumeType(
  cloud: Cloud,
  type: Pick<VolumeType, 'name' | 'description' | 'isPublic' | 'extraSpecs'>,
): VolumeType {
  const row: VolumeType = {
    ...{ id: cloud.newId(), ...type, qosSpecsId: null, encryption: undefined, projects: new Set<string>() },
    ...{ createdAt: cloud.now(), updatedAt: null },
  };
  volumeTypes(cloud).set(row.id, row);
  return row;
}

/** The type that a volume gets when none is asked for: the first of the options, or `__DEFAULT__`. */
export function defaultVolumeType(cloud: Cloud): VolumeType {
  const name = cloud.options.volumeTypes[0] ?? '__DEFAULT__';
  const type = [...volumeTypes(cloud).values()].find((candidate) => candidate.name === name);
  if (type !== undefined) return type;
  throw new Refusal(500, `The request cannot be fulfilled as the default volume type ${name} cannot be found.`);
}

/** A type by name or id, as the body of a new volume names it. */
export function typeByNameOrId(call: Call, name: string): VolumeType {
  const all = [...volumeTypes(call.cloud).values()].filter((type) => isUsable(call, type));
  const found = all.find((type) => type.id === name) ?? all.find((type) => type.name === name);
  if (found !== undefined) return found;
  throw new Refusal(
    404,
    isUuid(name) ? `Volume type ${name} could not be found.` : `Volume type with name ${name} could not be found.`,
  );
}

/** GET /types. Admins see all with `is_public=None`, the private ones with `False`. */
export function listTypes(call: Call): Reply {
  const asked = call.context.isAdmin ? publicAsked(call) : true;
  const rows = [...volumeTypes(call.cloud).values()].filter((type) => {
    if (!call.context.isAdmin) return isUsable(call, type);
    return asked === undefined || type.isPublic === asked || (asked && type.projects.has(call.context.projectId ?? ''));
  });
  const ordered = sorted(call, rows, (row, key) =>
    key === 'name' ? row.name : key === 'id' ? row.id : key === 'created_at' ? row.createdAt : undefined,
  );
  return {
    status: 200,
    body: listBody(call, ordered, {
      path: 'types',
      key: 'volume_types',
      links: 'volume_type_links',
      view: (type) => ({ ...typeView(call, type), 'os-volume-type-access:is_public': type.isPublic }),
      missingMarker: (id) => new Refusal(404, `Volume type ${id} could not be found.`),
    }),
  };
}

/** GET /types/:id and /types/default. */
export function showType(call: Call): Reply {
  if (call.params.id === 'default') {
    return { status: 200, body: { volume_type: typeView(call, defaultVolumeType(call.cloud)) } };
  }
  const type = typeOf(call);
  return {
    status: 200,
    body: { volume_type: { ...typeView(call, type), 'os-volume-type-access:is_public': type.isPublic } },
  };
}

/** POST /types. */
export function createType(call: Call): Reply {
  needAdmin(call, 'volume_extension:type_create');
  const { volume_type: inner } = validate(CREATE, call.body);
  const body = isObject(inner) ? inner : {};
  const name = String(body.name);
  refuseName(call, name);
  const isPublic = body['os-volume-type-access:is_public'];
  const type = addVolumeType(call.cloud, {
    name,
    description: typeof body.description === 'string' ? body.description : null,
    isPublic: isPublic === undefined ? true : isTrue(isPublic),
    extraSpecs: specsOf(body.extra_specs),
  });
  return {
    status: 200,
    body: { volume_type: { ...writtenView(type), 'os-volume-type-access:is_public': type.isPublic } },
  };
}

/** PUT /types/:id. */
export function updateType(call: Call): Reply {
  needAdmin(call, 'volume_extension:type_update');
  const { volume_type: inner } = validate(UPDATE, call.body);
  const body = isObject(inner) ? inner : {};
  const { name, description, is_public: isPublic } = body;
  if (typeof name === 'string' && name.trim() === '') throw new Refusal(400, 'Volume type name can not be empty.');
  if ((name ?? null) === null && (description ?? null) === null && (isPublic ?? null) === null) {
    throw new Refusal(400, 'Specify volume type name, description, is_public or a combination thereof.');
  }
  const type = typeOf(call);
  if (typeof name === 'string' && name !== type.name) refuseName(call, name);
  if (typeof name === 'string') type.name = name;
  if (typeof description === 'string') type.description = description;
  if (isPublic !== undefined && isPublic !== null) type.isPublic = isTrue(isPublic);
  type.updatedAt = call.cloud.now();
  return { status: 200, body: { volume_type: writtenView(type) } };
}

/** DELETE /types/:id. */
export function deleteType(call: Call): Reply {
  needAdmin(call, 'volume_extension:type_delete');
  const type = typeOf(call);
  if (type.id === defaultVolumeType(call.cloud).id) {
    throw new Refusal(400, `The volume type ${type.id} is a default volume type and cannot be deleted.`);
  }
  if (isInUse(call, type)) throw new Refusal(400, 'Target volume type is still in use.');
  volumeTypes(call.cloud).delete(type.id);
  return { status: 202 };
}

/** GET /types/:id/extra_specs. */
export function listSpecs(call: Call): Reply {
  return { status: 200, body: { extra_specs: visibleSpecs(call, typeOf(call)) } };
}

/** POST /types/:id/extra_specs: adds and overwrites. */
export function createSpecs(call: Call): Reply {
  needAdmin(call, 'volume_extension:types_extra_specs:create');
  const body = validate(object({ extra_specs: SPECS_WITHOUT_SPACES }, ['extra_specs']), call.body);
  const type = freeType(call, 'Volume Type is currently in use.');
  Object.assign(type.extraSpecs, specsOf(body.extra_specs));
  type.updatedAt = call.cloud.now();
  return { status: 200, body };
}

/** GET /types/:id/extra_specs/:key. */
export function showSpec(call: Call): Reply {
  const type = typeOf(call);
  const key = call.params.key ?? '';
  const specs = visibleSpecs(call, type);
  if (specs[key] === undefined) throw noSpec(type, key);
  return { status: 200, body: { [key]: specs[key] } };
}

/** PUT /types/:id/extra_specs/:key. */
export function updateSpec(call: Call): Reply {
  needAdmin(call, 'volume_extension:types_extra_specs:update');
  const body = validate({ ...SPECS_WITHOUT_SPACES, minProperties: 1, maxProperties: 1 }, call.body);
  const type = freeType(call, 'Volume Type is currently in use.');
  if (body[call.params.key ?? ''] === undefined) throw new Refusal(400, 'Request body and URI mismatch');
  Object.assign(type.extraSpecs, specsOf(body));
  return { status: 200, body };
}

/** DELETE /types/:id/extra_specs/:key. */
export function deleteSpec(call: Call): Reply {
  needAdmin(call, 'volume_extension:types_extra_specs:delete');
  const type = freeType(call, 'Volume Type is currently in use.');
  const key = call.params.key ?? '';
  if (!Object.hasOwn(type.extraSpecs, key)) throw noSpec(type, key);
  delete type.extraSpecs[key];
  return { status: 202 };
}

/** GET /types/:id/os-volume-type-access. */
export function listAccess(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_access:get_all_for_type');
  const type = typeOf(call);
  if (type.isPublic) throw new Refusal(404, 'Access list not available for public volume types.');
  const access = [...type.projects].map((projectId) => ({ volume_type_id: type.id, project_id: projectId }));
  return { status: 200, body: { volume_type_access: access } };
}

/** POST /types/:id/action: addProjectAccess and removeProjectAccess. */
export function actOnType(call: Call): Reply {
  const [action = ''] = Object.keys(isObject(call.body) ? call.body : {});
  if (action !== 'addProjectAccess' && action !== 'removeProjectAccess') {
    throw new Refusal(
      400,
      `There is no such action: ${action}. Verify the request body and Content-Type header and try again.`,
    );
  }
  needAdmin(call, `volume_extension:volume_type_access:${action}`);
  validate(object({ [action]: object({ project: uuid }, ['project']) }, [action]), call.body);
  const project = String(bodyOf(call, action).project);
  const type = typeOf(call);
  if (type.isPublic) {
    throw new Refusal(400, 'Invalid volume type: Type access modification is not applicable to public volume type.');
  }
  changeAccess(type, project, action === 'addProjectAccess');
  return { status: 202 };
}

/** GET /types/:id/encryption: an empty object for a type without. */
export function showEncryption(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_encryption:get');
  const type = typeOf(call);
  return { status: 200, body: type.encryption === undefined ? {} : encryptionView(type, type.encryption) };
}

/** GET /types/:id/encryption/:key: one attribute. */
export function showEncryptionKey(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_encryption:get');
  const type = typeOf(call);
  const key = call.params.key ?? '';
  const value = type.encryption === undefined ? undefined : encryptionView(type, type.encryption)[key];
  if (value === undefined) throw noEncryption(type.id);
  return { status: 200, body: { [key]: value } };
}

/** POST /types/:id/encryption. */
export function createEncryption(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_encryption:create');
  const { encryption } = validate(encryptionSchema(['provider', 'control_location']), call.body);
  const body = isObject(encryption) ? encryption : {};
  const type = freeType(call, 'Cannot create encryption specs. Volume type in use.');
  if (type.encryption !== undefined) {
    throw new Refusal(400, `Volume type encryption for type ${type.id} already exists.`);
  }
  type.encryption = {
    id: call.cloud.newId(),
    ...{ provider: '', controlLocation: 'front-end', cipher: null, keySize: null },
    ...{ createdAt: call.cloud.now(), updatedAt: null },
  };
  setEncryption(type.encryption, body);
  return {
    status: 200,
    body: { encryption: { ...body, ...keySizeOf(body), volume_type_id: type.id, encryption_id: type.encryption.id } },
  };
}

/** PUT /types/:id/encryption/:key. */
export function updateEncryption(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_encryption:update');
  const { encryption } = validate(encryptionSchema([]), call.body);
  const body = isObject(encryption) ? encryption : {};
  const type = freeType(call, 'Cannot update encryption specs. Volume type in use.');
  if (type.encryption === undefined) throw noEncryption(type.id);
  setEncryption(type.encryption, body);
  type.encryption.updatedAt = call.cloud.now();
  return { status: 200, body: { encryption: { ...body, ...keySizeOf(body) } } };
}

/** DELETE /types/:id/encryption/:key. */
export function deleteEncryption(call: Call): Reply {
  needAdmin(call, 'volume_extension:volume_type_encryption:delete');
  const type = freeType(call, 'Cannot delete encryption specs. Volume type in use.');
  if (type.encryption === undefined) throw noEncryption(type.id);
  type.encryption = undefined;
  return { status: 202 };
}

/** The type of the path, or 404. */
export function typeOf(call: Call, id = call.params.id ?? ''): VolumeType {
  const type = volumeTypes(call.cloud).get(id);
  if (type === undefined || !isUsable(call, type)) throw new Refusal(404, `Volume type ${id} could not be found.`);
  return type;
}

const SPEC_VALUE: Schema = { type: ['string', 'null'], maxLength: 255 };
const SPECS: Schema = {
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9-_:. /]{1,255}$': SPEC_VALUE },
  additionalProperties: false,
};
const SPECS_WITHOUT_SPACES: Schema = {
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9-_:.]{1,255}$': SPEC_VALUE },
  additionalProperties: false,
};
const DESCRIPTION: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
const NAME: Schema = {
  ...{ type: 'string', minLength: 1, maxLength: 255 },
  format: {
    name: 'name',
    check: (value) =>
      typeof value !== 'string' ||
      value.trim() !== '' ||
      "An invalid 'name' value was provided. The 'name' can not be empty.",
  },
};
const CREATE = object(
  {
    volume_type: object(
      { name: NAME, description: DESCRIPTION, extra_specs: SPECS, 'os-volume-type-access:is_public': boolean },
      ['name'],
    ),
  },
  ['volume_type'],
);
const UPDATE = object(
  {
    volume_type: object({
      name: { type: ['string', 'null'], minLength: 1, maxLength: 255 },
      description: DESCRIPTION,
      is_public: boolean,
    }),
  },
  ['volume_type'],
);

function encryptionSchema(required: readonly string[]): Schema {
  const text: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 255 };
  const inner: Schema = {
    type: 'object',
    properties: {
      key_size: { type: ['string', 'integer', 'null'], minimum: 0, maximum: 0x7fffffff },
      provider: { type: 'string', minLength: 0, maxLength: 255 },
      control_location: { enum: ['front-end', 'back-end'] },
      cipher: text,
    },
    required,
  };
  return object({ encryption: inner }, ['encryption']);
}

function isUsable(call: Call, type: VolumeType): boolean {
  return call.context.isAdmin || type.isPublic || type.projects.has(call.context.projectId ?? '');
}

function isInUse(call: Call, type: VolumeType): boolean {
  return [...volumes(call.cloud).values()].some((volume) => volume.volumeTypeId === type.id);
}

function freeType(call: Call, message: string): VolumeType {
  const type = typeOf(call);
  if (isInUse(call, type)) throw new Refusal(400, message);
  return type;
}

function refuseName(call: Call, name: string): void {
  if ([...volumeTypes(call.cloud).values()].some((type) => type.name === name)) {
    throw new Refusal(409, `Volume Type ${name} already exists.`);
  }
}

function changeAccess(type: VolumeType, project: string, add: boolean): void {
  if (add && type.projects.has(project)) {
    throw new Refusal(409, `Volume type access for ${type.id} / ${project} combination already exists.`);
  }
  if (!add && !type.projects.has(project)) {
    throw new Refusal(404, `Volume type access not found for ${type.id} / ${project} combination.`);
  }
  if (add) type.projects.add(project);
  else type.projects.delete(project);
}

function noSpec(type: VolumeType, key: string): Refusal {
  return new Refusal(404, `Volume Type ${type.id} has no extra specs with key ${key}.`);
}

function noEncryption(id: string): Refusal {
  return new Refusal(404, `Volume type encryption for type ${id} does not exist.`);
}

function publicAsked(call: Call): boolean | undefined {
  const asked = call.query.get('is_public');
  if (asked === null) return true;
  if (asked.toLowerCase() === 'none') return undefined;
  if (/^(true|1|yes|on|t|y)$/i.test(asked)) return true;
  if (/^(false|0|no|off|f|n)$/i.test(asked)) return false;
  throw new Refusal(400, `Invalid is_public filter [${asked}]`);
}

function specsOf(value: unknown): Record<string, string | null> {
  const specs: Record<string, string | null> = {};
  if (typeof value !== 'object' || value === null) return specs;
  for (const [key, spec] of Object.entries(value)) specs[key] = typeof spec === 'string' ? spec : null;
  return specs;
}

function visibleSpecs(call: Call, type: VolumeType): JsonObject {
  if (call.context.isAdmin) return { ...type.extraSpecs };
  return Object.fromEntries(Object.entries(type.extraSpecs).filter(([key]) => VISIBLE_SPECS.includes(key)));
}

function typeView(call: Call, type: VolumeType): JsonObject {
  const view: JsonObject = {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    description: type.description,
    extra_specs: visibleSpecs(call, type),
  };
  return call.context.isAdmin ? { ...view, qos_specs_id: type.qosSpecsId } : view;
}

function writtenView(type: VolumeType): JsonObject {
  return {
    id: type.id,
    name: type.name,
    is_public: type.isPublic,
    extra_specs: { ...type.extraSpecs },
    description: type.description,
  };
}

/** The type as `os-volume_upload_image` answers it: the whole row. */
export function typeRow(type: VolumeType): JsonObject {
  return {
    id: type.id,
    name: type.name,
    description: type.description,
    is_public: type.isPublic,
    extra_specs: { ...type.extraSpecs },
    qos_specs_id: type.qosSpecsId,
    created_at: cinderTime(type.createdAt),
    updated_at: cinderTime(type.updatedAt),
    deleted_at: null,
    deleted: false,
  };
}

function keySizeOf(body: JsonObject): JsonObject {
  return typeof body.key_size === 'string' ? { key_size: Number(body.key_size) } : {};
}

function setEncryption(encryption: Encryption, body: JsonObject): void {
  if (typeof body.provider === 'string') encryption.provider = body.provider;
  if (typeof body.control_location === 'string') encryption.controlLocation = body.control_location;
  if (body.cipher !== undefined) encryption.cipher = body.cipher === null ? null : String(body.cipher);
  if (body.key_size !== undefined) encryption.keySize = body.key_size === null ? null : Number(body.key_size);
}

function encryptionView(type: VolumeType, encryption: Encryption): JsonObject {
  return {
    created_at: cinderTime(encryption.createdAt),
    updated_at: cinderTime(encryption.updatedAt),
    deleted_at: null,
    deleted: false,
    encryption_id: encryption.id,
    cipher: encryption.cipher,
    key_size: encryption.keySize,
    provider: encryption.provider,
    control_location: encryption.controlLocation,
    volume_type_id: type.id,
  };
}
