import { canonicalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/** Ports by which routers are tied to subnets: plain, distributed and highly available ones. */
export const interfaceOwners = [
  'network:router_interface',
  'network:router_interface_distributed',
  'network:ha_router_replicated_interface',
] as const;

/** One tie: a port may have several, of IPv6 subnets. */
export interface RouterInterface {
  readonly subnet_id: string;
  readonly ip_address: string;
  readonly port_id: string;
}

/** All interfaces, by router: one paged list of ports whatever the number of routers. */
export const listInterfaces = async (
  cloud: Cloud,
  routerId?: string,
  signal?: AbortSignal,
): Promise<ReadonlyMap<string, readonly RouterInterface[]>> => {
  const query = {
    device_owner: interfaceOwners,
    fields: ['id', 'device_id', 'fixed_ips'],
    ...(routerId === undefined ? {} : { device_id: routerId }),
  };
  const byRouter = new Map<string, RouterInterface[]>();
  for await (const port of cloud.list('network', '/ports', { key: 'ports', query }, signal)) {
    const known = byRouter.get(String(port['device_id'])) ?? [];
    byRouter.set(String(port['device_id']), [...known, ...tiesOf(port)]);
  }
  return byRouter;
};

/** Adds `interfaces` to a router, in an order of their own so that equal routers look equal. */
export const routerInterfaces = async (cloud: Cloud, id?: string): Promise<(item: JsonObject) => JsonObject> => {
  const byRouter = await listInterfaces(cloud, id);
  return (item) => {
    const found = [...(byRouter.get(String(item['id'])) ?? [])].map((one) => ({ ...one }));
    return { interfaces: found.sort((a, b) => (canonicalJson(a) < canonicalJson(b) ? -1 : 1)) };
  };
};

const tiesOf = (port: JsonObject): readonly RouterInterface[] => {
  const fixedIps = port['fixed_ips'];
  return (Array.isArray(fixedIps) ? fixedIps : []).filter(isJsonObject).map((fixedIp) => ({
    subnet_id: String(fixedIp['subnet_id']),
    ip_address: String(fixedIp['ip_address']),
    port_id: String(port['id']),
  }));
};
