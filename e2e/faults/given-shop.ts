import type { Cloud } from '@osm/resource';
import { bytesOf, make, makeImage } from '@osm/testing/tenant';

/** A small tenant: a domain, a project, networks, rules and images, so that a run of it takes seconds. */
export interface Shop {
  /** Stands before the name of its domain: `<prefix>acme`. */
  readonly prefix: string;
  readonly domainId: string;
  readonly projectId: string;
  /** Ids of what it owns, by `type name`. */
  readonly ids: ReadonlyMap<string, string>;
}

export interface ShopOptions {
  /** Networks, each with a subnet; default 3. */
  readonly networks?: number;
  /** Images; default 1. */
  readonly images?: number;
  /** Bytes of each image; default 1 MiB. */
  readonly imageBytes?: number;
  /** Makes more, before anything else happens. */
  also?(cloud: Cloud, shop: Shop): Promise<void>;
}

/** The types that a shop is made of, and those that the planner has to know to be sure that nothing else belongs to it. */
export const shopTypes: readonly string[] = [
  ...['domain', 'project', 'user', 'group', 'role'],
  ...['network', 'subnet', 'router', 'port', 'security-group', 'security-group-rule'],
  'image',
];

/** Fills a cloud with a shop, by plain API calls. */
export const givenShop = async (cloud: Cloud, prefix: string, options: ShopOptions = {}): Promise<Shop> => {
  const { networks = 3, images = 1, imageBytes = 1024 * 1024 } = options;
  const ids = new Map<string, string>();
  const note = (type: string, name: string, id: string): string => {
    ids.set(`${type} ${name}`, id);
    return id;
  };
  const domain = await make(cloud, 'identity', '/domains', 'domain', { name: `${prefix}acme`, description: 'a shop' });
  const domainId = note('domain', 'acme', domain.id);
  const project = await make(cloud, 'identity', '/projects', 'project', { name: 'web', domain_id: domainId });
  const projectId = note('project', 'web', project.id);
  const inProject = { project_id: projectId };
  for (let at = 1; at <= networks; at++) {
    const name = `net-${at}`;
    const network = await make(cloud, 'network', '/networks', 'network', { name, ...inProject });
    note('network', name, network.id);
    const cidr = `10.${at}.0.0/24`;
    const body = { name: `sub-${at}`, network_id: network.id, cidr, ip_version: 4, ...inProject };
    note('subnet', `sub-${at}`, (await make(cloud, 'network', '/subnets', 'subnet', body)).id);
  }
  const group = await make(cloud, 'network', '/security-groups', 'security_group', { name: 'shop', ...inProject });
  note('security-group', 'shop', group.id);
  const rule = { security_group_id: group.id, direction: 'ingress', protocol: 'tcp', ...inProject };
  const https = { ...rule, port_range_min: 443, port_range_max: 443 };
  await make(cloud, 'network', '/security-group-rules', 'security_group_rule', https);
  for (let at = 1; at <= images; at++) {
    const name = `image-${at}`;
    note('image', name, await makeImage(cloud, name, bytesOf(name, imageBytes), { owner: projectId }));
  }
  const shop = { prefix, domainId, projectId, ids };
  await options.also?.(cloud, shop);
  return shop;
};
