/** What Neutron does, as laws that the fake and real clouds pass alike. */
import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Sent, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName } from './glance-session.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const NOWHERE = '00000000-0000-0000-0000-000000000000';

/** The laws of Neutron. `cloudOf` is called once, before the first law. The cloud has an external network `public`. */
export function describeNeutron(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`neutron of ${name}`, { timeout: 60_000 }, () => {
    let admin: Session;
    let tenant: Tenant;
    let isEpoxy: boolean;
    let publicId: string;
    const made: string[] = [];

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
      const extensions = listAt(await ask('GET', '/extensions'), 'extensions').map((each) =>
        at({ body: each }, 'alias'),
      );
      isEpoxy = extensions.includes('tag-creation');
      publicId = text(await ask('GET', '/networks?router:external=True&name=public'), 'networks', '0', 'id');
    });

    // After each law, not after all: a project has few quotas for groups and routers.
    afterEach(async () => {
      const paths = made.splice(0).reverse();
      for (const path of paths.filter((each) => each.startsWith('/routers/'))) await empty(path);
      for (const path of paths) await ask('DELETE', path);
    });

    afterAll(async () => {
      const project = tenant.session.projectId;
      await ask('DELETE', `/quotas/${project}`);
      for (const group of listAt(await ask('GET', `/security-groups?project_id=${project}`), 'security_groups')) {
        await ask('DELETE', `/security-groups/${String(at({ body: group }, 'id'))}`);
      }
      await tenant.remove();
    });

    async function empty(router: string): Promise<void> {
      await ask('PUT', router, { json: { router: { routes: [], external_gateway_info: null } } });
      const ports = listAt(await ask('GET', `/ports?device_id=${router.slice('/routers/'.length)}`), 'ports');
      for (const port of ports) {
        await ask('PUT', `${router}/remove_router_interface`, { json: { port_id: at({ body: port }, 'id') } });
      }
    }

    const request = (session: Session, method: string, path: string, sent: Sent = {}): Promise<Answer> => {
      const version = session.endpoint('network').endsWith('/v2.0') ? '' : '/v2.0';
      return session.call('network', method, `${version}${path}`, sent);
    };
    const ask = (method: string, path: string, sent: Sent = {}): Promise<Answer> => request(admin, method, path, sent);
    const member = (method: string, path: string, sent: Sent = {}): Promise<Answer> =>
      request(tenant.session, method, path, sent);

    /** Makes a thing that the suite takes away again. */
    async function make(kind: string, attributes: object, session = admin): Promise<Answer> {
      const path = kind === 'policy' ? '/qos/policies' : `/${kind.replaceAll('_', '-').replace(/y$/, 'ie')}s`;
      const answer = await request(session, 'POST', path, { json: { [kind]: attributes } });
      if (answer.status === 201) made.push(`${path}/${text(answer, kind, 'id')}`);
      return answer;
    }

    async function makeId(kind: string, attributes: object, session = admin): Promise<string> {
      return text(await make(kind, attributes, session), kind, 'id');
    }

    const makeNetwork = (attributes: object = {}, session = admin): Promise<string> =>
      makeId('network', { name: uniqueName('net'), ...attributes }, session);

    const subnetOf = (networkId: string, attributes: object = {}): Promise<Answer> =>
      make('subnet', { network_id: networkId, ip_version: 4, cidr: '10.71.0.0/24', ...attributes });

    function errorOf(answer: Answer): [number, unknown, unknown] {
      return [answer.status, at(answer, 'NeutronError', 'type'), at(answer, 'NeutronError', 'message')];
    }

    describe('versions and extensions', () => {
      it('names version 2.0 without a token, and nothing else', async () => {
        const base = admin.endpoint('network').replace(/\/v2\.0$/, '');
        const response = await fetch(`${base}/`);
        expect(await response.json()).toMatchObject({ versions: [{ id: 'v2.0', status: 'CURRENT' }] });
        const refused = await fetch(`${base}/v2.0/networks`);
        expect(refused.status).toBe(401);
        expect(refused.headers.get('www-authenticate')).toMatch(/^Keystone uri=/);
        expect(await refused.json()).toEqual({
          error: { code: 401, title: 'Unauthorized', message: 'The request you have made requires authentication.' },
        });
      });

      it('answers each request with an id of its own', async () => {
        const answer = await ask('GET', '/networks?fields=id');
        expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-/);
      });

      it('lists its extensions', async () => {
        const aliases = listAt(await ask('GET', '/extensions'), 'extensions').map((each) =>
          at({ body: each }, 'alias'),
        );
        expect(aliases).toEqual(
          expect.arrayContaining(['router', 'security-group', 'quotas', 'pagination', 'provider']),
        );
        expect(aliases.includes('subnet-external-network')).toBe(isEpoxy);
        expect(aliases).toHaveLength(isEpoxy ? 111 : 104);
      });

      it('does not know paths that are not there', async () => {
        const answer = await ask('GET', '/nothing');
        expect(errorOf(answer)).toEqual([404, 'HTTPNotFound', 'The resource could not be found.']);
      });
    });

    describe('networks', () => {
      it('makes a network with what is not said filled in', async () => {
        const network = uniqueName('net');
        const answer = await make('network', { name: network });
        expect(answer.status).toBe(201);
        const isVxlan = at(answer, 'network', 'provider:network_type') === 'vxlan';
        expect(answer.body).toEqual({
          network: {
            id: expect.stringMatching(UUID),
            name: network,
            description: '',
            tenant_id: admin.projectId,
            project_id: admin.projectId,
            admin_state_up: true,
            mtu: isVxlan ? 1450 : 1442,
            status: 'ACTIVE',
            subnets: [],
            shared: false,
            port_security_enabled: true,
            qos_policy_id: null,
            dns_domain: '',
            'router:external': false,
            'provider:network_type': isVxlan ? 'vxlan' : 'geneve',
            'provider:physical_network': null,
            'provider:segmentation_id': expect.any(Number),
            availability_zone_hints: ['nova'],
            availability_zones: [],
            is_default: false,
            ipv4_address_scope: null,
            ipv6_address_scope: null,
            l2_adjacency: true,
            tags: [],
            created_at: STAMP,
            updated_at: STAMP,
            revision_number: 1,
          },
        });
        const later = await ask('GET', `/networks/${text(answer, 'network', 'id')}`);
        expect(Object.keys(Object(at(later, 'network')))).not.toContain('is_default');
      });

      it.each([
        ['an unknown attribute', { bogus: 1 }, "Unrecognized attribute(s) 'bogus'"],
        ['an id', { id: NOWHERE }, "Attribute 'id' not allowed in POST"],
        ['tags', { tags: ['a'] }, "Attribute 'tags' not allowed in POST"],
        ['a name that is no text', { name: 1 }, "Invalid input for name. Reason: '1' is not a valid string."],
      ])('refuses %s at creation', async (_what, attributes, message) => {
        expect(errorOf(await make('network', attributes))).toEqual([400, 'HTTPBadRequest', message]);
      });

      it('refuses an empty body, an empty bulk and an MTU that is too large', async () => {
        expect(errorOf(await ask('POST', '/networks', { json: {} }))[2]).toBe(
          "Unable to find 'network' in request body",
        );
        expect(errorOf(await ask('POST', '/networks', { json: { networks: [] } }))[2]).toBe('Resources required');
        expect(errorOf(await make('network', { mtu: 99_999 }))[2]).toMatch(
          /^Invalid input for operation: Requested MTU is too big, maximum is 14(50|42)\.$/,
        );
      });

      it('keeps what is changed, and counts', async () => {
        const id = await makeNetwork();
        const attributes = { admin_state_up: false, description: 'd', port_security_enabled: false };
        const answer = await ask('PUT', `/networks/${id}`, { json: { network: attributes } });
        expect(answer.body).toMatchObject({ network: { ...attributes, revision_number: 2 } });
        for (const field of ['tenant_id', 'status']) {
          const refused = await ask('PUT', `/networks/${id}`, { json: { network: { [field]: 'x' } } });
          expect(errorOf(refused)).toEqual([400, 'HTTPBadRequest', `Cannot update read-only attribute ${field}`]);
        }
      });

      it('refuses a flat network on a physical network in use, and a segment without its type', async () => {
        const flat = { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet-ext' };
        expect(errorOf(await make('network', flat))).toEqual([
          409,
          'FlatNetworkInUse',
          'Unable to create the flat network. Physical network physnet-ext is in use.',
        ]);
        expect(errorOf(await make('network', { 'provider:segmentation_id': 77 }))[2]).toBe(
          'Invalid input for operation: network_type required.',
        );
      });

      it('is not deleted while ports are in it', async () => {
        const id = await makeNetwork();
        const port = await makeId('port', { network_id: id });
        expect(errorOf(await ask('DELETE', `/networks/${id}`))).toEqual([
          409,
          'NetworkInUse',
          `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${port}.`,
        ]);
      });

      it('goes with its subnets', async () => {
        const id = await makeNetwork();
        const subnet = text(await subnetOf(id), 'subnet', 'id');
        expect((await ask('DELETE', `/networks/${id}`)).status).toBe(204);
        expect((await ask('GET', `/subnets/${subnet}`)).status).toBe(404);
        expect(errorOf(await ask('GET', `/networks/${id}`))).toEqual([
          404,
          'NetworkNotFound',
          `Network ${id} could not be found.`,
        ]);
      });
    });

    describe('lists', () => {
      it('filters by any attribute exactly, repeated values being alternatives', async () => {
        const description = uniqueName('listed');
        const [a, b] = [await makeNetwork({ description }), await makeNetwork({ description })];
        const ids = async (query: string): Promise<unknown[]> =>
          listAt(await ask('GET', `/networks?${query}`), 'networks').map((each) => at({ body: each }, 'id'));
        expect((await ids(`description=${description}`)).sort()).toEqual([a, b].sort());
        expect((await ids(`id=${a}&id=${b}`)).sort()).toEqual([a, b].sort());
        expect(await ids(`description=${description}&admin_state_up=False`)).toEqual([]);
        expect(errorOf(await ask('GET', '/networks?bogus=1'))[2]).toBe("['bogus'] is invalid attribute for filtering");
      });

      it('shows only the fields asked for', async () => {
        const id = await makeNetwork();
        const answer = await ask('GET', `/networks?id=${id}&fields=id&fields=status`);
        expect(answer.body).toEqual({ networks: [{ id, status: 'ACTIVE' }] });
      });

      it('gives pages by limit and marker, with links, until none is left', async () => {
        const description = uniqueName('paged');
        const all = [
          await makeNetwork({ description }),
          await makeNetwork({ description }),
          await makeNetwork({ description }),
        ];
        const seen: unknown[] = [];
        let path: string | undefined = `/networks?description=${description}&limit=2&fields=id`;
        for (let pages = 0; path !== undefined; pages += 1) {
          expect(pages).toBeLessThan(3);
          const answer: Answer = await ask('GET', path);
          seen.push(...listAt(answer, 'networks').map((each) => at({ body: each }, 'id')));
          const next = listAt(answer, 'networks_links').find((each) => at({ body: each }, 'rel') === 'next');
          path = next === undefined ? undefined : String(at({ body: next }, 'href')).replace(/^.*\/v2\.0/, '');
        }
        expect(seen.sort()).toEqual(all.sort());
      });

      it('sorts when asked, and refuses half an order and a limit that is no number', async () => {
        const description = uniqueName('sorted');
        await make('network', { name: 'a', description });
        await make('network', { name: 'b', description });
        const answer = await ask('GET', `/networks?description=${description}&sort_key=name&sort_dir=desc&fields=name`);
        expect(answer.body).toEqual({ networks: [{ name: 'b' }, { name: 'a' }] });
        expect(errorOf(await ask('GET', '/networks?sort_key=name'))[2]).toBe(
          'The number of sort_keys and sort_dirs must be same',
        );
        expect(errorOf(await ask('GET', '/networks?limit=x'))).toEqual([
          400,
          'BadRequest',
          "Bad limit request: Limit must be an integer 0 or greater and not 'x'.",
        ]);
      });
    });

    describe('tags', () => {
      it('are replaced, added, removed and searched for', async () => {
        const id = await makeNetwork();
        const [own, other] = [uniqueName('tag'), uniqueName('tag')];
        const tags = [other, own].sort().reverse();
        const replaced = await ask('PUT', `/networks/${id}/tags`, { json: { tags } });
        expect([replaced.status, replaced.body]).toEqual([200, { tags }]);
        expect((await ask('PUT', `/networks/${id}/tags/extra`)).status).toBe(201);
        expect((await ask('GET', `/networks/${id}/tags/extra`)).status).toBe(204);
        expect((await ask('DELETE', `/networks/${id}/tags/extra`)).status).toBe(204);
        expect(errorOf(await ask('DELETE', `/networks/${id}/tags/extra`))).toEqual([
          404,
          'TagNotFound',
          'Tag extra could not be found.',
        ]);
        expect((await ask('GET', `/networks/${id}/tags`)).body).toEqual({ tags: [...tags].sort() });
        const ids = async (query: string): Promise<unknown[]> =>
          listAt(await ask('GET', `/networks?${query}&fields=id`), 'networks').map((each) => at({ body: each }, 'id'));
        expect(await ids(`tags=${own},${other}`)).toEqual([id]);
        expect(await ids(`tags=${own},nothing`)).toEqual([]);
        expect(await ids(`tags-any=${own},nothing`)).toEqual([id]);
        expect(await ids(`not-tags=${own},${other}`)).not.toContain(id);
        expect(await ids(`not-tags-any=${own}`)).not.toContain(id);
      });
    });

    describe('subnets', () => {
      it('makes a subnet with what is not said filled in', async () => {
        const network = await makeNetwork();
        const answer = await subnetOf(network, { cidr: '10.71.3.9/24' });
        expect(answer.body).toEqual({
          subnet: {
            id: expect.stringMatching(UUID),
            name: '',
            description: '',
            tenant_id: admin.projectId,
            project_id: admin.projectId,
            network_id: network,
            ip_version: 4,
            cidr: '10.71.3.0/24',
            subnetpool_id: null,
            enable_dhcp: true,
            ipv6_ra_mode: null,
            ipv6_address_mode: null,
            gateway_ip: '10.71.3.1',
            allocation_pools: [{ start: '10.71.3.2', end: '10.71.3.254' }],
            host_routes: [],
            dns_nameservers: [],
            service_types: [],
            segment_id: null,
            tags: [],
            created_at: STAMP,
            updated_at: STAMP,
            revision_number: 0,
            ...(isEpoxy ? { 'router:external': false } : {}),
          },
        });
        expect(at(await ask('GET', `/networks/${network}`), 'network', 'subnets')).toEqual([
          text(answer, 'subnet', 'id'),
        ]);
      });

      it.each([
        ['no gateway', { gateway_ip: null }, null, [{ start: '10.71.0.1', end: '10.71.0.254' }]],
        [
          'a gateway in the middle',
          { gateway_ip: '10.71.0.9' },
          '10.71.0.9',
          [
            { start: '10.71.0.1', end: '10.71.0.8' },
            { start: '10.71.0.10', end: '10.71.0.254' },
          ],
        ],
        ['a gateway outside', { gateway_ip: '10.99.0.5' }, '10.99.0.5', [{ start: '10.71.0.1', end: '10.71.0.254' }]],
        ['a block of four', { cidr: '10.71.0.0/30' }, '10.71.0.1', [{ start: '10.71.0.2', end: '10.71.0.2' }]],
        [
          'IPv6',
          { ip_version: 6, cidr: 'fd00:71::/64' },
          'fd00:71::',
          [{ start: 'fd00:71::1', end: 'fd00:71::ffff:ffff:ffff:ffff' }],
        ],
      ])('computes the pools for %s', async (_what, attributes, gateway, pools) => {
        const answer = await subnetOf(await makeNetwork(), attributes);
        expect(at(answer, 'subnet', 'gateway_ip')).toEqual(gateway);
        const shown = listAt(answer, 'subnet', 'allocation_pools');
        expect(shown).toHaveLength(pools.length);
        expect(shown).toEqual(expect.arrayContaining(pools));
      });

      it('keeps what is said', async () => {
        const attributes = {
          name: uniqueName('subnet'),
          enable_dhcp: false,
          dns_nameservers: ['9.9.9.9', '1.1.1.1'],
          host_routes: [{ destination: '10.9.0.0/16', nexthop: '10.71.0.7' }],
          allocation_pools: [{ start: '10.71.0.20', end: '10.71.0.29' }],
          service_types: ['compute:nova'],
        };
        const answer = await subnetOf(await makeNetwork(), attributes);
        expect(at(answer, 'subnet')).toMatchObject(attributes);
      });

      it.each([
        [
          'a gateway in a pool',
          { gateway_ip: '10.71.0.5', allocation_pools: [{ start: '10.71.0.2', end: '10.71.0.9' }] },
          409,
          'GatewayConflictWithAllocationPools',
          'Gateway ip 10.71.0.5 conflicts with allocation pool 10.71.0.2-10.71.0.9.',
        ],
        [
          'the network address as gateway',
          { gateway_ip: '10.71.0.0' },
          400,
          'InvalidInput',
          'Invalid input for operation: Gateway is not valid on subnet.',
        ],
        [
          'a pool outside',
          { allocation_pools: [{ start: '10.73.0.2', end: '10.73.0.9' }] },
          400,
          'OutOfBoundsAllocationPool',
          'The allocation pool 10.73.0.2-10.73.0.9 spans beyond the subnet cidr 10.71.0.0/24.',
        ],
        [
          'a pool backwards',
          { allocation_pools: [{ start: '10.71.0.9', end: '10.71.0.2' }] },
          400,
          'InvalidAllocationPool',
          "The allocation pool {'start': '10.71.0.9', 'end': '10.71.0.2'} is not valid.",
        ],
        [
          'pools that overlap',
          {
            allocation_pools: [
              { start: '10.71.0.2', end: '10.71.0.9' },
              { start: '10.71.0.5', end: '10.71.0.19' },
            ],
          },
          409,
          'OverlappingAllocationPools',
          'Found overlapping allocation pools: 10.71.0.2-10.71.0.9 10.71.0.5-10.71.0.19 for subnet 10.71.0.0/24.',
        ],
        [
          'a block of the other family',
          { ip_version: 6 },
          400,
          'InvalidInput',
          "Invalid input for operation: cidr '10.71.0.0/24' does not match the ip_version '6'.",
        ],
        [
          'an IP version 5',
          { ip_version: 5 },
          400,
          'HTTPBadRequest',
          'Invalid input for ip_version. Reason: 5 is not in valid_values.',
        ],
        [
          'no block',
          { cidr: undefined },
          400,
          'BadRequest',
          'Bad subnets request: a subnetpool must be specified in the absence of a cidr.',
        ],
        [
          'IPv6 modes for IPv4',
          { ipv6_ra_mode: 'slaac' },
          400,
          'InvalidInput',
          'Invalid input for operation: ipv6_ra_mode is not valid when ip_version is 4.',
        ],
        [
          'a service type of its own',
          { service_types: ['bogus'] },
          400,
          'InvalidSubnetServiceType',
          'Subnet service type bogus does not correspond to a valid device owner.',
        ],
        [
          'a name server twice',
          { dns_nameservers: ['1.1.1.1', '1.1.1.1'] },
          400,
          'HTTPBadRequest',
          "Invalid input for dns_nameservers. Reason: Duplicate nameserver '1.1.1.1'.",
        ],
        [
          'a route to nowhere',
          { host_routes: [{ destination: 'x', nexthop: '10.9.9.9' }] },
          400,
          'HTTPBadRequest',
          "Invalid input for host_routes. Reason: 'x' is not a valid CIDR.",
        ],
      ])('refuses %s', async (_what, attributes, status, type, message) => {
        const network = await makeNetwork();
        expect(errorOf(await subnetOf(network, attributes))).toEqual([status, type, message]);
      });

      it('makes several at once in the order in which they were asked for, or none of them', async () => {
        const networks = [await makeNetwork(), await makeNetwork()];
        const together = (...subnets: readonly object[]): Promise<Answer> =>
          ask('POST', '/subnets', { json: { subnets } });
        const of = (network_id: string | undefined, cidr: string, more: object = {}) => ({
          ...{ network_id, cidr, ip_version: 4 },
          ...more,
        });
        const answer = await together(
          of(networks[0], '10.71.0.0/24', { gateway_ip: null }),
          of(networks[1], '10.71.0.0/24'),
        );
        expect(answer.status).toBe(201);
        const shown = listAt(answer, 'subnets').map((each) => [
          at({ body: each }, 'network_id'),
          at({ body: each }, 'gateway_ip'),
        ]);
        expect(shown).toEqual([
          [networks[0], null],
          [networks[1], '10.71.0.1'],
        ]);
        expect((await together(of(networks[0], '10.72.0.0/24'), of(networks[0], '10.71.0.0/25'))).status).toBe(400);
        const ids = networks.map((id) => `network_id=${id}`).join('&');
        expect(listAt(await ask('GET', `/subnets?${ids}`), 'subnets')).toHaveLength(2);
      });

      it('refuses blocks that overlap within a network', async () => {
        const network = await makeNetwork();
        await subnetOf(network);
        expect(errorOf(await subnetOf(network, { cidr: '10.71.0.0/25' }))).toEqual([
          400,
          'InvalidInput',
          `Invalid input for operation: Requested subnet with cidr: 10.71.0.0/25 for network: ${network} overlaps with another subnet.`,
        ]);
      });

      it('changes the gateway, but never into a pool', async () => {
        const id = text(await subnetOf(await makeNetwork()), 'subnet', 'id');
        const change = (gateway: string | null): Promise<Answer> =>
          ask('PUT', `/subnets/${id}`, { json: { subnet: { gateway_ip: gateway } } });
        expect(errorOf(await change('10.71.0.254'))[1]).toBe('GatewayConflictWithAllocationPools');
        expect(at(await change(null), 'subnet', 'gateway_ip')).toBeNull();
        expect(at(await change('10.71.0.1'), 'subnet', 'gateway_ip')).toBe('10.71.0.1');
      });

      it('is not deleted while a port has an address of it', async () => {
        const network = await makeNetwork();
        const id = text(await subnetOf(network), 'subnet', 'id');
        await make('port', { network_id: network });
        expect(errorOf(await ask('DELETE', `/subnets/${id}`))).toEqual([
          409,
          'SubnetInUse',
          `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
        ]);
      });
    });

    describe('ports', () => {
      it('makes a port with an address, a MAC address and the default security group', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network), 'subnet', 'id');
        const answer = await make('port', { network_id: network });
        const address = text(answer, 'port', 'fixed_ips', '0', 'ip_address');
        expect(address).toMatch(/^10\.71\.0\.\d+$/);
        expect(at(answer, 'port')).toMatchObject({
          name: '',
          status: 'DOWN',
          mac_address: expect.stringMatching(/^fa:16:3e(:[0-9a-f]{2}){3}$/),
          fixed_ips: [{ subnet_id: subnet, ip_address: address }],
          security_groups: [expect.stringMatching(UUID)],
          port_security_enabled: true,
          allowed_address_pairs: [],
          extra_dhcp_opts: [],
          device_id: '',
          device_owner: '',
          'binding:vnic_type': 'normal',
          'binding:profile': {},
          'binding:host_id': '',
          'binding:vif_type': 'unbound',
          'binding:vif_details': {},
          dns_name: '',
          dns_assignment: [{ ip_address: address, hostname: `host-${address.replaceAll('.', '-')}` }],
          propagate_uplink_status: true,
          ip_allocation: 'immediate',
          resource_request: null,
          qos_network_policy_id: null,
          tenant_id: admin.projectId,
          project_id: admin.projectId,
          revision_number: 1,
        });
      });

      it('keeps the address, the MAC address and the options that are said', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network), 'subnet', 'id');
        const mac = randomMac();
        const attributes = {
          mac_address: mac,
          admin_state_up: false,
          security_groups: [],
          port_security_enabled: false,
          device_id: 'dev',
          device_owner: 'compute:nova',
          dns_name: 'host',
        };
        const answer = await make('port', {
          network_id: network,
          ...attributes,
          fixed_ips: [{ ip_address: '10.71.0.77' }],
          extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1400' }],
        });
        expect(at(answer, 'port')).toMatchObject({
          ...attributes,
          fixed_ips: [{ subnet_id: subnet, ip_address: '10.71.0.77' }],
          extra_dhcp_opts: [{ opt_name: 'mtu', opt_value: '1400', ip_version: 4 }],
        });
        const again = { network_id: network, fixed_ips: [{ ip_address: '10.71.0.77' }] };
        expect(errorOf(await make('port', again))).toEqual([
          409,
          'IpAddressAlreadyAllocated',
          `IP address 10.71.0.77 already allocated in subnet ${subnet}`,
        ]);
        expect(errorOf(await make('port', { network_id: network, mac_address: mac }))).toEqual([
          409,
          'MacAddressInUse',
          `Unable to complete operation for network ${network}. The mac address ${mac} is in use.`,
        ]);
      });

      it('takes no address when told so, and always those that it makes itself', async () => {
        const network = await makeNetwork();
        await subnetOf(network);
        const slaac = { ip_version: 6, cidr: 'fd00:71::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
        await subnetOf(network, slaac);
        const port = { network_id: network, mac_address: 'fa:16:3e:9e:ee:d4', fixed_ips: [] };
        const answer = await make('port', port);
        expect(at(answer, 'port', 'fixed_ips')).toMatchObject([{ ip_address: 'fd00:71::f816:3eff:fe9e:eed4' }]);
        expect(at(answer, 'port', 'ip_allocation')).toBe('none');
      });

      it.each([
        [
          'an address outside',
          { fixed_ips: [{ ip_address: '10.99.0.7' }] },
          400,
          'InvalidIpForNetwork',
          'IP address 10.99.0.7 is not a valid IP for any of the subnets on the specified network.',
        ],
        [
          'a subnet that is not there',
          { fixed_ips: [{ subnet_id: NOWHERE }] },
          404,
          'SubnetNotFound',
          `Subnet ${NOWHERE} could not be found.`,
        ],
        [
          'a MAC address that is none',
          { mac_address: 'zz' },
          400,
          'HTTPBadRequest',
          "Invalid input for mac_address. Reason: 'zz' is not a valid MAC address.",
        ],
        [
          'a security group that is not there',
          { security_groups: [NOWHERE] },
          404,
          'SecurityGroupNotFound',
          `Security group ${NOWHERE} does not exist`,
        ],
        [
          'address pairs without port security',
          { port_security_enabled: false, allowed_address_pairs: [{ ip_address: '10.1.1.1' }] },
          409,
          'AddressPairAndPortSecurityRequired',
          'Port Security must be enabled in order to have allowed address pairs on a port.',
        ],
      ])('refuses %s', async (_what, attributes, status, type, message) => {
        const network = await makeNetwork();
        await subnetOf(network);
        expect(errorOf(await make('port', { network_id: network, ...attributes }))).toEqual([status, type, message]);
      });

      it('refuses an address where hosts make their own, and takes the subnet for it', async () => {
        const network = await makeNetwork();
        const slaac = { ip_version: 6, cidr: 'fd00:71::/64', ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
        const subnet = text(await subnetOf(network, slaac), 'subnet', 'id');
        const asked = { network_id: network, fixed_ips: [{ subnet_id: subnet, ip_address: 'fd00:71::5' }] };
        expect(errorOf(await make('port', asked))).toEqual([
          400,
          'AllocationOnAutoAddressSubnet',
          `IPv6 address fd00:71::5 cannot be directly assigned to a port on subnet ${subnet} as the subnet is configured for automatic addresses`,
        ]);
        const made = await make('port', { network_id: network, fixed_ips: [{ subnet_id: subnet }] });
        const own = listAt(made, 'port', 'fixed_ips');
        expect(own).toMatchObject([{ subnet_id: subnet, ip_address: expect.stringMatching(/^fd00:71::/) }]);
        const path = `/ports/${text(made, 'port', 'id')}`;
        expect((await ask('PUT', path, { json: { port: { fixed_ips: own } } })).status).toBe(200);
        const moved = await ask('PUT', path, { json: { port: { fixed_ips: asked.fixed_ips } } });
        expect(errorOf(moved)[1]).toBe('AllocationOnAutoAddressSubnet');
      });

      it('refuses groups with and without a memory on one port', async () => {
        const network = await makeNetwork();
        const stateful = await makeId('security_group', { name: uniqueName('group') });
        const stateless = await makeId('security_group', { name: uniqueName('group'), stateful: false });
        const refused = [
          409,
          'SecurityGroupConflict',
          'Error Cannot apply both stateful and stateless security groups on the same port at the same time while attempting the operation.',
        ];
        const both = { security_groups: [stateful, stateless] };
        expect(errorOf(await make('port', { network_id: network, ...both }))).toEqual(refused);
        const port = await makeId('port', { network_id: network, security_groups: [stateless] });
        expect(errorOf(await ask('PUT', `/ports/${port}`, { json: { port: both } }))).toEqual(refused);
      });

      it('takes a binding profile from administrators, since Epoxy from services only', async () => {
        const network = await makeNetwork();
        const profile = { 'binding:profile': { trusted: true } };
        const made = await make('port', { network_id: network, ...profile });
        const port = await makeId('port', { network_id: network });
        const changed = await ask('PUT', `/ports/${port}`, { json: { port: profile } });
        if (!isEpoxy) {
          expect([at(made, 'port'), at(changed, 'port')]).toMatchObject([profile, profile]);
          return;
        }
        for (const [answer, doing] of [[made, 'create'] as const, [changed, 'update'] as const]) {
          expect(errorOf(answer)).toEqual([
            403,
            'PolicyNotAuthorized',
            `(rule:${doing}_port and rule:${doing}_port:binding:profile) is disallowed by policy`,
          ]);
        }
      });

      it('lets a DHCP server be moved to another address, and be found by owner and by address', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network, { enable_dhcp: false }), 'subnet', 'id');
        const server = { network_id: network, device_owner: 'network:dhcp', device_id: 'dhcp' };
        const fixedIps = (ip: string): { fixed_ips: object[] } => ({
          fixed_ips: [{ subnet_id: subnet, ip_address: ip }],
        });
        const port = await makeId('port', { ...server, ...fixedIps('10.71.0.5') });
        await ask('PUT', `/ports/${port}`, { json: { port: fixedIps('10.71.0.250') } });
        const owners = 'device_owner=network:dhcp&device_owner=network:distributed';
        const found = await ask('GET', `/ports?network_id=${network}&${owners}&fields=id`);
        expect(listAt(found, 'ports')).toEqual([{ id: port }]);
        const at250 = await ask('GET', `/ports?network_id=${network}&fixed_ips=ip_address%3D10.71.0.250&fields=id`);
        expect(listAt(at250, 'ports')).toEqual([{ id: port }]);
        expect((await make('port', { network_id: network, ...fixedIps('10.71.0.5') })).status).toBe(201);
      });

      it('gives address pairs its own MAC address when they have none', async () => {
        const network = await makeNetwork();
        const pairs = [{ ip_address: '10.1.1.1' }];
        const answer = await make('port', { network_id: network, allowed_address_pairs: pairs });
        const mac = text(answer, 'port', 'mac_address');
        expect(at(answer, 'port', 'allowed_address_pairs')).toEqual([{ mac_address: mac, ip_address: '10.1.1.1' }]);
      });

      it('has no port security in a network without it', async () => {
        const network = await makeNetwork({ port_security_enabled: false });
        const answer = await make('port', { network_id: network });
        expect(at(answer, 'port')).toMatchObject({ port_security_enabled: false, security_groups: [] });
      });

      it('moves to another subnet', async () => {
        const network = await makeNetwork();
        await subnetOf(network);
        const other = text(await subnetOf(network, { cidr: '10.72.0.0/24' }), 'subnet', 'id');
        const port = await makeId('port', { network_id: network });
        const change = { name: 'moved', fixed_ips: [{ subnet_id: other }] };
        const answer = await ask('PUT', `/ports/${port}`, { json: { port: change } });
        expect(at(answer, 'port')).toMatchObject({ name: 'moved', fixed_ips: [{ subnet_id: other }] });
        const stays = await ask('PUT', `/ports/${port}`, { json: { port: { network_id: NOWHERE } } });
        expect(errorOf(stays)[2]).toBe('Cannot update read-only attribute network_id');
      });
    });

    describe('routers', () => {
      const path = (router: string, action: string): string => `/routers/${router}/${action}_router_interface`;
      const attach = (router: string, json: object): Promise<Answer> => ask('PUT', path(router, 'add'), { json });
      const detach = (router: string, json: object): Promise<Answer> => ask('PUT', path(router, 'remove'), { json });
      const makeRouter = (attributes: object = {}): Promise<string> =>
        makeId('router', { name: uniqueName('router'), ...attributes });

      it('makes a router with what is not said filled in', async () => {
        const router = uniqueName('router');
        const answer = await make('router', { name: router });
        expect(answer.body).toEqual({
          router: {
            id: expect.stringMatching(UUID),
            name: router,
            description: '',
            tenant_id: admin.projectId,
            project_id: admin.projectId,
            admin_state_up: true,
            status: 'ACTIVE',
            external_gateway_info: null,
            availability_zones: [],
            availability_zone_hints: ['nova'],
            distributed: false,
            ha: false,
            routes: [],
            flavor_id: null,
            conntrack_helpers: [],
            tags: [],
            created_at: STAMP,
            updated_at: STAMP,
            revision_number: 1,
          },
        });
      });

      it('takes the gateway address of a subnet, once', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network), 'subnet', 'id');
        const router = await makeRouter();
        const answer = await attach(router, { subnet_id: subnet });
        const port = text(answer, 'port_id');
        expect(answer.body).toEqual({
          id: router,
          tenant_id: admin.projectId,
          port_id: port,
          network_id: network,
          subnet_id: subnet,
          subnet_ids: [subnet],
        });
        expect(at(await ask('GET', `/ports/${port}`), 'port')).toMatchObject({
          device_owner: 'network:router_interface',
          device_id: router,
          fixed_ips: [{ subnet_id: subnet, ip_address: '10.71.0.1' }],
          security_groups: [],
          port_security_enabled: false,
        });
        expect(errorOf(await attach(router, { subnet_id: subnet }))).toEqual([
          400,
          'BadRequest',
          `Bad router request: Router already has a port on subnet ${subnet}.`,
        ]);
        expect(errorOf(await attach(await makeRouter(), { subnet_id: subnet }))[1]).toBe('IpAddressAlreadyAllocated');
        expect(errorOf(await ask('DELETE', `/ports/${port}`))).toEqual([
          409,
          'ServicePortInUse',
          `Port ${port} cannot be deleted directly via the port API: has device owner network:router_interface.`,
        ]);
        expect(errorOf(await ask('DELETE', `/routers/${router}`))).toEqual([
          409,
          'RouterInUse',
          `Router ${router} has ports still attached: ${port}`,
        ]);
        expect((await detach(router, { subnet_id: subnet })).status).toBe(200);
        expect(errorOf(await detach(router, { subnet_id: subnet }))).toEqual([
          404,
          'RouterInterfaceNotFoundForSubnet',
          `Router ${router} has no interface on subnet ${subnet}`,
        ]);
      });

      it('takes a port as it is', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network, { gateway_ip: null }), 'subnet', 'id');
        const router = await makeRouter();
        expect(errorOf(await attach(router, { subnet_id: subnet }))[2]).toBe(
          'Bad router request: Subnet for router interface must have a gateway IP.',
        );
        const port = await makeId('port', { network_id: network, fixed_ips: [{ ip_address: '10.71.0.99' }] });
        expect(at(await attach(router, { port_id: port }), 'port_id')).toBe(port);
        expect(at(await ask('GET', `/ports/${port}`), 'port', 'device_owner')).toBe('network:router_interface');
        expect((await detach(router, { port_id: port })).status).toBe(200);
      });

      it('refuses half and double requests, and blocks that overlap', async () => {
        const subnet = text(await subnetOf(await makeNetwork()), 'subnet', 'id');
        const other = text(await subnetOf(await makeNetwork(), { cidr: '10.71.0.128/25' }), 'subnet', 'id');
        const router = await makeRouter();
        expect(errorOf(await attach(router, {}))[2]).toBe(
          'Bad router request: Either subnet_id or port_id must be specified.',
        );
        expect(errorOf(await attach(router, { subnet_id: subnet, port_id: NOWHERE }))[2]).toBe(
          'Bad router request: Cannot specify both subnet-id and port-id.',
        );
        expect(errorOf(await attach(router, { subnet_id: NOWHERE }))[1]).toBe('SubnetNotFound');
        await attach(router, { subnet_id: subnet });
        expect(errorOf(await attach(router, { subnet_id: other }))[2]).toBe(
          `Bad router request: Cidr 10.71.0.128/25 of subnet ${other} overlaps with cidr 10.71.0.0/24 of subnet ${subnet}.`,
        );
      });

      it('takes routes only to where it is connected, and keeps the interface that they need', async () => {
        const subnet = text(await subnetOf(await makeNetwork()), 'subnet', 'id');
        const router = await makeRouter();
        expect(errorOf(await make('router', { routes: [] }))[2]).toBe("Attribute 'routes' not allowed in POST");
        await attach(router, { subnet_id: subnet });
        const route = (nexthop: string): Promise<Answer> =>
          ask('PUT', `/routers/${router}`, {
            json: { router: { routes: [{ destination: '10.50.0.0/16', nexthop }] } },
          });
        expect(errorOf(await route('10.99.0.9'))).toEqual([
          400,
          'InvalidRoutes',
          "Invalid format for routes: [{'destination': '10.50.0.0/16', 'nexthop': '10.99.0.9'}], the nexthop is not connected with router",
        ]);
        expect(errorOf(await route('10.71.0.1'))[2]).toMatch(/the nexthop is used by router$/);
        expect(at(await route('10.71.0.9'), 'router', 'routes')).toEqual([
          { destination: '10.50.0.0/16', nexthop: '10.71.0.9' },
        ]);
        expect(errorOf(await detach(router, { subnet_id: subnet }))).toEqual([
          409,
          'RouterInterfaceInUseByRoute',
          `Router interface for subnet ${subnet} on router ${router} cannot be deleted, as it is required by one or more routes.`,
        ]);
      });

      it('gets a gateway in an external network only', async () => {
        const inside = await makeNetwork();
        expect(errorOf(await make('router', { external_gateway_info: { network_id: inside } }))).toEqual([
          400,
          'BadRequest',
          `Bad router request: Network ${inside} is not an external network.`,
        ]);
        const router = await makeRouter();
        const info = { network_id: publicId, enable_snat: false };
        const answer = await ask('PUT', `/routers/${router}`, { json: { router: { external_gateway_info: info } } });
        expect(at(answer, 'router', 'external_gateway_info')).toMatchObject({
          ...info,
          external_fixed_ips: [
            { ip_address: expect.stringMatching(/^[\d.]+$/), subnet_id: expect.stringMatching(UUID) },
          ],
        });
        const ports = await ask('GET', `/ports?device_id=${router}&device_owner=network:router_gateway`);
        expect(listAt(ports, 'ports')).toMatchObject([{ tenant_id: '', project_id: '', network_id: publicId }]);
        const none = await ask('PUT', `/routers/${router}`, { json: { router: { external_gateway_info: {} } } });
        expect(at(none, 'router', 'external_gateway_info')).toBeNull();
      });

      it('keeps the address of a gateway that is said', async () => {
        const subnet = text(await ask('GET', `/networks/${publicId}`), 'network', 'subnets', '0');
        const cidr = text(await ask('GET', `/subnets/${subnet}`), 'subnet', 'cidr');
        const address = cidr.replace(/0\/24$/, '249');
        const fixedIps = [{ subnet_id: subnet, ip_address: address }];
        const router = await make('router', {
          external_gateway_info: { network_id: publicId, external_fixed_ips: fixedIps },
        });
        expect(at(router, 'router', 'external_gateway_info', 'external_fixed_ips')).toEqual(fixedIps);
      });
    });

    describe('floating IPs', () => {
      it('leads to a port behind a router, DOWN at first and ACTIVE then', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network), 'subnet', 'id');
        const port = await makeId('port', { network_id: network });
        const answer = await make('floatingip', { floating_network_id: publicId });
        const id = text(answer, 'floatingip', 'id');
        const tie = (portId: string | null): Promise<Answer> =>
          ask('PUT', `/floatingips/${id}`, { json: { floatingip: { port_id: portId } } });
        expect(at(answer, 'floatingip')).toMatchObject({
          status: 'DOWN',
          port_id: null,
          router_id: null,
          port_details: null,
        });
        expect(errorOf(await tie(port))).toEqual([
          404,
          'ExternalGatewayForFloatingIPNotFound',
          `External network ${publicId} is not reachable from subnet ${subnet}.  Therefore, cannot associate Port ${port} with a Floating IP.`,
        ]);
        const router = await makeId('router', { external_gateway_info: { network_id: publicId } });
        await ask('PUT', `/routers/${router}/add_router_interface`, { json: { subnet_id: subnet } });
        expect(at(await tie(port), 'floatingip')).toMatchObject({ port_id: port, router_id: router });
        expect(at(await ask('GET', `/floatingips/${id}`), 'floatingip', 'status')).toBe('ACTIVE');
        expect(
          errorOf(await ask('PUT', `/routers/${router}`, { json: { router: { external_gateway_info: {} } } }))[1],
        ).toBe('RouterExternalGatewayInUseByFloatingIp');
        const second = await make('floatingip', { floating_network_id: publicId, port_id: port });
        expect(errorOf(second)[1]).toBe('FloatingIPPortAlreadyAssociated');
        expect(at(await tie(null), 'floatingip')).toMatchObject({
          port_id: null,
          fixed_ip_address: null,
          router_id: null,
        });
        expect(at(await ask('GET', `/floatingips/${id}`), 'floatingip', 'status')).toBe('DOWN');
      });

      it('leads to one of several addresses, which must be named', async () => {
        const network = await makeNetwork();
        const subnet = text(await subnetOf(network), 'subnet', 'id');
        const fixed_ips = ['10.71.0.20', '10.71.0.21'].map((ip_address) => ({ subnet_id: subnet, ip_address }));
        const port = await makeId('port', { network_id: network, fixed_ips });
        const router = await makeId('router', { external_gateway_info: { network_id: publicId } });
        await ask('PUT', `/routers/${router}/add_router_interface`, { json: { subnet_id: subnet } });
        const id = await makeId('floatingip', { floating_network_id: publicId });
        const tie = (floatingip: object): Promise<Answer> =>
          ask('PUT', `/floatingips/${id}`, { json: { floatingip: { port_id: port, ...floatingip } } });
        expect(errorOf(await tie({}))[1]).toBe('BadRequest');
        expect(errorOf(await tie({ fixed_ip_address: '10.71.0.99' }))).toEqual([
          400,
          'BadRequest',
          `Bad floatingip request: Port ${port} does not have fixed ip 10.71.0.99.`,
        ]);
        const tied = at(await tie({ fixed_ip_address: '10.71.0.21' }), 'floatingip');
        expect(tied).toMatchObject({ port_id: port, fixed_ip_address: '10.71.0.21', router_id: router });
        const shown = await ask('GET', `/floatingips?port_id=${port}&fields=id&fields=port_id`);
        expect(listAt(shown, 'floatingips')).toEqual([{ id, port_id: port }]);
      });

      it('gives the address that an administrator asks for, once', async () => {
        const first = await make('floatingip', { floating_network_id: publicId });
        const address = text(first, 'floatingip', 'floating_ip_address');
        const again = { floating_network_id: publicId, floating_ip_address: address };
        expect(errorOf(await make('floatingip', again)).slice(0, 2)).toEqual([409, 'IpAddressAlreadyAllocated']);
        await ask('DELETE', `/floatingips/${text(first, 'floatingip', 'id')}`);
        expect(at(await make('floatingip', again), 'floatingip')).toMatchObject({ floating_ip_address: address });
      });

      it('refuses a network that is not external, an address outside, and none', async () => {
        const inside = await makeNetwork();
        expect(errorOf(await make('floatingip', { floating_network_id: inside }))[2]).toBe(
          `Bad floatingip request: Network ${inside} is not a valid external network.`,
        );
        const outside = { floating_network_id: publicId, floating_ip_address: '1.2.3.4' };
        expect(errorOf(await make('floatingip', outside))[1]).toBe('InvalidIpForNetwork');
        expect(errorOf(await make('floatingip', {}))[2]).toBe(
          "Failed to parse request. Required attribute 'floating_network_id' not specified",
        );
      });
    });

    describe('security groups', () => {
      const rule = (group: string, attributes: object): Promise<Answer> =>
        make('security_group_rule', { security_group_id: group, direction: 'ingress', ...attributes });

      it('starts with egress to everywhere, and a project starts with a default group', async () => {
        const answer = await make('security_group', { name: uniqueName('group'), stateful: false });
        expect(at(answer, 'security_group')).toMatchObject({ stateful: false, description: '', shared: false });
        const rules = listAt(answer, 'security_group', 'security_group_rules');
        expect(rules).toMatchObject([{ description: null }, { description: null }]);
        expect(rules.map((each) => [at({ body: each }, 'direction'), at({ body: each }, 'ethertype')]).sort()).toEqual([
          ['egress', 'IPv4'],
          ['egress', 'IPv6'],
        ]);
        const groups = listAt(await member('GET', '/security-groups'), 'security_groups');
        expect(groups).toMatchObject([{ name: 'default', description: 'Default security group' }]);
        const id = at({ body: groups[0] }, 'id');
        const own = listAt({ body: groups[0] }, 'security_group_rules');
        expect(own).toHaveLength(4);
        expect(own.filter((each) => at({ body: each }, 'remote_group_id') === id)).toHaveLength(2);
        expect(errorOf(await make('security_group', { name: 'default' }))[1]).toBe('SecurityGroupDefaultAlreadyExists');
      });

      it.each([
        ['a name in capitals', { protocol: 'TCP' }, { protocol: 'tcp' }],
        ['a number', { protocol: 47 }, { protocol: '47' }],
        ['ICMP over IPv6', { protocol: 'icmpv6', ethertype: 'IPv6' }, { protocol: 'ipv6-icmp' }],
        [
          'a block with host bits',
          { remote_ip_prefix: '10.0.0.1/8' },
          { remote_ip_prefix: '10.0.0.1/8', normalized_cidr: '10.0.0.0/8' },
        ],
        [
          'a bare address',
          { remote_ip_prefix: '10.0.0.5' },
          { remote_ip_prefix: '10.0.0.5/32', normalized_cidr: '10.0.0.5/32' },
        ],
        [
          'a type and a code',
          { protocol: 'icmp', port_range_min: 8, port_range_max: 0 },
          { port_range_min: 8, port_range_max: 0 },
        ],
      ])('writes a rule with %s in its own way', async (_what, attributes, shown) => {
        const group = await makeId('security_group', { name: uniqueName('group') });
        const answer = await rule(group, attributes);
        expect(at(answer, 'security_group_rule')).toMatchObject({ ...shown, description: '' });
        const later = await ask('GET', `/security-group-rules/${text(answer, 'security_group_rule', 'id')}`);
        expect(at(later, 'security_group_rule')).toMatchObject({ ...shown, description: '' });
      });

      it.each([
        [
          'ports backwards',
          { protocol: 'tcp', port_range_min: 30, port_range_max: 22 },
          'SecurityGroupInvalidPortRange',
        ],
        ['half a range', { protocol: 'tcp', port_range_min: 30 }, 'SecurityGroupInvalidPortRange'],
        ['port 0', { protocol: 'tcp', port_range_min: 0, port_range_max: 10 }, 'SecurityGroupInvalidPortValue'],
        [
          'ports without a protocol',
          { port_range_min: 30, port_range_max: 32 },
          'SecurityGroupProtocolRequiredWithPorts',
        ],
        ['a code without a type', { protocol: 'icmp', port_range_max: 0 }, 'SecurityGroupMissingIcmpType'],
        ['an unknown protocol', { protocol: 'bogus' }, 'SecurityGroupRuleInvalidProtocol'],
        ['a block of the other family', { remote_ip_prefix: 'fd00::/64' }, 'SecurityGroupRuleParameterConflict'],
        ['an unknown direction', { direction: 'up' }, 'HTTPBadRequest'],
      ])('refuses a rule with %s', async (_what, attributes, type) => {
        const group = await makeId('security_group', { name: uniqueName('group') });
        expect(errorOf(await rule(group, attributes)).slice(0, 2)).toEqual([400, type]);
      });

      it('refuses a rule that does what another one does', async () => {
        const group = await makeId('security_group', { name: uniqueName('group') });
        const first = text(
          await rule(group, { protocol: 'udp', remote_ip_prefix: '0.0.0.0/0' }),
          'security_group_rule',
          'id',
        );
        expect(errorOf(await rule(group, { protocol: 'udp', description: 'again' }))).toEqual([
          409,
          'SecurityGroupRuleExists',
          `Security group rule already exists. Rule id is ${first}.`,
        ]);
        expect(errorOf(await rule(group, { direction: 'egress' }))[1]).toBe('SecurityGroupRuleExists');
      });

      it('makes several rules of one group at once, all or none, and of several groups none', async () => {
        const groups = [
          await makeId('security_group', { name: uniqueName('group') }),
          await makeId('security_group', { name: uniqueName('group') }),
        ];
        const tcp = (security_group_id: string | undefined, port: number) => ({
          ...{ security_group_id, direction: 'ingress', protocol: 'tcp' },
          ...{ port_range_min: port, port_range_max: port },
        });
        const together = (...security_group_rules: readonly object[]): Promise<Answer> =>
          ask('POST', '/security-group-rules', { json: { security_group_rules } });
        const answer = await together(tcp(groups[0], 1), tcp(groups[0], 2));
        expect(answer.status).toBe(201);
        expect(listAt(answer, 'security_group_rules').map((each) => at({ body: each }, 'port_range_min'))).toEqual([
          1, 2,
        ]);
        expect(errorOf(await together(tcp(groups[0], 3), tcp(groups[1], 3)))).toEqual([
          400,
          'SecurityGroupNotSingleGroupRules',
          'Only allowed to update rules for one security profile at a time',
        ]);
        expect(errorOf(await together(tcp(groups[0], 4), tcp(groups[0], 1)))[1]).toBe('SecurityGroupRuleExists');
        expect(errorOf(await together(tcp(groups[0], 5), tcp(groups[0], 5)))[1]).toBe(
          'DuplicateSecurityGroupRuleInPost',
        );
        const left = listAt(
          await ask('GET', `/security-group-rules?security_group_id=${groups[0]}&protocol=tcp`),
          'security_group_rules',
        );
        expect(left).toHaveLength(2);
      });

      it('names other groups and address groups, one at a time', async () => {
        const group = await makeId('security_group', { name: uniqueName('group') });
        const blocks = ['10.1.0.0/16', '10.2.0.1/32'];
        const addresses = await makeId('address_group', { name: uniqueName('addresses'), addresses: blocks });
        expect((await rule(group, { remote_group_id: group })).status).toBe(201);
        expect((await rule(group, { remote_address_group_id: addresses })).status).toBe(201);
        const both = { remote_group_id: group, remote_ip_prefix: '10.0.0.0/8' };
        expect(errorOf(await rule(group, both))[1]).toBe('SecurityGroupMultipleRemoteEntites');
        expect(errorOf(await rule(group, { remote_group_id: NOWHERE }))).toEqual([
          404,
          'SecurityGroupNotFound',
          `Security group ${NOWHERE} does not exist`,
        ]);
        expect(errorOf(await ask('DELETE', `/address-groups/${addresses}`))).toEqual([
          409,
          'AddressGroupInUse',
          `Address group ${addresses} is in use on one or more security group rules.`,
        ]);
      });

      it('is neither deleted nor changed in kind while a port uses it', async () => {
        const group = await makeId('security_group', { name: uniqueName('group') });
        await make('port', { network_id: await makeNetwork(), security_groups: [group] });
        const inUse = [409, 'SecurityGroupInUse', `Security Group ${group} in use.`];
        expect(errorOf(await ask('DELETE', `/security-groups/${group}`))).toEqual(inUse);
        const change = { json: { security_group: { stateful: false } } };
        expect(errorOf(await ask('PUT', `/security-groups/${group}`, change))).toEqual(inUse);
      });

      it('keeps the name of the default group', async () => {
        const groups = await ask('GET', `/security-groups?name=default&project_id=${admin.projectId}`);
        const id = text(groups, 'security_groups', '0', 'id');
        const change = { json: { security_group: { name: 'other' } } };
        expect(errorOf(await ask('PUT', `/security-groups/${id}`, change))).toEqual([
          409,
          'SecurityGroupCannotUpdateDefault',
          'Updating default security group not allowed.',
        ]);
      });
    });

    describe('address groups', () => {
      it('shows what it holds, and no tags', async () => {
        const addresses = ['10.1.0.0/16', '198.51.100.7/32'];
        const name = uniqueName('addresses');
        const id = await makeId('address_group', { name, addresses, description: 'who may come in' });
        const shown = await ask('GET', `/address-groups/${id}`);
        expect(at(shown, 'address_group')).toMatchObject({ name, addresses, description: 'who may come in' });
        expect(at(shown, 'address_group')).not.toHaveProperty('tags');
        const found = await ask('GET', `/address-groups?name=${name}&fields=id`);
        expect(listAt(found, 'address_groups')).toMatchObject([{ id }]);
        const changed = await ask('PUT', `/address-groups/${id}`, { json: { address_group: { description: '' } } });
        expect(at(changed, 'address_group', 'description')).toBe('');
        expect((await ask('PUT', `/address-groups/${id}/tags`, { json: { tags: ['a'] } })).status).toBe(404);
        const empty = await make('address_group', { name: uniqueName('addresses') });
        expect(at(empty, 'address_group', 'addresses')).toEqual([]);
      });

      it('adds and removes blocks', async () => {
        const id = await makeId('address_group', { name: uniqueName('addresses'), addresses: ['10.1.0.0/16'] });
        const change = (how: string, addresses: string[]): Promise<Answer> =>
          ask('PUT', `/address-groups/${id}/${how}_addresses`, { json: { addresses } });
        const added = await change('add', ['10.3.0.0/24']);
        expect(at(added, 'address_group', 'addresses')).toEqual(['10.1.0.0/16', '10.3.0.0/24']);
        expect(errorOf(await change('add', ['10.1.0.0/16']))[1]).toBe('AddressesAlreadyExist');
        expect((await change('remove', ['10.3.0.0/24'])).status).toBe(200);
        expect(errorOf(await change('remove', ['10.3.0.0/24']))[1]).toBe('AddressesNotFound');
        expect(errorOf(await make('address_group', { addresses: ['10.2.0.1'] }))[0]).toBe(400);
      });
    });

    describe('QoS policies', () => {
      it('has rules that count as its revisions', async () => {
        const id = await makeId('policy', { name: uniqueName('policy') });
        const rule = { json: { bandwidth_limit_rule: { max_kbps: 100 } } };
        const answer = await ask('POST', `/qos/policies/${id}/bandwidth_limit_rules`, rule);
        expect(at(answer, 'bandwidth_limit_rule')).toMatchObject({
          max_kbps: 100,
          max_burst_kbps: 0,
          direction: 'egress',
        });
        expect(at(await ask('GET', `/qos/policies/${id}`), 'policy')).toMatchObject({
          shared: false,
          is_default: false,
          rules: [{ type: 'bandwidth_limit', qos_policy_id: id }],
        });
      });
    });

    describe('quotas', () => {
      it('are set, enforced and taken back', async () => {
        const project = tenant.session.projectId;
        const before = await member('GET', `/quotas/${project}`);
        expect(at(before, 'quota', 'router')).toBe(10);
        const set = await ask('PUT', `/quotas/${project}`, { json: { quota: { network: 0 } } });
        expect(at(set, 'quota', 'network')).toBe(0);
        expect(errorOf(await make('network', { name: 'over' }, tenant.session))).toEqual([
          409,
          'OverQuota',
          "Quota exceeded for resources: ['network'].",
        ]);
        expect(errorOf(await member('PUT', `/quotas/${project}`, { json: { quota: { network: 1 } } }))).toEqual([
          403,
          'PolicyNotAuthorized',
          'rule:update_quota is disallowed by policy',
        ]);
        expect((await ask('DELETE', `/quotas/${project}`)).status).toBe(204);
        expect(errorOf(await ask('DELETE', `/quotas/${project}`))[1]).toBe('TenantQuotaNotFound');
      });
    });

    describe('what a member may do', () => {
      it('sees its own and what is shared or external, and nothing else', async () => {
        const foreign = await makeNetwork();
        const shared = await makeNetwork({ shared: true });
        const own = await makeNetwork({}, tenant.session);
        const ids = listAt(await member('GET', '/networks?fields=id'), 'networks').map((each) =>
          at({ body: each }, 'id'),
        );
        expect(ids).toEqual(expect.arrayContaining([shared, own, publicId]));
        expect(ids).not.toContain(foreign);
        expect(errorOf(await member('GET', `/networks/${foreign}`))[1]).toBe('NetworkNotFound');
        expect(errorOf(await member('DELETE', `/networks/${foreign}`))[1]).toBe('NetworkNotFound');
        expect(errorOf(await member('PUT', `/networks/${shared}`, { json: { network: { name: 'mine' } } }))).toEqual([
          403,
          'PolicyNotAuthorized',
          'rule:update_network is disallowed by policy',
        ]);
      });

      it('does not see how things are made', async () => {
        const network = await make('network', { name: uniqueName('net') }, tenant.session);
        expect(Object.keys(Object(at(network, 'network'))).filter((key) => key.startsWith('provider:'))).toEqual([]);
        const port = await make('port', { network_id: at(network, 'network', 'id') }, tenant.session);
        expect(Object.keys(Object(at(port, 'port'))).filter((key) => key.startsWith('binding:'))).toEqual([
          'binding:vnic_type',
        ]);
        const router = await make('router', { name: uniqueName('router') }, tenant.session);
        expect(Object.keys(Object(at(router, 'router')))).not.toContain('ha');
      });

      it.each([
        ['network', 'shared', true],
        ['network', 'router:external', true],
        ['network', 'provider:network_type', 'flat'],
        ['network', 'is_default', true],
        ['router', 'ha', true],
        ['router', 'distributed', true],
      ])('may not make a %s with %s', async (kind, attribute, value) => {
        const answer = await make(kind, { name: 'x', [attribute]: value }, tenant.session);
        expect(errorOf(answer)).toEqual([
          403,
          'PolicyNotAuthorized',
          `(rule:create_${kind} and rule:create_${kind}:${attribute}) is disallowed by policy`,
        ]);
      });

      it('may not choose an address or act for another project', async () => {
        const shared = await makeNetwork({ shared: true });
        await subnetOf(shared);
        const port = { network_id: shared, fixed_ips: [{ ip_address: '10.71.0.7' }] };
        expect(errorOf(await make('port', port, tenant.session))[0]).toBe(403);
        const floating = { floating_network_id: publicId, floating_ip_address: '198.18.1.201' };
        expect(errorOf(await make('floatingip', floating, tenant.session))[2]).toBe(
          '(rule:create_floatingip and rule:create_floatingip:floating_ip_address) is disallowed by policy',
        );
        expect(errorOf(await make('network', { name: 'x', project_id: admin.projectId }, tenant.session))).toEqual([
          400,
          'HTTPBadRequest',
          "Specifying 'project_id' or 'tenant_id' other than the authenticated project in request requires admin or advsvc privileges",
        ]);
      });

      it('uses what an RBAC policy gives it', async () => {
        const network = await makeNetwork();
        const target = tenant.session.projectId;
        const policy = {
          object_type: 'network',
          object_id: network,
          action: 'access_as_shared',
          target_tenant: target,
        };
        expect((await make('rbac_policy', policy)).status).toBe(201);
        expect(at(await member('GET', `/networks/${network}`), 'network', 'shared')).toBe(true);
        expect(at(await ask('GET', `/networks/${network}`), 'network', 'shared')).toBe(false);
      });

      it('lets an administrator make things for it', async () => {
        const answer = await make('network', { name: uniqueName('net'), project_id: tenant.session.projectId });
        expect(at(answer, 'network')).toMatchObject({
          project_id: tenant.session.projectId,
          tenant_id: tenant.session.projectId,
        });
      });
    });
  });
}

function randomMac(): string {
  return `fa:16:3e:${randomBytes(3).toString('hex').match(/../g)?.join(':') ?? ''}`;
}

function listAt(answer: Pick<Answer, 'body'>, ...path: readonly string[]): unknown[] {
  const value = at(answer, ...path);
  if (!Array.isArray(value)) throw new Error(`no list at ${path.join('.')} of ${JSON.stringify(answer.body)}`);
  const list: unknown[] = value;
  return list;
}
