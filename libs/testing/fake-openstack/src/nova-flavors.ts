import type { Schema } from './cinder-nova-validation.ts';
import { boolean, isTrue, object, positiveInteger, repr, validate } from './cinder-nova-validation.ts';
import type { Call, Json, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal, table } from './frame.ts';
import { refuseExtraSpec } from './nova-extra-specs.ts';
import { linksOf, listBody, needAdmin, refuseUnknownQuery } from './nova-page.ts';
import { verifyProject } from './nova-quotas.ts';

/** A flavor. */
export interface Flavor {
  /** The id that clients know; given or made. */
  readonly flavorId: string;
  /** Number of the row, which slips into some messages. */
  readonly row: number;
  readonly name: string;
  readonly ram: number;
  readonly vcpus: number;
  readonly disk: number;
  readonly ephemeral: number;
  readonly swap: number;
  readonly rxtxFactor: number;
  readonly isPublic: boolean;
  description: string | null;
  extraSpecs: Record<string, string>;
  /** Projects that may use a private flavor. */
  readonly projects: Set<string>;
}

const flavors = table<Flavor>('compute.flavors');
const counters = table<number>('compute.counters');

/** A number that no earlier row has. */
export function nextRow(call: Pick<Call, 'cloud'>): number {
  const next = (counters(call.cloud).get('rows') ?? 0) + 1;
  counters(call.cloud).set('rows', next);
  return next;
}

const SORT_KEYS = [
  ...['created_at', 'description', 'disabled', 'ephemeral_gb', 'flavorid', 'id', 'is_public', 'memory_mb', 'name'],
  ...['root_gb', 'rxtx_factor', 'swap', 'updated_at', 'vcpu_weight', 'vcpus'],
];

/** GET /flavors and /flavors/detail. Admins see all with `is_public=None`. */
export function listFlavors(call: Call, detail: boolean): Reply {
  refuseUnknownQuery(call, ['limit', 'marker', 'is_public', 'minRam', 'minDisk', 'sort_key', 'sort_dir']);
  const keep = filterOf(call);
  const rows = [...flavors(call.cloud).values()].filter((flavor) => keep(flavor)).sort(orderOf(call));
  const body = listBody(call, rows, {
    path: detail ? 'flavors/detail' : 'flavors',
    key: 'flavors',
    idOf: (flavor) => flavor.flavorId,
    view: (flavor) => (detail ? view(call, flavor) : summary(call, flavor)),
    missingMarker: (id) => new Refusal(400, `marker [${id}] not found`),
  });
  return { status: 200, body };
}

/** GET /flavors/:id. */
export function showFlavor(call: Call): Reply {
  return { status: 200, body: { flavor: view(call, flavorOf(call)) } };
}

/** POST /flavors. */
export function createFlavor(call: Call): Reply {
  needAdmin(call, 'os-flavor-manage:create');
  const { flavor: inner } = validate(call.atLeast('2.55') ? CREATE_255 : CREATE, call.body);
  const body = isObject(inner) ? inner : {};
  const flavor = newFlavor(call, body);
  for (const other of flavors(call.cloud).values()) {
    if (other.flavorId === flavor.flavorId) {
      throw new Refusal(409, `Flavor with ID ${flavor.flavorId} already exists.`);
    }
    if (other.name === flavor.name) throw new Refusal(409, `Flavor with name ${flavor.name} already exists.`);
  }
  flavors(call.cloud).set(flavor.flavorId, flavor);
  return { status: 200, body: { flavor: view(call, flavor) } };
}

/** PUT /flavors/:id, since 2.55: only the description can change. */
export function updateFlavor(call: Call): Reply {
  if (!call.atLeast('2.55')) throw new Refusal(404, 'The resource could not be found.');
  needAdmin(call, 'os-flavor-manage:update');
  const { flavor: inner } = validate(
    object({ flavor: object({ description: DESCRIPTION }, ['description']) }, ['flavor']),
    call.body,
  );
  const flavor = flavorOf(call);
  flavor.description = isObject(inner) && typeof inner.description === 'string' ? inner.description : null;
  return { status: 200, body: { flavor: view(call, flavor) } };
}

