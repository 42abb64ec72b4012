import type { Call, Cloud, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { badForm, badInput, conflict, forbidden, pythonic } from './neutron-refusals.ts';
import {
  floatingIps,
  networks,
  ports,
  quotas,
  rbacPolicies,
  routers,
  securityGroupRules,
  securityGroups,
  subnets,
} from './neutron-rows.ts';

/** What counts against which quota, and the limits of a fresh neutron. -1 is no limit. */
const COUNTED = {
  network: { limit: 100, rows: networks },
  subnet: { limit: 100, rows: subnets },
  subnetpool: { limit: -1, rows: undefined },
  port: { limit: 500, rows: ports },
  router: { limit: 10, rows: routers },
  floatingip: { limit: 50, rows: floatingIps },
  rbac_policy: { limit: 10, rows: rbacPolicies },
  security_group: { limit: 10, rows: securityGroups },
  security_group_rule: { limit: 100, rows: securityGroupRules },
  trunk: { limit: -1, rows: undefined },
} as const;

type Counted = keyof typeof COUNTED;

const NAMES = Object.keys(COUNTED).filter((name): name is Counted => name in COUNTED);

function isCounted(name: string): name is Counted {
  return name in COUNTED;
}

function defaultLimit(cloud: Cloud, name: Counted): number {
  return cloud.options.projectQuotas?.network?.[name] ?? COUNTED[name].limit;
}

function limitOf(cloud: Cloud, name: Counted, projectId: string): number {
  return quotas(cloud).get(projectId)?.[name] ?? defaultLimit(cloud, name);
}

function usedOf(cloud: Cloud, name: Counted, projectId: string): number {
  const rows = COUNTED[name].rows?.(cloud).values() ?? [];
  return [...rows].filter((row) => row.project_id === projectId).length;
}

/** Refuses 409 when one more would be more than the project's quota. */
export function refuseOverQuota(cloud: Cloud, name: string, projectId: string, more = 1): void {
  if (!isCounted(name)) return;
  const limit = limitOf(cloud, name, projectId);
  if (limit < 0 || usedOf(cloud, name, projectId) + more <= limit) return;
  throw conflict('OverQuota', `Quota exceeded for resources: ['${name}'].`);
}

/** Quotas of projects. */
export const quotaRoutes: readonly Route[] = [
  { method: 'GET', path: '/v2.0/quotas', handle: listQuotas },
  { method: 'GET', path: '/v2.0/quotas/:project', handle: (call) => quotaReply(call, limitOf) },
  { method: 'GET', path: '/v2.0/quotas/:project/default', handle: (call) => quotaReply(call, defaultLimit) },
  { method: 'GET', path: '/v2.0/quotas/:project/default.json', handle: (call) => quotaReply(call, defaultLimit) },
  { method: 'GET', path: '/v2.0/quotas/:project/details', handle: details },
  { method: 'GET', path: '/v2.0/quotas/:project/details.json', handle: details },
  { method: 'PUT', path: '/v2.0/quotas/:project', handle: setQuota },
  { method: 'DELETE', path: '/v2.0/quotas/:project', handle: deleteQuota },
];

function all<Value>(value: (name: Counted) => Value): Record<string, Value> {
  return Object.fromEntries(NAMES.map((name) => [name, value(name)]));
}

function projectOf(call: Call): string {
  const project = call.params.project ?? '';
  if (!call.context.isAdmin && call.context.projectId !== project) throw forbidden('rule:get_quota');
  return project;
}

function quotaReply(call: Call, limit: (cloud: Cloud, name: Counted, projectId: string) => number): Reply {
  const project = projectOf(call);
  return { status: 200, body: { quota: all((name) => limit(call.cloud, name, project)) } };
}

function details(call: Call): Reply {
  const project = projectOf(call);
  const quota = all((name) => ({
    limit: limitOf(call.cloud, name, project),
    used: usedOf(call.cloud, name, project),
    reserved: 0,
  }));
  return { status: 200, body: { quota } };
}

function listQuotas(call: Call): Reply {
  if (!call.context.isAdmin) throw forbidden('rule:get_quota');
  const rows = [...quotas(call.cloud).keys()].map((project): JsonObject => {
    const limits = all((name) => limitOf(call.cloud, name, project));
    return { ...limits, project_id: project, tenant_id: project };
  });
  return { status: 200, body: { quotas: rows } };
}

function setQuota(call: Call): Reply {
  const { cloud } = call;
  if (!call.context.isAdmin) throw forbidden('rule:update_quota');
  const project = call.params.project ?? '';
  const asked = isObject(call.body) ? call.body.quota : undefined;
  if (!isObject(asked)) throw badForm("Unable to find 'quota' in request body");
  const set: Record<string, number> = { ...quotas(cloud).get(project) };
  for (const [name, value] of Object.entries(asked)) {
    if (!isCounted(name)) throw badForm(`Unrecognized attribute(s) '${name}'`);
    if (!/^(-1|\d+)$/.test(String(value))) throw badInput(`'${pythonic(value)}' is not an integer`);
    set[name] = Number(value);
  }
  quotas(cloud).set(project, set);
  return { status: 200, body: { quota: all((name) => limitOf(cloud, name, project)) } };
}

function deleteQuota(call: Call): Reply {
  if (!call.context.isAdmin) throw forbidden('rule:delete_quota');
  const project = call.params.project ?? '';
  if (!quotas(call.cloud).delete(project)) {
    const word = call.cloud.options.release === 'zed' ? 'tenant' : 'project';
    throw new Refusal(404, `Quota for ${word} ${project} could not be found.`, 'TenantQuotaNotFound');
  }
  return { status: 204 };
}
