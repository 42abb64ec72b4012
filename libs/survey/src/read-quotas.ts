import type { CloudQuota, CloudRefusal } from '@osm/contracts';
import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud, Identity, Request, ServiceName } from '@osm/resource';
import { askOrRefuse } from './ask-or-refuse.ts';

/** Where a service tells the limits of a project and what is used of them. */
interface QuotaPlace {
  readonly service: ServiceName;
  request(projectId: string): Request;
  /** What a new project gets. */
  readonly defaults: (projectId: string) => string;
  readonly envelope: string;
  /** What a plan needs of it. */
  readonly names: readonly string[];
  /** How it calls what is used. */
  readonly used: string;
}

const places: readonly QuotaPlace[] = [
  {
    service: 'compute',
    request: (projectId) => ({ method: 'GET', path: `/os-quota-sets/${projectId}/detail` }),
    defaults: (projectId) => `/os-quota-sets/${projectId}/defaults`,
    envelope: 'quota_set',
    names: ['instances', 'cores', 'ram', 'server_groups'],
    used: 'in_use',
  },
  {
    service: 'block-storage',
    request: (projectId) => ({ method: 'GET', path: `/os-quota-sets/${projectId}`, query: { usage: 'true' } }),
    defaults: (projectId) => `/os-quota-sets/${projectId}/defaults`,
    envelope: 'quota_set',
    names: ['volumes', 'gigabytes', 'snapshots'],
    used: 'in_use',
  },
  {
    service: 'network',
    request: (projectId) => ({ method: 'GET', path: `/quotas/${projectId}/details` }),
    defaults: (projectId) => `/quotas/${projectId}/default`,
    envelope: 'quota',
    names: ['network', 'subnet', 'port', 'router', 'floatingip', 'security_group', 'security_group_rule'],
    used: 'used',
  },
];

export interface Quotas {
  readonly quotas: readonly CloudQuota[];
  readonly refusals: readonly CloudRefusal[];
}

/** The limits of the credential's own project, and what a new one gets; none for a credential without project. */
export const readQuotas = async (
  cloud: Cloud,
  { projectId }: Identity,
  answered: ReadonlySet<ServiceName>,
): Promise<Quotas> => {
  const quotas: CloudQuota[] = [];
  const refusals: CloudRefusal[] = [];
  if (projectId === undefined) return { quotas, refusals };
  for (const place of places.filter(({ service }) => answered.has(service))) {
    const question = { action: 'read the limits of a project', service: place.service };
    const asked = await askOrRefuse(cloud, question, async () => {
      const own = await cloud.send(place.service, place.request(projectId));
      const defaults = await cloud.send(place.service, { method: 'GET', path: place.defaults(projectId) });
      return quotasIn(own.body, defaults.body, place);
    });
    if ('refusal' in asked) refusals.push(asked.refusal);
    else quotas.push(...asked.value);
  }
  return { quotas, refusals };
};

const quotasIn = (own: Json, defaults: Json, place: QuotaPlace): readonly CloudQuota[] => {
  const { service, names, used } = place;
  const [set, initial] = [setIn(own, place), setIn(defaults, place)];
  return names.flatMap((name) => {
    const quota = set[name];
    const [limit, first] = [isJsonObject(quota) ? number(quota, 'limit') : undefined, number(initial, name)];
    if (!isJsonObject(quota) || limit === undefined || first === undefined) return [];
    const taken = (number(quota, used) ?? 0) + (number(quota, 'reserved') ?? 0);
    return [{ service, name, limit: limited(limit), default_limit: limited(first), in_use: taken }];
  });
};

const setIn = (body: Json, { envelope }: QuotaPlace): JsonObject => {
  const set = isJsonObject(body) ? body[envelope] : undefined;
  return isJsonObject(set) ? set : {};
};

/** OpenStack says -1 where there is no limit. */
const limited = (limit: number): number | null => (limit < 0 ? null : limit);

const number = (row: JsonObject, name: string): number | undefined => {
  const value = row[name];
  return typeof value === 'number' ? value : undefined;
};
