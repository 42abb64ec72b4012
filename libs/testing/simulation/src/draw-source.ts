import type { JsonObject } from '@osm/kernel';
import type { Chance } from './chance.ts';
import { sumOf } from './sum-of.ts';

/** A source cloud: rows by collection, and which of them are resources that may be migrated. */
export interface DrawnSource {
  readonly rows: readonly { readonly path: string; readonly row: JsonObject; readonly data?: Buffer }[];
  readonly resources: readonly { readonly type: string; readonly id: string; readonly attributes: JsonObject }[];
}

/** Draws some projects with networks, subnets, routers, groups that name each other, pictures and disks. */
export const drawSource = (chance: Chance): DrawnSource => {
  const rows: { path: string; row: JsonObject; data?: Buffer }[] = [];
  const resources: { type: string; id: string; attributes: JsonObject }[] = [];
  const add = (type: string, path: string, row: JsonObject, more: JsonObject = {}, data?: Buffer): void => {
    rows.push(data === undefined ? { path, row } : { path, row, data });
    resources.push({ type, id: String(row['id']), attributes: { ...row, ...more } });
  };
  const some = (most: number): readonly number[] => [...Array(chance.below(most + 1)).keys()];
  for (const p of [0, ...some(1).map((n) => n + 1)]) {
    const project_id = `p${p}`;
    add('project', '/projects', {
      id: project_id,
      name: `project ${p}`,
      enabled: true,
      tags: [],
      options: {},
      description: '',
    });
    const networks = some(2).map((n) => `${project_id}-n${n}`);
    for (const id of networks) add('network', '/networks', networkRow(id, project_id));
    const subnets = networks.flatMap((network, n) =>
      some(2).map((s) => subnetRow(`${network}-s${s}`, project_id, network, `10.${n}.${s}`)),
    );
    for (const row of subnets) add('subnet', '/subnets', row, { ports: [] });
    if (subnets.length > 0 && chance.happens(0.7)) drawRouter(chance, project_id, subnets, rows, add);
    drawGroups(chance, project_id, some(3).length, add);
    for (const n of some(1)) {
      const data = Buffer.from(`pixels of picture ${n} of ${project_id}`);
      add(
        'picture',
        '/pictures',
        { id: `${project_id}-i${n}`, name: `picture ${n}`, project_id, sum: sumOf(data) },
        {},
        data,
      );
    }
    for (const n of some(2)) {
      const network_id = networks.length > 0 && chance.happens(0.5) ? chance.pick(networks) : null;
      add('disk', '/disks', {
        id: `${project_id}-d${n}`,
        name: `disk ${n}`,
        project_id,
        network_id,
        metadata: {},
        status: 'available',
      });
    }
  }
  return { rows, resources };
};

type Add = (type: string, path: string, row: JsonObject, more?: JsonObject) => void;

const networkRow = (id: string, project_id: string): JsonObject => ({
  ...{ id, project_id, name: `net ${id}`, description: 'of the office', admin_state_up: true, shared: false },
});

const subnetRow = (id: string, project_id: string, network_id: string, prefix: string): JsonObject => ({
  ...{ id, project_id, network_id, name: `sub ${id}`, description: '', cidr: `${prefix}.0/24`, ip_version: 4 },
  ...{ gateway_ip: `${prefix}.1`, enable_dhcp: true, host_routes: [], dns_nameservers: [] },
  allocation_pools: [{ start: `${prefix}.2`, end: `${prefix}.254` }],
});

const drawRouter = (
  chance: Chance,
  project_id: string,
  subnets: readonly JsonObject[],
  rows: { path: string; row: JsonObject }[],
  add: Add,
): void => {
  const id = `${project_id}-r`;
  const interfaces = subnets
    .filter(() => chance.happens(0.7))
    .map((subnet, at) => {
      const gateway = String(subnet['gateway_ip']);
      const ip_address = chance.happens(0.7) ? gateway : gateway.replace(/1$/, '77');
      const port_id = `${id}-port${at}`;
      const fixed_ips = [{ subnet_id: String(subnet['id']), ip_address }];
      const owner = {
        device_id: id,
        device_owner: 'network:router_interface',
        network_id: String(subnet['network_id']),
      };
      rows.push({ path: '/ports', row: { id: port_id, project_id, description: '', ...owner, fixed_ips } });
      return { subnet_id: String(subnet['id']), ip_address, port_id };
    });
  const row = {
    id,
    project_id,
    name: 'way out',
    description: '',
    admin_state_up: true,
    external_gateway_info: null,
    routes: [],
  };
  add('router', '/routers', row, { interfaces });
};

/** Groups whose rules may name each other, in circles. */
const drawGroups = (chance: Chance, project_id: string, count: number, add: Add): void => {
  const groups = [...Array(count).keys()].map((n) => `${project_id}-g${n}`);
  for (const id of groups) {
    const rules = ['ingress', 'egress']
      .filter(() => chance.happens(0.6))
      .map((direction, at) => ({
        ...{ id: `${id}-rule${at}`, project_id, security_group_id: id, direction, ethertype: 'IPv4', protocol: 'tcp' },
        ...{ port_range_min: 80 + at, port_range_max: 80 + at, remote_ip_prefix: null, remote_address_group_id: null },
        remote_group_id: chance.happens(0.6) ? chance.pick(groups) : null,
        description: '',
      }));
    const row = { id, project_id, name: `group ${id}`, description: '' };
    add('security-group', '/security-groups', row, { security_group_rules: rules });
    for (const rule of rules) add('security-group-rule', '/security-group-rules', rule);
  }
};
