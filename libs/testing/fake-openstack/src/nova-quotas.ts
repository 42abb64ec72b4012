import type { Schema } from './cinder-nova-validation.ts';
import { boolean, object, validate } from './cinder-nova-validation.ts';
import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal, table } from './frame.ts';
import { projects } from './identity-rows.ts';
import { needAdmin, refuseUnknownQuery } from './nova-page.ts';
import { serverGroups, usageOf } from './nova-server-rows.ts';

const limits = table<Record<string, number>>('compute.quotas');

/** Nova's defaults, in the order in which it shows them. */
const DEFAULTS: Readonly<Record<string, number>> = {
  ...{ cores: 20, fixed_ips: -1, floating_ips: -1, injected_file_content_bytes: 10240, injected_file_path_bytes: 255 },
  ...{ injected_files: 5, instances: 10, key_pairs: 100, metadata_items: 128, ram: 51200, security_group_rules: -1 },
  ...{ security_groups: -1, server_group_members: 10, server_groups: 10 },
};
const NETWORK = ['fixed_ips', 'floating_ips', 'security_group_rules', 'security_groups'];
const INJECTED = ['injected_files', 'injected_file_content_bytes', 'injected_file_path_bytes'];

/** Refuses 400 a project that Keystone does not know. */
export function verifyProject(call: Call, project: string): void {
  if (!projects(call.cloud).has(project)) throw new Refusal(400, `Project ID ${project} is not a valid project.`);
}

/** A project's limit of one resource. */
export function novaLimit(cloud: Cloud, project: string, resource: string): number {
  return limitsOf(cloud, project)[resource] ?? -1;
}

/** GET /os-quota-sets/:id, `/detail` and `/defaults`. */
export function showNovaQuota(call: Call, form: 'show' | 'detail' | 'defaults'): Reply {
  refuseUnknownQuery(call, ['user_id']);
  const id = call.params.id ?? '';
  const foreign = !call.context.isAdmin && id !== call.context.projectId;
  if (foreign && form !== 'defaults') needAdmin(call, `os-quota-sets:${form}`);
  verifyProject(call, id);
  const own = form === 'defaults' ? defaultsOf(call.cloud) : limitsOf(call.cloud, id);
  const shown: JsonObject = { id };
  const used: Record<string, number> = { ...usageOf(call.cloud, id), server_groups: groupCount(call, id) };
  for (const key of keysOf(call)) {
    shown[key] = form === 'detail' ? { limit: own[key], in_use: used[key] ?? 0, reserved: 0 } : own[key];
  }
  return { status: 200, body: { quota_set: shown } };
}

/** PUT /os-quota-sets/:id. */
export function updateNovaQuota(call: Call): Reply {
  needAdmin(call, 'os-quota-sets:update');
  const id = call.params.id ?? '';
  const limit: Schema = { type: ['integer', 'string'], pattern: '^-?[0-9]+$', minimum: -1, maximum: 0x7fffffff };
  const known: Record<string, Schema> = Object.fromEntries(keysOf(call).map((key) => [key, limit]));
  const body = validate(object({ quota_set: object({ ...known, force: boolean }) }, ['quota_set']), call.body);
  verifyProject(call, id);
  const own = { ...limits(call.cloud).get(id) };
  const wanted = isObject(body.quota_set) ? body.quota_set : {};
  for (const [key, value] of Object.entries(wanted)) if (key !== 'force') own[key] = Number(value);
  limits(call.cloud).set(id, own);
  const all = limitsOf(call.cloud, id);
  return { status: 200, body: { quota_set: Object.fromEntries(keysOf(call).map((key) => [key, all[key]])) } };
}

/** DELETE /os-quota-sets/:id: back to the defaults. */
export function deleteNovaQuota(call: Call): Reply {
  needAdmin(call, 'os-quota-sets:delete');
  limits(call.cloud).delete(call.params.id ?? '');
  return { status: 202 };
}

/** Names of limits by resource, in the order of Nova's answer. */
const LIMITS: readonly (readonly [name: string, resource: string])[] = [
  ['maxTotalInstances', 'instances'],
  ['maxTotalCores', 'cores'],
  ['maxTotalRAMSize', 'ram'],
  ['maxServerMeta', 'metadata_items'],
  ['maxImageMeta', 'metadata_items'],
  ['maxPersonality', 'injected_files'],
  ['maxPersonalitySize', 'injected_file_content_bytes'],
  ['maxTotalKeypairs', 'key_pairs'],
  ['maxServerGroups', 'server_groups'],
  ['maxServerGroupMembers', 'server_group_members'],
  ['maxTotalFloatingIps', 'floating_ips'],
  ['maxSecurityGroups', 'security_groups'],
  ['maxSecurityGroupRules', 'security_group_rules'],
];

/** GET /limits. */
export function showNovaLimits(call: Call): Reply {
  const asked = call.query.get('tenant_id');
  if (asked !== null) needAdmin(call, 'limits:other_project');
  const own = limitsOf(call.cloud, asked ?? call.context.projectId ?? '');
  const keys = keysOf(call);
  const absolute: JsonObject = {};
  for (const [name, resource] of LIMITS) {
    if (name === 'maxImageMeta' && call.atLeast('2.39')) continue;
    if (keys.includes(resource)) absolute[name] = own[resource];
  }
  const { instances, cores, ram } = usageOf(call.cloud, asked ?? call.context.projectId ?? '');
  const used: JsonObject = { totalRAMUsed: ram, totalCoresUsed: cores, totalInstancesUsed: instances };
  if (!call.atLeast('2.36')) Object.assign(used, { totalFloatingIpsUsed: 0, totalSecurityGroupsUsed: 0 });
  used.totalServerGroupsUsed = groupCount(call, asked ?? call.context.projectId ?? '');
  return { status: 200, body: { limits: { rate: [], absolute: { ...absolute, ...used } } } };
}

function groupCount(call: Call, project: string): number {
  return [...serverGroups(call.cloud).values()].filter(({ projectId }) => projectId === project).length;
}

/** Resources that the microversion still knows: no network since 2.36, no injected files since 2.57. */
function keysOf(call: Call): string[] {
  const gone = [...(call.atLeast('2.36') ? NETWORK : []), ...(call.atLeast('2.57') ? INJECTED : [])];
  return Object.keys(DEFAULTS).filter((key) => !gone.includes(key));
}

function defaultsOf(cloud: Cloud): Record<string, number> {
  return { ...DEFAULTS, ...cloud.options.projectQuotas?.compute };
}

function limitsOf(cloud: Cloud, project: string): Record<string, number> {
  return { ...defaultsOf(cloud), ...limits(cloud).get(project) };
}