/** DELETE /flavors/:id. */
export function deleteFlavor(call: Call): Reply {
  needAdmin(call, 'os-flavor-manage:delete');
  flavors(call.cloud).delete(flavorOf(call).flavorId);
  return { status: 202 };
}

/** GET /flavors/:id/os-extra_specs. */
export function listExtraSpecs(call: Call): Reply {
  return { status: 200, body: { extra_specs: { ...flavorOf(call).extraSpecs } } };
}

/** GET /flavors/:id/os-extra_specs/:key. */
export function showExtraSpec(call: Call): Reply {
  const flavor = flavorOf(call);
  const key = call.params.key ?? '';
  const value = flavor.extraSpecs[key];
  if (value === undefined) throw noSpec(flavor, key);
  return { status: 200, body: { [key]: value } };
}

/** POST /flavors/:id/os-extra_specs: adds and overwrites. */
export function createExtraSpecs(call: Call): Reply {
  needAdmin(call, 'os-flavor-extra-specs:create');
  const body = validate(object({ extra_specs: SPECS }, ['extra_specs']), call.body);
  const specs = specsOf(call, body.extra_specs);
  Object.assign(flavorOf(call).extraSpecs, specs);
  return { status: 200, body };
}

/** PUT /flavors/:id/os-extra_specs/:key. */
export function updateExtraSpec(call: Call): Reply {
  needAdmin(call, 'os-flavor-extra-specs:update');
  const body = validate({ ...SPECS, minProperties: 1, maxProperties: 1 }, call.body);
  const specs = specsOf(call, body);
  if (specs[call.params.key ?? ''] === undefined) throw new Refusal(400, 'Request body and URI mismatch');
  Object.assign(flavorOf(call).extraSpecs, specs);
  return { status: 200, body };
}

/** DELETE /flavors/:id/os-extra_specs/:key. */
export function deleteExtraSpec(call: Call): Reply {
  needAdmin(call, 'os-flavor-extra-specs:delete');
  const flavor = flavorOf(call);
  const key = call.params.key ?? '';
  if (flavor.extraSpecs[key] === undefined) throw noSpec(flavor, key);
  delete flavor.extraSpecs[key];
  return { status: 200 };
}

/** GET /flavors/:id/os-flavor-access. */
export function listFlavorAccess(call: Call): Reply {
  needAdmin(call, 'os-flavor-access');
  const flavor = flavorOf(call);
  if (flavor.isPublic) throw new Refusal(404, 'Access list not available for public flavors.');
  return access(flavor);
}

/** POST /flavors/:id/action: addTenantAccess and removeTenantAccess. */
export function actOnFlavor(call: Call): Reply {
  const [action = ''] = Object.keys(isObject(call.body) ? call.body : {});
  if (action !== 'addTenantAccess' && action !== 'removeTenantAccess') {
    throw new Refusal(400, `There is no such action: ${action}`);
  }
  needAdmin(call, `os-flavor-access:${action === 'addTenantAccess' ? 'add' : 'remove'}_tenant_access`);
  const tenant: Schema = { type: 'string', minLength: 1, maxLength: 255 };
  const body = validate(object({ [action]: object({ tenant }, ['tenant']) }, [action]), call.body);
  const inner = body[action];
  const project = String(isObject(inner) ? inner.tenant : '');
  if (action === 'addTenantAccess') addAccess(call, project);
  else removeAccess(call, project);
  return access(flavorOf(call));
}

const NAME_REASON =
  "An invalid 'name' value was provided. The name must be: printable characters. Can not start or end with whitespace.";

