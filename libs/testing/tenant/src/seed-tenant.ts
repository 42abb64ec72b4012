import type { Cloud } from '@osm/resource';
import { actOnVolume, bytesOf, make, makeImage, makeVolume } from './made.ts';

/** One thing that the seed has made. */
export interface Seeded {
  readonly type: string;
  readonly id: string;
  readonly name: string;
}

/** What the seed has made. */
export interface Tenant {
  readonly domainId: string;
  /** The project that owns nearly everything. */
  readonly projectId: string;
  readonly everything: readonly Seeded[];
}

export interface SeedOptions {
  /** Stands before names that are unique in a cloud, so that several tenants may live beside each other. */
  readonly prefix: string;
  /** The external network that routers get their gateway from. */
  readonly externalNetworkId: string;
  /** Signs in as a user of the tenant. */
  signIn(user: {
    readonly name: string;
    readonly password: string;
    readonly domainId: string;
    readonly projectId: string;
  }): Cloud;
}

const password = 'tenant-Secret-1';
const MiB = 1024 * 1024;

/**
 * Fills a cloud with one tenant that has every awkward case in it, by plain API calls: false flags, no gateway, disabled
 * accounts, odd names, rules without the default egress, private types, protected and shared images, read-only volumes.
 */
export const seedTenant = async (admin: Cloud, options: SeedOptions): Promise<Tenant> => {
  const everything: Seeded[] = [];
  const note = <T extends { readonly id: string }>(type: string, name: string, made: T): T => {
    everything.push({ type, id: made.id, name });
    return made;
  };
  const seed: Seed = { admin, options, note };
  const identity = await seedIdentity(seed);
  const alice = options.signIn({
    name: 'alice',
    password,
    domainId: identity.domainId,
    projectId: identity.projectId,
  });
  await seedNetworks(seed, identity);
  await seedSecurity(seed, identity);
  await seedImages(seed, identity, alice);
  await seedCompute(seed, identity);
  await seedVolumes(seed, identity, alice);
  return { ...identity, everything };
};

/** The body of a create request. */
interface Named {
  readonly name: string;
  readonly [attribute: string]: unknown;
}

interface Seed {
  readonly admin: Cloud;
  readonly options: SeedOptions;
  note<T extends { readonly id: string }>(type: string, name: string, made: T): T;
}

interface Identity {
  readonly domainId: string;
  readonly projectId: string;
  readonly childId: string;
  readonly archiveId: string;
  readonly aliceId: string;
  readonly bobId: string;
  readonly carolId: string;
}

const seedIdentity = async ({ admin, options: { prefix }, note }: Seed): Promise<Identity> => {
  const of = async (type: string, body: Named) =>
    note(type, body.name, await make(admin, 'identity', `/${type}s`, type, body));
  const domain = await of('domain', { name: `${prefix}acme`, description: 'ACME Corporation' });
  const inDomain = { domain_id: domain.id };
  const web = await of('project', { name: 'web', ...inDomain, description: 'Données ☃', tags: ['prod', 'tier 1'] });
  const child = await of('project', { name: 'web-lab', ...inDomain, parent_id: web.id, description: '' });
  const archive = await of('project', { name: 'archive', ...inDomain, enabled: false });
  const member = await roleNamed(admin, 'member');
  const reader = await roleNamed(admin, 'reader');
  const auditor = await of('role', { name: `${prefix}auditor`, description: 'reads everything' });
  await admin.send('identity', { method: 'PUT', path: `/roles/${auditor.id}/implies/${reader}` });
  const operator = await of('role', { name: 'operator', ...inDomain });
  const user = (name: string, more: object) => of('user', { name, ...inDomain, password, ...more });
  const alice = await user('alice', { email: 'alice@acme.example', default_project_id: web.id, description: 'first' });
  const bob = await user('bob', { enabled: false, default_project_id: web.id });
  const carol = await user('carol', {
    description: 'no project of her own',
    options: { ignore_password_expiry: true },
  });
  const dave = await user('dave', { default_project_id: child.id, description: '' });
  for (const [project, person, role] of [
    [web.id, alice.id, member],
    [web.id, alice.id, auditor.id],
    [child.id, alice.id, reader],
    [web.id, bob.id, reader],
    [child.id, carol.id, member],
    [child.id, dave.id, member],
    [child.id, dave.id, operator.id],
  ]) {
    await admin.send('identity', { method: 'PUT', path: `/projects/${project}/users/${person}/roles/${role}` });
  }
  await admin.send('identity', { method: 'PUT', path: `/domains/${domain.id}/users/${alice.id}/roles/${reader}` });
  return {
    domainId: domain.id,
    projectId: web.id,
    childId: child.id,
    archiveId: archive.id,
    aliceId: alice.id,
    bobId: bob.id,
    carolId: carol.id,
  };
};

