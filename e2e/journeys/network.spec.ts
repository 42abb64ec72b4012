import path from 'node:path';
import type { MappingRow } from '@osm/contracts';
import { canonicalJson, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { listAll, type Cloud } from '@osm/resource';
import { resourceTypes } from '@osm/resources/all';
import { migrate, openClouds, startTopology, type Clouds, type Topology, type Wanted } from '@osm/testing/harness';
import { listed, make } from '@osm/testing/tenant';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  collections,
  makeAwkwardNetwork,
  makeOutside,
  networkOf,
  newPrefix,
  outsidePairs,
  publicOf,
  removeAwkwardNetwork,
  type AwkwardNetwork,
} from './awkward-network.ts';

/** With it a port needs the floating IPs that lead to it, which need a router, which is tied to the port's own subnet. */
const policy = { preserve_port_floating_ip: true };

/** What a network is made of, and what its owner stands on. */
const types = [
  ...['domain', 'project', 'network', 'subnet', 'router', 'security-group', 'security-group-rule'],
  ...['address-group', 'port', 'floating-ip'],
];

describe('a network with everything that is easily lost', () => {
  const prefix = newPrefix();
  const closing: (() => Promise<void>)[] = [];
  let clouds: Clouds;
  let topology: Topology;
  let source: AwkwardNetwork;
  let wanted: Wanted;

  beforeAll(async () => {
    clouds = await openClouds();
    closing.push(clouds.close);
    const ends = [clouds.source.admin, clouds.destination.admin] as const;
    closing.push(async () => void (await Promise.all(ends.map((admin) => removeAwkwardNetwork(admin, prefix)))));
    const outsides = await Promise.all(ends.map((admin) => makeOutside(admin, prefix)));
    const publics = await Promise.all(ends.map(publicOf));
    const [outside, twinOutside] = outsides;
    const [elsewhere, twinElsewhere] = publics;
    if (outside === undefined || twinOutside === undefined) throw new Error('no network outside was made');
    if (elsewhere === undefined || twinElsewhere === undefined) throw new Error('there is no network public');
    source = await makeAwkwardNetwork(clouds.source.admin, prefix, outside, elsewhere);
    const { cloudsYaml, route, folder } = clouds;
    const dataDirectory = path.join(folder, 'data');
    topology = await startTopology('embedded', { cloudsYaml, route, dataDirectory, policy });
    closing.push(topology.close);
    const pairs = outsidePairs([
      { source: outside, destination: twinOutside },
      { source: elsewhere, destination: twinElsewhere },
    ]);
    for (const { ref, destinationId } of pairs) {
      await topology.asker.ask('migration.register', { route, ref, destinationId, by: 'e2e', reason: 'of the cloud' });
    }
    const roots = [{ type: 'project', id: source.projectId }];
    wanted = { route, roots, include: { needs: true, members: true }, types };
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  const mappings = async (): Promise<readonly MappingRow[]> =>
    topology.asker.ask('registry.mappings', { route: clouds.route, atLeast: await topology.log.head() });
  const twinOf = async (name: string): Promise<string> => {
    const id = source.ids[name];
    const row = (await mappings()).find(({ source_id }) => source_id === id);
    if (row?.destination_id == null) throw new Error(`${name} (${String(id)}) has no twin`);
    return row.destination_id;
  };
  const read = async (collection: keyof typeof collections, id: string): Promise<JsonObject> => {
    const { body } = await clouds.destination.admin.send('network', { method: 'GET', path: `/${collection}/${id}` });
    const shown = isJsonObject(body) ? body[collections[collection]] : undefined;
    if (!isJsonObject(shown)) throw new Error(`no ${collection} ${id}`);
    return shown;
  };

  it('arrives in one run, equal in raw JSON to its original', async () => {
    const run = await migrate(topology, wanted);
    expect(run.failures).toEqual([]);
    expect(run).toMatchObject({ failed: 0, skipped: 0 });

    const rows = await mappings();
    const translate = await translation(clouds, rows);
    const project = rows.find(({ source_id }) => source_id === source.projectId)?.destination_id;
    const originals = await networkOf(clouds.source.admin, source.projectId);
    const twins = await networkOf(clouds.destination.admin, String(project));
    for (const collection of originals.keys()) {
      const expected = (originals.get(collection) ?? []).filter(isCompared).map((one) => picture(translate(one)));
      const actual = (twins.get(collection) ?? []).filter(isCompared).map((one) => picture(one));
      expect(actual.toSorted(byText), collection).toEqual(expected.toSorted(byText));
    }
  });

  it('defect 4: keeps admin state, port security and empty lists of groups', async () => {
    const insecure = await read('ports', await twinOf('insecure'));
    expect(insecure).toMatchObject({ admin_state_up: false, port_security_enabled: false, security_groups: [] });
    const open = await read('ports', await twinOf('no-groups'));
    expect(open).toMatchObject({ port_security_enabled: true, security_groups: [] });
  });

  it('defect 5: keeps false values of networks', async () => {
    const back = await read('networks', await twinOf('back'));
    expect(back).toMatchObject({ admin_state_up: false, port_security_enabled: false, shared: false });
  });

  it('defect 6: has no gateway where the source has none', async () => {
    expect(await read('subnets', await twinOf('no-gateway'))).toMatchObject({ gateway_ip: null });
  });

  it('defect 10: lets through what the source lets through and no more, in the default group too', async () => {
    const query = { security_group_id: await twinOf('default') };
    const listing = { path: '/security-group-rules', key: 'security_group_rules', query };
    const rules = await listed(clouds.destination.admin, 'network', listing);
    expect(rules).toMatchObject([{ direction: 'ingress', port_range_min: 22, port_range_max: 22 }]);
  });

  it('defect 13: connects the router at the addresses that it had, with its routes', async () => {
    const router = await read('routers', await twinOf('edge'));
    expect(router['routes']).toHaveLength(2);
    const query = { device_id: await twinOf('edge'), fields: ['fixed_ips'] };
    const faces = await listed(clouds.destination.admin, 'network', { path: '/ports', key: 'ports', query });
    const addresses = faces.flatMap(({ fixed_ips }) =>
      Array.isArray(fixed_ips) ? fixed_ips.filter(isJsonObject) : [],
    );
    const own = addresses.map(({ ip_address }) => ip_address);
    expect(own).toEqual(expect.arrayContaining(['10.80.0.1', '10.82.0.77', '203.0.113.77']));
    expect(router['external_gateway_info']).toMatchObject({ enable_snat: false });
  });

  it('defect 21: has address pairs that follow the new MAC address, and foreign ones as they were', async () => {
    const many = await read('ports', await twinOf('many'));
    const own = { ip_address: '10.80.0.60', mac_address: String(many['mac_address']) };
    const foreign = { ip_address: '10.80.0.61', mac_address: '00:00:5e:00:01:07' };
    expect(picture(many['allowed_address_pairs'] ?? null)).toEqual(picture([own, foreign]));
  });

  it('defect 32: ties floating IPs by the port and its address, and keeps those that lead nowhere', async () => {
    const tied = await read('floatingips', await twinOf('tied'));
    expect(tied).toMatchObject({
      floating_ip_address: '203.0.113.50',
      fixed_ip_address: '10.80.0.21',
      port_id: await twinOf('many'),
      router_id: await twinOf('edge'),
    });
    const spare = await read('floatingips', await twinOf('spare'));
    expect(spare).toMatchObject({ floating_ip_address: '203.0.113.51', port_id: null });
  });

  it('defect N3: takes an address of the pool where the source’s lies outside of it, and says so', async () => {
    const query = { route: clouds.route, atLeast: await topology.log.head() };
    const rows = await topology.asker.ask('registry.fidelity', query);
    const about = (name: string) => rows.filter(({ source_id }) => source_id === source.ids[name]);
    const taken = about('of-another-pool').find(({ attribute }) => attribute === 'floating_ip_address');
    expect([taken?.verdict, taken?.reason]).toEqual(['lost', expect.stringContaining('pool')]);
    expect(about('lonely').find(({ attribute }) => attribute === 'external_gateway_info')?.verdict).toBe('mapped');
    expect(rows.filter(({ verdict }) => verdict === 'unknown')).toEqual([]);
    const lost = rows.filter(({ verdict }) => verdict === 'lost');
    expect(lost.filter(({ reason }) => reason?.includes('another value than it was given'))).toEqual([]);
    const dhcp = about('a').filter(({ attribute }) => attribute === 'enable_dhcp');
    expect(dhcp.map(({ verdict }) => verdict)).toEqual(['equal']);
  });

  it('defect 31: sees its own default group only where an administrator works for one project', async () => {
    const { admin } = clouds.source;
    const handler = resourceTypes.find(({ type }) => type === 'security-group');
    if (handler === undefined) throw new Error('there is no type security-group');
    const { projectId } = await admin.whoAmI();
    const groups = await Array.fromAsync(listAll(admin, handler, 'own-project'));
    expect(new Set(groups.map(({ project_id }) => project_id))).toEqual(new Set([projectId]));
    expect(groups.filter(({ name }) => name === 'default')).toHaveLength(1);
    const everybody = await Array.fromAsync(listAll(admin, handler, 'all-tenants'));
    expect(everybody.filter(({ name }) => name === 'default').length).toBeGreaterThan(1);
  });

  it('defect N8: has its tags', async () => {
    expect(await read('networks', await twinOf('front'))).toMatchObject({
      tags: expect.arrayContaining(['prod', 'tier=1']),
    });
  });

  it('is not written to by a second run', async () => {
    const ends = [clouds.source, clouds.destination];
    const after = ends.map(({ fake }) => fake?.ledger.next() ?? 0);
    const second = await migrate(topology, wanted);
    expect(second).toMatchObject({ steps: 0, failed: 0 });
    expect(ends.flatMap(({ fake }, at) => fake?.ledger.writes(after[at]) ?? [])).toEqual([]);
  });

  it('takes a port that comes later, whose address the DHCP server of the destination has meanwhile', async () => {
    const subnet_id = await twinOf('a');
    const address = await dhcpServerAddress(clouds.destination.admin, await twinOf('front'), subnet_id);
    const late = await make(clouds.source.admin, 'network', '/ports', 'port', {
      project_id: source.projectId,
      network_id: String(source.ids['front']),
      name: 'late',
      fixed_ips: [{ subnet_id: String(source.ids['a']), ip_address: await freeAt(clouds, source, address) }],
      security_groups: [],
    });
    const run = await migrate(topology, wanted);
    expect(run.failures).toEqual([]);
    const row = (await mappings()).find(({ source_id }) => source_id === late.id);
    const twin = await read('ports', String(row?.destination_id));
    expect(twin['fixed_ips']).toEqual(expect.arrayContaining([{ subnet_id, ip_address: address }]));
    expect(await read('subnets', subnet_id)).toMatchObject({ enable_dhcp: true });
    expect(await migrate(topology, wanted)).toMatchObject({ failed: 0 });
    expect(await migrate(topology, wanted)).toMatchObject({ steps: 0, failed: 0 });
  });
});

/** Where the DHCP server stands; one is made where a cloud's agents do nothing. */
const dhcpServerAddress = async (admin: Cloud, network_id: string, subnet_id: string): Promise<string> => {
  const server = { network_id, device_owner: 'network:dhcp' };
  const [found] = await listed(admin, 'network', { path: '/ports', key: 'ports', query: server });
  const fixed_ips = [{ subnet_id, ip_address: '10.80.0.200' }];
  const port = found ?? (await make(admin, 'network', '/ports', 'port', { ...server, device_id: 'dhcp', fixed_ips }));
  const fixed = Array.isArray(port['fixed_ips']) ? port['fixed_ips'].filter(isJsonObject) : [];
  return String(fixed.find((one) => one['subnet_id'] === subnet_id)?.['ip_address']);
};

/** The address, taken from the source's own DHCP server where that one has it. */
const freeAt = async (clouds: Clouds, source: AwkwardNetwork, address: string): Promise<string> => {
  const { admin } = clouds.source;
  const query = { network_id: String(source.ids['front']), fixed_ips: `ip_address=${address}` };
  for (const port of await listed(admin, 'network', { path: '/ports', key: 'ports', query })) {
    const fixed = Array.isArray(port['fixed_ips']) ? port['fixed_ips'].filter(isJsonObject) : [];
    const fixed_ips = fixed.map((one) => (one['ip_address'] === address ? { ...one, ip_address: '10.80.0.250' } : one));
    const path = `/ports/${String(port['id'])}`;
    await admin.send('network', { method: 'PUT', path, body: { port: { fixed_ips } } });
  }
  return address;
};

/** Ports of routers and DHCP servers are each cloud's own; what they do is seen elsewhere. */
const isCompared = ({ device_owner }: JsonObject): boolean => !String(device_owner ?? '').startsWith('network:');

/** What each cloud makes of its own accord. */
const ownOfClouds = new Set([
  ...['id', 'created_at', 'updated_at', 'revision_number', 'standard_attr_id', 'status', 'mtu', 'availability_zones'],
  ...['provider:network_type', 'provider:segmentation_id', 'provider:physical_network', 'availability_zone_hints'],
  ...['dns_assignment', 'port_details', 'router:external', 'normalized_cidr', 'belongs_to_default_sg'],
  ...['external_gateways', 'enable_default_route_bfd', 'enable_default_route_ecmp', 'binding:vif_details', 'ha'],
  ...['distributed', 'subnets', 'tenant_id', 'flavor_id', 'shared'],
]);

/** A resource in a form in which two clouds can be compared: without ids, lists in one order. */
const picture = (value: Json): Json => {
  if (Array.isArray(value)) return value.map(picture).toSorted(byText);
  if (!isJsonObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !ownOfClouds.has(name));
  return Object.fromEntries(kept.map(([name, inner]) => [name, picture(inner)]));
};

const byText = (a: Json, b: Json): number => (canonicalJson(a) < canonicalJson(b) ? -1 : 1);

/** Source ids become those of the twins; MAC addresses, and what follows from them, those of the twins' ports. */
const translation = async (clouds: Clouds, rows: readonly MappingRow[]): Promise<(value: JsonObject) => JsonObject> => {
  const words = new Map(rows.map(({ source_id, destination_id }) => [source_id, destination_id ?? source_id]));
  for (const { resource_type, source_id, destination_id } of rows) {
    if (resource_type === 'floating-ip')
      await pair(clouds, words, `/floatingips/${source_id}`, `/floatingips/${destination_id ?? ''}`);
    if (resource_type === 'router')
      await pair(clouds, words, `/routers/${source_id}`, `/routers/${destination_id ?? ''}`);
    if (resource_type === 'port') await pair(clouds, words, `/ports/${source_id}`, `/ports/${destination_id ?? ''}`);
  }
  const deep = (value: Json): Json => {
    if (typeof value === 'string') return words.get(value) ?? value;
    if (Array.isArray(value)) return value.map(deep);
    return isJsonObject(value)
      ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one)]))
      : value;
  };
  return (value) => Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deep(one)]));
};

/** Words of which each cloud has its own: MAC addresses, IPv6 addresses that follow from them, addresses of pools. */
const pair = async (clouds: Clouds, words: Map<string, string>, ours: string, theirs: string): Promise<void> => {
  const [a, b] = await Promise.all([wordsOf(clouds.source.admin, ours), wordsOf(clouds.destination.admin, theirs)]);
  a.forEach((word, at) => words.set(word, b[at] ?? word));
};

const wordsOf = async (admin: Clouds['source']['admin'], path: string): Promise<readonly string[]> => {
  const { body } = await admin.send('network', { method: 'GET', path });
  const texts = JSON.stringify(body).match(/fa:16:3e(:[0-9a-f]{2}){3}|fd80::[0-9a-f:]+|198\.18\.[12]\.\d+/g) ?? [];
  return [...new Set(texts)].toSorted();
};