/** A name as nova takes it: printable, without space at either end. */
export const NAME: Schema = {
  ...{ type: 'string', minLength: 1, maxLength: 255 },
  format: {
    name: 'name',
    check: (value) => typeof value !== 'string' || /^(?!\s)[^\p{C}\u2028\u2029]*(?<!\s)$/u.test(value) || NAME_REASON,
  },
};
const NON_NEGATIVE: Schema = { ...positiveInteger, minimum: 0 };
const DESCRIPTION: Schema = { type: ['string', 'null'], minLength: 0, maxLength: 65535 };
const FLAVOR: Record<string, Schema> = {
  name: NAME,
  id: { type: ['string', 'number', 'null'], minLength: 1, maxLength: 255, pattern: '^(?! )[a-zA-Z0-9. _-]+(?<! )$' },
  ram: positiveInteger,
  vcpus: positiveInteger,
  disk: NON_NEGATIVE,
  'OS-FLV-EXT-DATA:ephemeral': NON_NEGATIVE,
  swap: NON_NEGATIVE,
  rxtx_factor: { type: ['number', 'string'], pattern: '^[0-9]+(\\.[0-9]+)?$', format: positiveNumber() },
  'os-flavor-access:is_public': boolean,
};
const NEEDED = ['name', 'ram', 'vcpus', 'disk'];
const CREATE = object({ flavor: object(FLAVOR, NEEDED) }, ['flavor']);
const CREATE_255 = object({ flavor: object({ ...FLAVOR, description: DESCRIPTION }, NEEDED) }, ['flavor']);
const SPECS: Schema = {
  type: 'object',
  patternProperties: { '^[a-zA-Z0-9-_:. ]{1,255}$': { type: ['string', 'number'], maxLength: 255 } },
  additionalProperties: false,
};

function positiveNumber() {
  return {
    name: 'positive',
    check: (value: Json): string | boolean =>
      Number(value) > 0 ||
      `Invalid input for field/attribute rxtx_factor. Value: ${String(value)}. ${String(value)} is less than or equal to the minimum of 0`,
  };
}

function newFlavor(call: Call, body: JsonObject): Flavor {
  const id = body.id ?? '';
  const isPublic = body['os-flavor-access:is_public'];
  return {
    flavorId: id === '' ? call.cloud.newId() : String(id),
    row: nextRow(call),
    name: String(body.name).trim(),
    ram: Number(body.ram),
    vcpus: Number(body.vcpus),
    disk: Number(body.disk),
    ephemeral: Number(body['OS-FLV-EXT-DATA:ephemeral'] ?? 0),
    swap: Number(body.swap ?? 0),
    rxtxFactor: Number(body.rxtx_factor ?? 1),
    isPublic: isPublic === undefined ? true : isTrue(isPublic),
    description: typeof body.description === 'string' ? body.description : null,
    extraSpecs: {},
    projects: new Set(),
  };
}

/** Nova shows a private flavor by its id to everybody who knows the id only where the project has access. */
function flavorOf(call: Call): Flavor {
  const id = call.params.id ?? '';
  const flavor = flavors(call.cloud).get(id);
  if (flavor === undefined || !isUsable(call, flavor)) throw new Refusal(404, `Flavor ${id} could not be found.`);
  return flavor;
}

/** The flavor that a server is asked with, by its id; undefined where the caller may not use it. */
export function usableFlavor(call: Call, id: string): Flavor | undefined {
  const flavor = flavors(call.cloud).get(id);
  return flavor !== undefined && isUsable(call, flavor) ? flavor : undefined;
}

function isUsable(call: Call, flavor: Flavor): boolean {
  return call.context.isAdmin || flavor.isPublic || flavor.projects.has(call.context.projectId ?? '');
}

function filterOf(call: Call): (flavor: Flavor) => boolean {
  const asked = call.context.isAdmin ? publicAsked(call) : true;
  const minRam = numberOf(call, 'minRam');
  const minDisk = numberOf(call, 'minDisk');
  return (flavor) => {
    const accessible = flavor.isPublic || (asked === true && flavor.projects.has(call.context.projectId ?? ''));
    const kept = asked === undefined || (asked ? accessible : !flavor.isPublic);
    return kept && flavor.ram >= minRam && flavor.disk >= minDisk;
  };
}

function publicAsked(call: Call): boolean | undefined {
  const asked = call.query.get('is_public');
  if (asked === null) return true;
  if (asked.toLowerCase() === 'none') return undefined;
  if (/^(true|1|yes|on|t|y)$/i.test(asked)) return true;
  if (/^(false|0|no|off|f|n)$/i.test(asked)) return false;
  throw new Refusal(400, `Invalid is_public filter [${asked}]`);
}

function numberOf(call: Call, key: 'minRam' | 'minDisk'): number {
  const text = call.query.get(key) ?? '0';
  if (!/^\s*[-+]?\d+\s*$/.test(text)) throw new Refusal(400, `Invalid ${key} filter [${text}]`);
  return Number(text);
}