const roleNamed = async (admin: Cloud, name: string): Promise<string> => {
  for await (const { id } of admin.list('identity', '/roles', { key: 'roles', query: { name } })) return String(id);
  throw new Error(`the cloud has no role ${name}`);
};

const seedNetworks = async ({ admin, options, note }: Seed, { projectId, childId }: Identity): Promise<void> => {
  const of = async (type: string, body: Named) =>
    note(type, body.name, await make(admin, 'network', `/${type}s`, type, { project_id: projectId, ...body }));
  const subnet = (network: { readonly id: string }, name: string, cidr: string, more: object = {}) =>
    of('subnet', { name, network_id: network.id, cidr, ip_version: cidr.includes(':') ? 6 : 4, ...more });
  const front = await of('network', { name: 'front', description: 'the shop window', mtu: 1400 });
  const back = await of('network', { name: 'back', port_security_enabled: false });
  const idle = await of('network', { name: 'idle', admin_state_up: false });
  const six = await of('network', { name: 'six' });
  await of('network', { name: 'twin', description: 'one of two of the same name' });
  await of('network', { name: 'twin' });
  await tag(admin, `/networks/${front.id}`, ['prod', 'web']);
  const frontA = await subnet(front, 'front-a', '10.10.0.0/24', {
    dns_nameservers: ['9.9.9.9', '1.1.1.1'],
    host_routes: [{ destination: '192.0.2.0/24', nexthop: '10.10.0.9' }],
    allocation_pools: [{ start: '10.10.0.50', end: '10.10.0.99' }],
  });
  const frontB = await subnet(front, 'front-b', '10.11.0.0/24', { gateway_ip: '10.11.0.254' });
  const backA = await subnet(back, 'back-a', '10.20.0.0/24', { enable_dhcp: false });
  await subnet(back, 'no-gateway', '10.21.0.0/24', { gateway_ip: null });
  await subnet(idle, 'idle-a', '10.30.0.0/24');
  const v6 = { ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' };
  const sixA = await subnet(six, 'six-a', 'fd10:1::/64', v6);
  await tag(admin, `/subnets/${frontA.id}`, ['prod']);
  // The same names and the same range in another project: nothing may be taken for it.
  const other = await of('network', { name: 'front', project_id: childId });
  await subnet(other, 'front-a', '10.10.0.0/24', { project_id: childId });

  const edge = await of('router', {
    name: 'edge',
    description: 'to the world',
    external_gateway_info: { network_id: options.externalNetworkId },
  });
  const inner = await of('router', { name: 'inner', admin_state_up: false });
  const join = (router: { readonly id: string }, body: object) =>
    admin.send('network', { method: 'PUT', path: `/routers/${router.id}/add_router_interface`, body });
  await join(edge, { subnet_id: frontA.id });
  await join(edge, { subnet_id: sixA.id });
  await join(inner, { subnet_id: backA.id });
  const odd = await make(admin, 'network', '/ports', 'port', {
    network_id: front.id,
    project_id: projectId,
    fixed_ips: [{ subnet_id: frontB.id, ip_address: '10.11.0.7' }],
  });
  await join(inner, { port_id: odd.id });
  const routes = [{ destination: '203.0.113.0/24', nexthop: '10.10.0.20' }];
  await admin.send('network', { method: 'PUT', path: `/routers/${edge.id}`, body: { router: { routes } } });
  await tag(admin, `/routers/${edge.id}`, ['edge']);
};

const tag = async (admin: Cloud, path: string, tags: readonly string[]): Promise<void> => {
  await admin.send('network', { method: 'PUT', path: `${path}/tags`, body: { tags } });
};

const seedSecurity = async ({ admin, note }: Seed, { projectId, childId, archiveId }: Identity): Promise<void> => {
  const group = async (name: string, more: object = {}) =>
    note(
      'security-group',
      name,
      await make(admin, 'network', '/security-groups', 'security_group', { name, project_id: projectId, ...more }),
    );
  const rule = async (of: { readonly id: string }, name: string, body: object) =>
    note(
      'security-group-rule',
      name,
      await make(admin, 'network', '/security-group-rules', 'security_group_rule', {
        security_group_id: of.id,
        project_id: projectId,
        ...body,
      }),
    );
  const web = await group('web', { description: 'the front' });
  const db = await group('db');
  const closed = await group('closed', { description: 'nothing goes out' });
  for (const bare of [closed, db]) await withoutRules(admin, bare.id);
  const tcp = { direction: 'ingress', protocol: 'tcp' };
  await rule(web, 'https', { ...tcp, port_range_min: 443, port_range_max: 443, remote_ip_prefix: '0.0.0.0/0' });
  await rule(web, 'https over six', { ...tcp, ethertype: 'IPv6', port_range_min: 443, port_range_max: 443 });
  await rule(web, 'ping', { direction: 'ingress', protocol: 'icmp', port_range_min: 8, port_range_max: 0 });
  await rule(web, 'from the database', { ...tcp, remote_group_id: db.id });
  await rule(web, 'among ourselves', { direction: 'ingress', remote_group_id: web.id, description: 'all of us' });
  await rule(db, 'postgres', { ...tcp, port_range_min: 5432, port_range_max: 5432, remote_group_id: web.id });
  await rule(db, 'dns', { direction: 'egress', protocol: 'udp', port_range_min: 53, port_range_max: 53 });
  await rule(db, 'vrrp', { direction: 'egress', protocol: '112', description: 'keepalived' });
  await rule(closed, 'monitoring', {
    ...tcp,
    port_range_min: 9000,
    port_range_max: 9100,
    remote_ip_prefix: '198.51.100.0/24',
  });
  await rule(closed, 'from the documentation', { ...tcp, ethertype: 'IPv6', remote_ip_prefix: '2001:db8::/32' });
  await rule(closed, 'time', { direction: 'egress', protocol: 'udp', port_range_min: 123, port_range_max: 123 });
  const other = await group('web', { project_id: childId, description: '' });
  await rule(other, 'ssh', { ...tcp, port_range_min: 22, port_range_max: 22, project_id: childId });
  for (const each of [childId, archiveId]) await defaultGroup(admin, each);
  const own = await defaultGroup(admin, projectId);
  await rule({ id: own }, 'into the default group', { ...tcp, port_range_min: 8080, port_range_max: 8080 });
};

/** Neutron makes a project's default group when somebody asks for the project's groups. */
const defaultGroup = async (admin: Cloud, projectId: string): Promise<string> => {
  const query = { project_id: projectId, name: 'default' };
  for await (const { id } of admin.list('network', '/security-groups', { key: 'security_groups', query })) {
    return String(id);
  }
  throw new Error(`project ${projectId} has no default security group`);
};

const withoutRules = async (admin: Cloud, groupId: string): Promise<void> => {
  const query = { security_group_id: groupId };
  const rules: string[] = [];
  for await (const { id } of admin.list('network', '/security-group-rules', { key: 'security_group_rules', query })) {
    rules.push(String(id));
  }
  for (const id of rules) await admin.send('network', { method: 'DELETE', path: `/security-group-rules/${id}` });
};

const seedImages = async ({ note, admin }: Seed, { childId }: Identity, alice: Cloud): Promise<void> => {
  const image = async (name: string, size: number, properties: object = {}) =>
    note('image', name, { id: await makeImage(alice, name, bytesOf(name, size), { ...properties }) });
  await image('golden', 3 * MiB, {
    os_distro: 'debian',
    hw_firmware_type: 'uefi',
    'acme:build': '42',
    empty: '',
    min_disk: 1,
    min_ram: 256,
    tags: ['golden', 'lts'],
  });
  await image('locked', 64 * 1024, { protected: true });
  await image('twin', 4096);
  await image('twin', 4097, { os_hidden: true });
  const shared = await image('shared-tools', MiB, { visibility: 'shared' });
  const path = `/images/${shared.id}/members`;
  await alice.send('image', { method: 'POST', path, body: { member: childId } });
  await admin.send('image', { method: 'PUT', path: `${path}/${childId}`, body: { status: 'accepted' } });
};

const seedCompute = async (
  { admin, options: { prefix }, note }: Seed,
  { projectId, aliceId, bobId, carolId }: Identity,
): Promise<void> => {
  const flavor = async (name: string, body: object) =>
    note('flavor', name, await make(admin, 'compute', '/flavors', 'flavor', { name, ...body }, '2.55'));
  await flavor(`${prefix}small`, { ram: 512, vcpus: 1, disk: 1 });
  const medium = await flavor(`${prefix}medium`, { ram: 1024, vcpus: 2, disk: 0, swap: 64, description: 'two cores' });
  const own = await flavor(`${prefix}private`, {
    ram: 2048,
    vcpus: 2,
    disk: 1,
    'OS-FLV-EXT-DATA:ephemeral': 1,
    'os-flavor-access:is_public': false,
  });
  const specs = { extra_specs: { 'hw:cpu_policy': 'shared' } };
  await admin.send('compute', { method: 'POST', path: `/flavors/${medium.id}/os-extra_specs`, body: specs });
  const access = { addTenantAccess: { tenant: projectId } };
  await admin.send('compute', { method: 'POST', path: `/flavors/${own.id}/action`, body: access });
  for (const [owner, key] of [
    [aliceId, 'AAAAC3NzaC1lZDI1NTE5AAAAIEq1Q0Qe1aQqk0v0f8QKkqkqkqkqkqkqkqkqkqkqkqkq'],
    [bobId, 'AAAAC3NzaC1lZDI1NTE5AAAAIFq1Q0Qe1aQqk0v0f8QKkqkqkqkqkqkqkqkqkqkqkqkq'],
    [carolId, 'AAAAC3NzaC1lZDI1NTE5AAAAIGq1Q0Qe1aQqk0v0f8QKkqkqkqkqkqkqkqkqkqkqkqkq'],
  ] as const) {
    const body = { name: 'laptop', public_key: `ssh-ed25519 ${key} laptop`, user_id: owner };
    await make(admin, 'compute', '/os-keypairs', 'keypair', body, '2.10');
    note('keypair', 'laptop', { id: `${owner}/laptop` });
  }
};

const seedVolumes = async (
  { admin, options: { prefix }, note }: Seed,
  { projectId }: Identity,
  alice: Cloud,
): Promise<void> => {
  const type = async (name: string, body: object) =>
    note('volume-type', name, await make(admin, 'block-storage', '/types', 'volume_type', { name, ...body }));
  await type(`${prefix}plain`, { description: 'no specs' });
  await type(`${prefix}replicated`, { extra_specs: { replication: '2', 'acme:note': '' } });
  const own = await type(`${prefix}private`, { 'os-volume-type-access:is_public': false, extra_specs: { tier: '1' } });
  const access = { addProjectAccess: { project: projectId } };
  await admin.send('block-storage', { method: 'POST', path: `/types/${own.id}/action`, body: access });
  const volume = async (name: string, data: Buffer | undefined, more: object = {}) =>
    note('volume', name, { id: await makeVolume(alice, name, data, { ...more }) });
  await volume('root', bytesOf('root', MiB), { metadata: { role: 'root', empty: '' }, description: 'boots' });
  const data = await volume('data', bytesOf('data', MiB / 2));
  await actOnVolume(alice, data.id, { 'os-set_bootable': { bootable: false } });
  const locked = await volume('read-only', bytesOf('read-only', 4096));
  await actOnVolume(alice, locked.id, { 'os-update_readonly_flag': { readonly: true } });
  await volume('empty', undefined);
};
