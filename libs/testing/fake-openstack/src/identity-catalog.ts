import type { Call, Cloud, JsonObject, Reply, Route } from './frame.ts';
import { adminOnly, catalogServices, endpoints, fits, found, listed, regions, shown } from './identity-rows.ts';

/** Makes region, services and endpoints of the services that the cloud serves. */
export function seedCatalog(cloud: Cloud): void {
  const region = cloud.options.region;
  regions(cloud).set(region, { id: region, description: '', parent_region_id: null });
  for (const service of cloud.services) {
    const id = cloud.newHexId();
    catalogServices(cloud).set(id, { id, name: service.name, type: service.type, enabled: true });
    for (const face of ['public', 'internal', 'admin']) {
      const endpointId = cloud.newHexId();
      endpoints(cloud).set(endpointId, {
        id: endpointId,
        interface: face,
        region_id: region,
        region,
        service_id: id,
        url: `${cloud.url}/${service.prefix}${service.endpointPath}`,
        enabled: true,
      });
    }
  }
}

/** The catalogue as a token shows it. Endpoints that need a project are left out of tokens without one. */
export function catalogOf(cloud: Cloud, projectId: string | undefined): JsonObject[] {
  return [...catalogServices(cloud).values()]
    .filter((service) => service.enabled === true)
    .map((service) => ({
      endpoints: [...endpoints(cloud).values()]
        .filter((endpoint) => endpoint.service_id === service.id && endpoint.enabled === true)
        .flatMap((endpoint) => inToken(endpoint, projectId)),
      id: service.id,
      type: service.type,
      name: service.name,
    }));
}

function inToken(endpoint: JsonObject, projectId: string | undefined): JsonObject[] {
  const url = String(endpoint.url);
  if (projectId === undefined && /[$%]\((project|tenant)_id\)s/.test(url)) return [];
  const { id, region_id, region } = endpoint;
  const filled = url.replace(/[$%]\((project|tenant)_id\)s/g, projectId ?? '');
  return [{ id, interface: endpoint.interface, region_id, url: filled, region }];
}

/** Regions, services and endpoints, for reading. */
export const catalogRoutes: readonly Route[] = [
  ...reading('regions', 'region', regions, ['parent_region_id'], true),
  ...reading('services', 'service', catalogServices, ['type', 'name'], false),
  ...reading('endpoints', 'endpoint', endpoints, ['interface', 'service_id', 'region_id'], false),
];

function reading(
  collection: string,
  kind: string,
  rows: (cloud: Cloud) => Map<string, JsonObject>,
  filters: readonly string[],
  forAll: boolean,
): Route[] {
  const show = (call: Call, row: JsonObject): JsonObject => shown(call, `/${collection}/${String(row.id)}`, row);
  const list = (call: Call): Reply => {
    if (!forAll) adminOnly(call, `identity:list_${collection}`);
    const fitting = [...rows(call.cloud).values()].filter((row) => fits(call, row, filters));
    return {
      status: 200,
      body: listed(
        call,
        collection,
        fitting.map((row) => show(call, row)),
      ),
    };
  };
  const get = (call: Call): Reply => {
    if (!forAll) adminOnly(call, `identity:get_${kind}`);
    return { status: 200, body: { [kind]: show(call, found(rows(call.cloud), kind, call.params.id ?? '')) } };
  };
  return [
    { method: 'GET', path: `/v3/${collection}`, handle: list },
    { method: 'GET', path: `/v3/${collection}/:id`, handle: get },
  ];
}