function orderOf(call: Call): (a: Flavor, b: Flavor) => number {
  const key = call.query.get('sort_key') ?? 'flavorid';
  const direction = call.query.get('sort_dir') ?? 'asc';
  refuseUnlisted('sort_key', key, SORT_KEYS);
  refuseUnlisted('sort_dir', direction, ['asc', 'desc']);
  return (a, b) => {
    const [left, right] = [sortValue(a, key), sortValue(b, key)];
    if (left === right) return a.row - b.row;
    return (left < right ? -1 : 1) * (direction === 'asc' ? 1 : -1);
  };
}

function refuseUnlisted(parameter: string, value: string, listed: readonly string[]): void {
  if (listed.includes(value)) return;
  const reason = `${repr(value)} is not one of ${repr([...listed])}`;
  throw new Refusal(400, `Invalid input for query parameters ${parameter}. Value: ${value}. ${reason}`);
}

function sortValue(flavor: Flavor, key: string): string | number {
  const values: Record<string, string | number> = {
    name: flavor.name,
    memory_mb: flavor.ram,
    vcpus: flavor.vcpus,
    root_gb: flavor.disk,
    ephemeral_gb: flavor.ephemeral,
    swap: flavor.swap,
    description: flavor.description ?? '',
    flavorid: flavor.flavorId,
    rxtx_factor: flavor.rxtxFactor,
    is_public: Number(flavor.isPublic),
  };
  return values[key] ?? flavor.row;
}

function summary(call: Call, flavor: Flavor): JsonObject {
  const body: JsonObject = {
    id: flavor.flavorId,
    name: flavor.name,
    links: linksOf(call, 'flavors', flavor.flavorId),
  };
  return call.atLeast('2.55') ? { ...body, description: flavor.description } : body;
}

function view(call: Call, flavor: Flavor): JsonObject {
  const body: JsonObject = {
    id: flavor.flavorId,
    name: flavor.name,
    ram: flavor.ram,
    disk: flavor.disk,
    // An absent swap is '' until 2.74 and 0 from 2.75 on.
    swap: flavor.swap === 0 && !call.atLeast('2.75') ? '' : flavor.swap,
    'OS-FLV-EXT-DATA:ephemeral': flavor.ephemeral,
    'OS-FLV-DISABLED:disabled': false,
    vcpus: flavor.vcpus,
    'os-flavor-access:is_public': flavor.isPublic,
    rxtx_factor: flavor.rxtxFactor,
    links: linksOf(call, 'flavors', flavor.flavorId),
  };
  if (call.atLeast('2.55')) body.description = flavor.description;
  if (call.atLeast('2.61')) body.extra_specs = { ...flavor.extraSpecs };
  return body;
}

function specsOf(call: Call, value: Json | undefined): Record<string, string> {
  const specs: Record<string, string> = {};
  for (const [key, spec] of Object.entries(isObject(value) ? value : {})) {
    specs[key] = String(spec);
    if (call.atLeast('2.86')) refuseExtraSpec(key, specs[key]);
  }
  return specs;
}

function noSpec(flavor: Flavor, key: string): Refusal {
  return new Refusal(404, `Flavor ${flavor.flavorId} has no extra specs with key ${key}.`);
}

function addAccess(call: Call, project: string): void {
  verifyProject(call, project);
  const flavor = flavorOf(call);
  if (flavor.isPublic && call.atLeast('2.7')) throw new Refusal(409, 'Can not add access to a public flavor.');
  if (flavor.projects.has(project)) {
    const what = `flavor ${flavor.row} and project ${project} combination`;
    throw new Refusal(409, `Flavor access already exists for ${what}.`);
  }
  flavor.projects.add(project);
}

function removeAccess(call: Call, project: string): void {
  const flavor = flavorOf(call);
  if (!flavor.projects.delete(project)) {
    throw new Refusal(404, `Flavor access not found for ${flavor.row} / ${project} combination.`);
  }
}

function access(flavor: Flavor): Reply {
  const rows = [...flavor.projects].map((project) => ({ flavor_id: flavor.flavorId, tenant_id: project }));
  return { status: 200, body: { flavor_access: rows } };
}
