import type { JsonObject } from '@osm/kernel';
import type { Cloud, Query } from '@osm/resource';
import { fixedIpsOf } from './port-relations.ts';
import { ruleOf } from './port-rules.ts';

/** Adds `ports` to a subnet: those in it that are copied. One paged list whatever the number of subnets. */
export const subnetPorts = async (cloud: Cloud, id?: string): Promise<(item: JsonObject) => JsonObject> => {
  const query: Query = {
    fields: ['id', 'name', 'device_id', 'device_owner', 'fixed_ips'],
    ...(id === undefined ? {} : { fixed_ips: `subnet_id=${id}` }),
  };
  const bySubnet = new Map<string, Set<string>>();
  for await (const port of cloud.list('network', '/ports', { key: 'ports', query })) {
    if (!ruleOf(port).isCopied) continue;
    for (const { subnet_id } of fixedIpsOf(port)) {
      const known = bySubnet.get(String(subnet_id)) ?? new Set();
      bySubnet.set(String(subnet_id), known.add(String(port['id'])));
    }
  }
  return (item) => ({ ports: [...(bySubnet.get(String(item['id'])) ?? [])].sort() });
};
