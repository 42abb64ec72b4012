import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { bodyOf, isObject, Refusal } from './frame.ts';
import { needAdmin, shares, shareTypes, textsOf, type ShareType } from './manila-rows.ts';

const HANDLES = 'driver_handles_share_servers';

/** Makes a type without asking anybody. */
export function addShareType(cloud: Cloud, type: Omit<ShareType, 'id' | 'projects'>): ShareType {
  const made = { ...type, id: cloud.newId(), projects: new Set<string>() };
  shareTypes(cloud).set(made.id, made);
  return made;
}

/** Whether the caller may use a type: a private one is for projects on its list, and for administrators. */
export function mayUse(call: Call, type: ShareType): boolean {
  return type.isPublic || call.context.isAdmin || type.projects.has(call.context.projectId ?? '');
}

export function findType(call: Call, nameOrId: string): ShareType | undefined {
  const types = shareTypes(call.cloud);
  return types.get(nameOrId) ?? [...types.values()].find(({ name }) => name === nameOrId);
}

/** What Manila shows of a type; an answer to its creation does not say yet whether it is the default. */
function shown(call: Call, type: ShareType): JsonObject {
  const specs = { ...type.extraSpecs };
  if (!call.context.isAdmin && call.atLeast('2.24')) specs.snapshot_support ??= 'False';
  return {
    id: type.id,
    name: type.name,
    extra_specs: specs,
    required_extra_specs: { [HANDLES]: type.extraSpecs[HANDLES] },
    ...{ [call.atLeast('2.7') ? 'share_type_access:is_public' : 'os-share-type-access:is_public']: type.isPublic },
    ...(call.atLeast('2.41') ? { description: type.description } : {}),
    ...(call.atLeast('2.46') ? { is_default: type.name === 'default' } : {}),
  };
}

const both = (call: Call, type: ShareType): JsonObject => ({
  volume_type: shown(call, type),
  share_type: shown(call, type),
});

function typeOf(call: Call): ShareType {
  const type = shareTypes(call.cloud).get(call.params.id ?? '');
  if (type === undefined) throw new Refusal(404, 'Share type not found.');
  return type;
}

export function listTypes(call: Call): Reply {
  const asked = (call.query.get('is_public') ?? 'true').toLowerCase();
  const kept = [...shareTypes(call.cloud).values()].filter((type) => {
    if (!call.context.isAdmin) return mayUse(call, type);
    return asked === 'all' || asked === 'none' || String(type.isPublic) === asked;
  });
  const rows = kept.map((type) => shown(call, type));
  return { status: 200, body: { volume_types: rows, share_types: rows } };
}

export function showType(call: Call): Reply {
  return { status: 200, body: both(call, typeOf(call)) };
}

export function createType(call: Call): Reply {
  needAdmin(call, 'share_type:create');
  const given = bodyOf(call, isObject(call.body) && 'volume_type' in call.body ? 'volume_type' : 'share_type');
  const { name, description } = given;
  if (typeof name !== 'string' || name === '' || name.length > 255) {
    throw new Refusal(400, 'Type name or description is not valid.');
  }
  const extraSpecs = textsOf(given.extra_specs);
  checkSpecs(call, extraSpecs);
  if ([...shareTypes(call.cloud).values()].some((one) => one.name === name)) {
    throw new Refusal(409, told(call, `Share Type ${name} already exists.`, 'Share Type %(id)s already exists.'));
  }
  const isPublic = (given['os-share-type-access:is_public'] ?? given['share_type_access:is_public'] ?? true) === true;
  const text = typeof description === 'string' ? description : null;
  const type = addShareType(call.cloud, { name, description: text, isPublic, extraSpecs });
  return { status: 200, body: both(call, type) };
}

function checkSpecs(call: Call, specs: Record<string, string>): void {
  const refuse = (why: string): Refusal =>
    new Refusal(400, told(call, `Invalid extra_spec: ${why}.`, 'Invalid extra_spec: %(reason)s.'));
  const handles = specs[HANDLES];
  if (handles === undefined) throw refuse(`Required extra specs '${HANDLES}' not specified`);
  if (!/^(true|false|yes|no|on|off|t|f|y|n|0|1)$/i.test(handles)) {
    throw refuse(`Value of required extra_spec ${HANDLES} is not valid`);
  }
}

/** Zed forgets to fill in what its messages are about. */
function told(call: Call, message: string, forgotten: string): string {
  return call.cloud.options.release === 'zed' ? forgotten : message;
}

export function deleteType(call: Call): Reply {
  needAdmin(call, 'share_type:delete');
  const type = typeOf(call);
  if ([...shares(call.cloud).values()].some(({ typeId }) => typeId === type.id)) {
    throw new Refusal(400, 'Target share type is still in use.');
  }
  shareTypes(call.cloud).delete(type.id);
  return { status: 202 };
}

export function listTypeAccess(call: Call): Reply {
  needAdmin(call, 'share_type:list_project_access');
  const type = typeOf(call);
  if (type.isPublic) throw new Refusal(404, 'Access list not available for public share types.');
  const access = [...type.projects].map((project_id) => ({ share_type_id: type.id, project_id }));
  return { status: 200, body: { share_type_access: access } };
}

export function actOnType(call: Call): Reply {
  needAdmin(call, 'share_type:add_project_access');
  const type = typeOf(call);
  const adds = isObject(call.body) && 'addProjectAccess' in call.body;
  const { project } = bodyOf(call, adds ? 'addProjectAccess' : 'removeProjectAccess');
  const id = String(project);
  if (!/^([0-9a-f]{32}|[0-9a-f-]{36})$/.test(id)) {
    throw new Refusal(400, `Bad project format: project is not in proper format (${id})`);
  }
  if (type.isPublic) throw new Refusal(409, 'Type access modification is not applicable to public share type.');
  if (adds && type.projects.has(id)) {
    const message = `Share type access for ${type.id} / ${id} combination already exists.`;
    throw new Refusal(
      409,
      told(call, message, 'Share type access for %(share_type_id)s / %(project_id)s combination already exists.'),
    );
  }
  if (!adds && !type.projects.has(id)) {
    throw new Refusal(404, `Share type access not found for ${type.id} / ${id} combination.`);
  }
  if (adds) type.projects.add(id);
  else type.projects.delete(id);
  return { status: 202 };
}
