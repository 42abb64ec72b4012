/** What Octavia does, as laws that the fake and real clouds pass alike. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Answer, ContractCloud, Sent, Session, Tenant } from './glance-session.ts';
import { at, makeTenant, signIn, text, uniqueName, until } from './glance-session.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const STAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/);
const NOWHERE = '00000000-0000-4000-8000-000000000000';

/** The laws of Octavia. `cloudOf` is called once, before the first law. */
export function describeOctavia(name: string, cloudOf: () => ContractCloud | Promise<ContractCloud>): void {
  describe(`octavia of ${name}`, { timeout: 120_000 }, () => {
    let admin: Session;
    let tenant: Tenant;
    let isEpoxy: boolean;
    let networkId: string;
    let subnetId: string;
    const made: string[] = [];

    beforeAll(async () => {
      const cloud = await cloudOf();
      admin = await signIn(cloud);
      tenant = await makeTenant(cloud, admin);
      const project_id = tenant.session.projectId;
      const network = { name: uniqueName('net'), project_id };
      networkId = text(await neutron('POST', '/networks', { json: { network } }), 'network', 'id');
      const subnet = { network_id: networkId, ip_version: 4, cidr: '10.72.0.0/24', project_id };
      subnetId = text(await neutron('POST', '/subnets', { json: { subnet } }), 'subnet', 'id');
      const versions = at(await admin.call('load-balancer', 'GET', '/'), 'versions');
      isEpoxy = Array.isArray(versions) && versions.some((each) => at({ body: each }, 'id') === 'v2.29');
    });

    afterEach(async () => {
      for (const id of made.splice(0)) await gone(id);
    });

    afterAll(async () => {
      await neutron('DELETE', `/networks/${networkId}`);
      const groups = await neutron('GET', `/security-groups?project_id=${tenant.session.projectId}`);
      for (const group of listAt(groups, 'security_groups')) {
        await neutron('DELETE', `/security-groups/${String(at({ body: group }, 'id'))}`);
      }
      await tenant.remove();
    });

    const neutron = (method: string, path: string, sent: Sent = {}): Promise<Answer> => {
      const version = admin.endpoint('network').endsWith('/v2.0') ? '' : '/v2.0';
      return admin.call('network', method, `${version}${path}`, sent);
    };
    const request = (session: Session, method: string, path: string, sent: Sent = {}): Promise<Answer> =>
      session.call('load-balancer', method, `/v2/lbaas${path}`, sent);
    const ask = (method: string, path: string, sent: Sent = {}): Promise<Answer> => request(admin, method, path, sent);

    const statusOf = (answer: Answer): unknown => at(answer, 'loadbalancer', 'provisioning_status');

    const still = (id: string): Promise<Answer> =>
      until(
        () => ask('GET', `/loadbalancers/${id}`),
        (answer) => answer.status === 404 || !String(statusOf(answer)).startsWith('PENDING'),
      );

    async function gone(id: string): Promise<void> {
      await still(id);
      await ask('DELETE', `/loadbalancers/${id}?cascade=true`);
      await until(
        () => ask('GET', `/loadbalancers/${id}`),
        (answer) => answer.status === 404,
      );
    }

    async function create(attributes: object): Promise<Answer> {
      const loadbalancer = { project_id: tenant.session.projectId, vip_subnet_id: subnetId, ...attributes };
      const answer = await ask('POST', '/loadbalancers', { json: { loadbalancer } });
      if (answer.status === 201) made.push(text(answer, 'loadbalancer', 'id'));
      return answer;
    }

    async function makeOne(attributes: object = {}): Promise<string> {
      const id = text(await create(attributes), 'loadbalancer', 'id');
      await still(id);
      for (const kind of ['listeners', 'pools']) await done(`/${kind}?loadbalancer_id=${id}`, kind);
      return id;
    }

    /** A load balancer is ACTIVE before its parts are. */
    const done = (path: string, key: string): Promise<Answer> =>
      until(
        () => ask('GET', path),
        (answer) => listAt(answer, key).every((part) => at({ body: part }, 'provisioning_status') === 'ACTIVE'),
      );

    const refused = (answer: Answer): [number, unknown] => [answer.status, at(answer, 'faultstring')];

    const http = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } as const;

    /** Everything that one request can make. */
    const whole = () => ({
      name: 'whole',
      description: 'the door',
      admin_state_up: false,
      provider: 'amphora',
      vip_address: '10.72.0.50',
      tags: ['b', 'a'],
      pools: [
        {
          ...http,
          name: 'shared',
          description: 'two listeners',
          tags: ['p'],
          session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
          healthmonitor: {
            ...{ name: 'hm', type: 'HTTP', delay: 5, timeout: 3, max_retries: 2, max_retries_down: 4 },
            ...{ url_path: '/h', http_version: 1.1, domain_name: 'a.example', tags: ['h'], admin_state_up: false },
          },
          members: [
            {
              ...{ name: 'm', address: '10.72.0.60', protocol_port: 80, weight: 0, backup: true, tags: ['m'] },
              ...{ subnet_id: subnetId, monitor_address: '10.72.0.61', monitor_port: 81 },
            },
            { address: '10.72.0.61', protocol_port: 80, admin_state_up: false },
          ],
        },
        { name: '', protocol: 'TCP', lb_algorithm: 'SOURCE_IP', healthmonitor: ping },
      ],
      listeners: [
        {
          ...{ name: 'h', protocol: 'HTTP', protocol_port: 80, default_pool: { name: 'shared' }, tags: ['l'] },
          ...{ insert_headers: { 'X-Forwarded-For': 'true' }, allowed_cidrs: ['10.0.0.0/8'], timeout_client_data: 1 },
          l7policies: [
            { action: 'REDIRECT_TO_URL', redirect_url: 'https://e.example/x', position: 2, rules: [path] },
            { name: 'pool', action: 'REDIRECT_TO_POOL', redirect_pool: { name: 'shared' }, position: 1 },
            { action: 'REJECT', position: 3, admin_state_up: false },
            { action: 'REDIRECT_PREFIX', redirect_prefix: 'https://p.example', position: 4, redirect_http_code: 301 },
          ],
        },
        { protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'shared' } },
      ],
    });
    const ping = { type: 'PING', delay: 5, timeout: 3, max_retries: 2 };
    const path = { type: 'PATH', compare_type: 'STARTS_WITH', value: '/old', invert: true, tags: ['r'] };

    describe('the service', () => {
      it('names its versions without a token, each with the same root', async () => {
        const base = admin.endpoint('load-balancer').replace(/\/v2.*$/, '');
        const body: unknown = await (await fetch(`${base}/`)).json();
        const versions = listAt({ body }, 'versions');
        expect(versions.map((each) => at({ body: each }, 'id'))).toEqual(expect.arrayContaining(['v2.0', 'v2.26']));
        expect(versions).toHaveLength(isEpoxy ? 31 : 27);
      });

      it('lists its providers', async () => {
        const names = listAt(await ask('GET', '/providers'), 'providers').map((each) => at({ body: each }, 'name'));
        expect(names).toEqual(expect.arrayContaining(['amphora', 'octavia', 'ovn']));
      });

      it('is closed to members who have no role of its own', async () => {
        expect((await request(tenant.session, 'GET', '/loadbalancers')).status).toBe(403);
        const loadbalancer = { vip_subnet_id: subnetId };
        const answer = await request(tenant.session, 'POST', '/loadbalancers', { json: { loadbalancer } });
        expect(refused(answer)).toEqual([403, 'Policy does not allow this request to be performed.']);
      });
    });

    describe('one request', () => {
      it('makes a whole load balancer for another project', async () => {
        const answer = await create(whole());
        expect(answer.status).toBe(201);
        const id = text(answer, 'loadbalancer', 'id');
        expect(at(answer, 'loadbalancer')).toMatchObject({
          id: expect.stringMatching(UUID),
          project_id: tenant.session.projectId,
          tenant_id: tenant.session.projectId,
          provisioning_status: 'PENDING_CREATE',
          vip_address: '10.72.0.50',
          vip_subnet_id: subnetId,
          vip_network_id: networkId,
          created_at: STAMP,
        });
        expect(statusOf(await still(id))).toBe('ACTIVE');
        const shown = await ask('GET', `/loadbalancers/${id}`);
        expect(shown.body).toEqual({
          loadbalancer: {
            ...{ id, name: 'whole', description: 'the door', admin_state_up: false, provider: 'amphora' },
            ...{ provisioning_status: 'ACTIVE', operating_status: 'OFFLINE', tags: ['a', 'b'] },
            ...{ project_id: tenant.session.projectId, tenant_id: tenant.session.projectId },
            ...{ created_at: STAMP, updated_at: STAMP, vip_address: '10.72.0.50', vip_port_id: expect.any(String) },
            ...{ vip_subnet_id: subnetId, vip_network_id: networkId, vip_qos_policy_id: null, additional_vips: [] },
            ...{ flavor_id: null, availability_zone: null },
            ...(isEpoxy ? { vip_sg_ids: [], vip_vnic_type: 'normal' } : {}),
            listeners: [{ id: expect.any(String) }, { id: expect.any(String) }],
            pools: [{ id: expect.any(String) }, { id: expect.any(String) }],
          },
        });
      });

      it('gives each part what was asked and fills in the rest', async () => {
        const id = await makeOne(whole());
        const listeners = listAt(await ask('GET', `/listeners?loadbalancer_id=${id}`), 'listeners');
        const [first, second] = listeners.toSorted((a, b) => portOf(a) - portOf(b));
        const pools = listAt(await ask('GET', `/pools?loadbalancer_id=${id}`), 'pools');
        const shared = pools.find((pool) => at({ body: pool }, 'name') === 'shared');
        const other = pools.find((pool) => at({ body: pool }, 'name') === '');
        const owned = { project_id: tenant.session.projectId, tenant_id: tenant.session.projectId };
        const state = { provisioning_status: 'ACTIVE', operating_status: expect.any(String) };
        const times = { created_at: STAMP, updated_at: expect.anything() };
        const standard = { id: expect.any(String), ...owned, ...state, ...times };
        const withoutTls = { tls_ciphers: null, tls_versions: null, alpn_protocols: null };
        const listener = {
          ...standard,
          ...{ name: '', description: '', admin_state_up: true, protocol: 'HTTP', connection_limit: -1 },
          ...{ default_tls_container_ref: null, sni_container_refs: [], tags: [], insert_headers: {}, l7policies: [] },
          ...{ timeout_client_data: 50_000, timeout_member_connect: 5000, timeout_member_data: 50_000 },
          ...{ timeout_tcp_inspect: 0, client_ca_tls_container_ref: null, client_authentication: 'NONE' },
          ...{ client_crl_container_ref: null, allowed_cidrs: null, ...withoutTls },
          ...{ loadbalancers: [{ id }], default_pool_id: at({ body: shared }, 'id') },
          ...(isEpoxy ? { hsts_max_age: null, hsts_include_subdomains: false, hsts_preload: false } : {}),
        };
        expect(second).toEqual({ ...listener, protocol_port: 8080 });
        expect(first).toEqual({
          ...listener,
          ...{ name: 'h', protocol_port: 80, tags: ['l'], insert_headers: { 'X-Forwarded-For': 'true' } },
          ...{ allowed_cidrs: ['10.0.0.0/8'], timeout_client_data: 1 },
          l7policies: Array.from({ length: 4 }, () => ({ id: expect.any(String) })),
        });
        const pool = {
          ...standard,
          ...{ description: '', admin_state_up: true, tags: [], session_persistence: null, loadbalancers: [{ id }] },
          ...{ tls_container_ref: null, ca_tls_container_ref: null, crl_container_ref: null, tls_enabled: false },
          ...withoutTls,
          healthmonitor_id: expect.any(String),
        };
        expect(other).toEqual({
          ...pool,
          ...{ name: '', protocol: 'TCP', lb_algorithm: 'SOURCE_IP', members: [], listeners: [] },
        });
        expect(shared).toEqual({
          ...pool,
          ...{ ...http, name: 'shared', description: 'two listeners', tags: ['p'] },
          session_persistence: {
            ...{ type: 'APP_COOKIE', cookie_name: 'sid' },
            ...{ persistence_timeout: null, persistence_granularity: null },
          },
          listeners: expect.arrayContaining(listeners.map((each) => ({ id: at({ body: each }, 'id') }))),
          members: [{ id: expect.any(String) }, { id: expect.any(String) }],
        });
        const poolId = String(at({ body: shared }, 'id'));
        const members = listAt(await done(`/pools/${poolId}/members`, 'members'), 'members');
        const member = { ...standard, ...(isEpoxy ? { vnic_type: 'normal' } : {}) };
        expect(members).toHaveLength(2);
        expect(members).toEqual(
          expect.arrayContaining([
            {
              ...member,
              ...{ name: 'm', admin_state_up: true, address: '10.72.0.60', protocol_port: 80, weight: 0 },
              ...{ backup: true, subnet_id: subnetId, monitor_address: '10.72.0.61', monitor_port: 81, tags: ['m'] },
            },
            {
              ...member,
              ...{ name: '', admin_state_up: false, address: '10.72.0.61', protocol_port: 80, weight: 1 },
              ...{ backup: false, subnet_id: null, monitor_address: null, monitor_port: null, tags: [] },
            },
          ]),
        );
        await done(`/healthmonitors?pool_id=${poolId}`, 'healthmonitors');
        const monitor = await ask('GET', `/healthmonitors/${String(at({ body: shared }, 'healthmonitor_id'))}`);
        expect(at(monitor, 'healthmonitor')).toEqual({
          ...standard,
          ...{ name: 'hm', type: 'HTTP', delay: 5, timeout: 3, max_retries: 2, max_retries_down: 4 },
          ...{ http_method: 'GET', url_path: '/h', expected_codes: '200', admin_state_up: false, tags: ['h'] },
          ...{ http_version: 1.1, domain_name: 'a.example', pools: [{ id: poolId }] },
        });
      });

      it('puts policies in their order, with their rules', async () => {
        const id = await makeOne(whole());
        const listeners = listAt(await ask('GET', `/listeners?loadbalancer_id=${id}`), 'listeners');
        const listener = listeners.find((each) => portOf(each) === 80);
        const listenerId = String(at({ body: listener }, 'id'));
        const policies = listAt(await ask('GET', `/l7policies?listener_id=${listenerId}`), 'l7policies');
        const inOrder = policies.toSorted((a, b) => positionOf(a) - positionOf(b));
        expect(inOrder).toMatchObject([
          { position: 1, action: 'REDIRECT_TO_POOL', redirect_pool_id: expect.any(String), redirect_http_code: null },
          { position: 2, action: 'REDIRECT_TO_URL', redirect_url: 'https://e.example/x', redirect_http_code: 302 },
          { position: 3, action: 'REJECT', admin_state_up: false, listener_id: listenerId },
          { position: 4, action: 'REDIRECT_PREFIX', redirect_http_code: 301, redirect_pool_id: null },
        ]);
        const ruled = String(at({ body: inOrder[1] }, 'id'));
        const rules = listAt(await done(`/l7policies/${ruled}/rules`, 'rules'), 'rules');
        expect(rules).toEqual([
          {
            ...{ ...path, id: expect.any(String), key: null, admin_state_up: true, created_at: STAMP },
            ...{ provisioning_status: 'ACTIVE', operating_status: expect.any(String), updated_at: expect.anything() },
            ...{ project_id: tenant.session.projectId, tenant_id: tenant.session.projectId },
          },
        ]);
      });

      it.each([
        ['no address', { vip_subnet_id: null }, 'VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.'],
        ['an unknown attribute', { bogus: 1 }, 'Unknown attribute for argument load_balancer.loadbalancer: bogus'],
        ['an unknown provider', { provider: 'bogus' }, "Provider 'bogus' is not enabled."],
        ['a subnet that is not there', { vip_subnet_id: NOWHERE }, `Subnet ${NOWHERE} not found.`],
        [
          'an unknown attribute of a part',
          { pools: [{ ...http, name: 'a', bogus: 1 }] },
          'Unknown attribute for argument load_balancer.loadbalancer.pools: bogus',
        ],
        [
          'two pools of one name',
          {
            pools: [
              { ...http, name: 'a' },
              { ...http, name: 'a' },
            ],
          },
          'Validation failure: Pool names must be unique when creating a fully populated loadbalancer.',
        ],
        [
          'a pool without name',
          { listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool: http }] },
          'Validation failure: Pools must be named when creating a fully populated loadbalancer.',
        ],
        [
          'a pool that is only named',
          { listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool: { name: 'z' } }] },
          "Validation failure: Pool 'z' was referenced but no full definition was found.",
        ],
        [
          'a port that does not exist',
          { listeners: [{ protocol: 'HTTP', protocol_port: 70_000 }] },
          "Invalid input for field/attribute protocol_port. Value: '70000'. Value should be lower or equal to 65535",
        ],
        [
          'a listener without protocol',
          { listeners: [{ protocol_port: 80 }] },
          "Invalid input for field/attribute protocol. Value: 'None'. Mandatory field missing.",
        ],
        [
          'a certificate that is not given',
          { listeners: [{ protocol: 'TERMINATED_HTTPS', protocol_port: 443 }] },
          'An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.',
        ],
      ])('refuses %s', async (_what, attributes, says) => {
        const answer = await create(attributes);
        expect(refused(answer)).toEqual([400, expect.stringContaining(says)]);
        const mine = await ask('GET', `/loadbalancers?project_id=${tenant.session.projectId}`);
        expect(at(mine, 'loadbalancers')).toEqual([]);
      });

      it('refuses two listeners on one port', async () => {
        const on80 = { protocol: 'HTTP', protocol_port: 80 };
        const answer = await create({ listeners: [on80, { ...on80, protocol: 'TCP' }] });
        const says = 'Another Listener on this Load Balancer is already using protocol HTTP and protocol_port 80';
        expect(refused(answer)).toEqual([409, says]);
      });

      it('fails like its provider where Neutron does not give the address', async () => {
        await makeOne({ vip_address: '10.72.0.70' });
        const answer = await create({ vip_address: '10.72.0.70' });
        expect(refused(answer)).toEqual([500, expect.stringContaining("Provider 'amphora' reports error: ")]);
        const stray = await neutron('GET', `/ports?network_id=${networkId}&device_owner=Octavia`);
        expect(listAt(stray, 'ports').filter((port) => addressOf(port) === '10.72.0.70')).toHaveLength(1);
      });
    });

    describe('changes', () => {
      it('come one at a time', async () => {
        const body = { json: { loadbalancer: { name: 'x' } } };
        const askAtOnce = async (): Promise<readonly [string, readonly Answer[]]> => {
          const id = text(await create({ pools: [{ ...http, name: 'a' }] }), 'loadbalancer', 'id');
          const pool = { json: { pool: { ...http, loadbalancer_id: id } } };
          const answers = await Promise.all([
            ask('PUT', `/loadbalancers/${id}`, body),
            ask('POST', '/pools', pool),
            ask('DELETE', `/loadbalancers/${id}?cascade=true`),
          ]);
          return [id, answers];
        };
        // On a machine that has other things to do, a fake one may be ready before it is asked.
        let [id, answers] = await askAtOnce();
        for (let tries = 1; tries < 10 && answers.some(({ status }) => status !== 409); tries++) {
          [id, answers] = await askAtOnce();
        }
        const pending = [409, `Invalid state PENDING_CREATE of loadbalancer resource ${id}`];
        const immutable = [409, `Load Balancer ${id} is immutable and cannot be updated.`];
        expect(answers.map(refused)).toEqual([pending, immutable, pending]);
      });

      it('of a pool are under way in its load balancer, too', async () => {
        const id = await makeOne({ pools: [{ ...http, name: 'a' }] });
        const [pool] = listAt(await ask('GET', `/pools?loadbalancer_id=${id}`), 'pools');
        const poolPath = `/pools/${String(at({ body: pool }, 'id'))}`;
        const answer = await ask('PUT', poolPath, { json: { pool: { name: '' } } });
        expect(at(answer, 'pool')).toMatchObject({ name: '', provisioning_status: 'PENDING_UPDATE' });
        expect(statusOf(await ask('GET', `/loadbalancers/${id}`))).toBe('PENDING_UPDATE');
        expect(statusOf(await still(id))).toBe('ACTIVE');
        await done(`/pools?loadbalancer_id=${id}`, 'pools');
        expect(at(await ask('GET', poolPath), 'pool')).toMatchObject({ name: '', provisioning_status: 'ACTIVE' });
      });

      it('keep what they do not name, and take no question mark', async () => {
        const id = await makeOne({ name: 'n', description: 'd', tags: ['t'] });
        const changed = { json: { loadbalancer: { tags: [], description: '' } } };
        const refusal = await ask('PUT', `/loadbalancers/${id}?cascade=true`, changed);
        expect(refused(refusal)).toEqual([400, 'Unknown argument: "cascade"']);
        expect((await ask('PUT', `/loadbalancers/${id}`, changed)).status).toBe(200);
        expect(at(await still(id), 'loadbalancer')).toMatchObject({ name: 'n', description: '', tags: [] });
      });

      it('may add parts one by one', async () => {
        const id = await makeOne();
        const pool = text(
          await ask('POST', '/pools', { json: { pool: { ...http, loadbalancer_id: id } } }),
          'pool',
          'id',
        );
        await still(id);
        const member = { address: '10.72.0.9', protocol_port: 80 };
        expect((await ask('POST', `/pools/${pool}/members`, { json: { member } })).status).toBe(201);
        await still(id);
        expect((await ask('POST', `/pools/${pool}/members`, { json: { member } })).status).toBe(409);
        await still(id);
        const listener = { protocol: 'HTTP', protocol_port: 80, loadbalancer_id: id, default_pool_id: pool };
        const answer = await ask('POST', '/listeners', { json: { listener } });
        expect(at(answer, 'listener')).toMatchObject({ default_pool_id: pool, loadbalancers: [{ id }] });
        expect(statusOf(await still(id))).toBe('ACTIVE');
      });
    });

    describe('lists', () => {
      it('hold what fits their filters', async () => {
        const mark = uniqueName('lb');
        const id = await makeOne({ description: mark, tags: [mark] });
        const ids = async (query: string): Promise<unknown[]> =>
          listAt(await ask('GET', `/loadbalancers?${query}`), 'loadbalancers').map((each) => at({ body: each }, 'id'));
        expect(await ids(`description=${mark}`)).toEqual([id]);
        expect(await ids(`tags=${mark}`)).toEqual([id]);
        expect(await ids(`vip_subnet_id=${subnetId}`)).toEqual([id]);
        expect(await ids(`description=${mark}&provider=ovn`)).toEqual([]);
        expect(await ids(`project_id=${NOWHERE}`)).toEqual([]);
      });

      it.each([
        ['loadbalancers', 'bogus=1'],
        ['healthmonitors', `loadbalancer_id=${NOWHERE}`],
        ['l7policies', `loadbalancer_id=${NOWHERE}`],
      ])('of %s know no filter %s', async (collection, query) => {
        const answer = await ask('GET', `/${collection}?${query}`);
        expect(refused(answer)).toEqual([400, 'One or more arguments are either duplicate or invalid']);
      });

      it('of parts are those of one load balancer where it is named', async () => {
        const id = await makeOne({
          pools: [{ ...http, name: 'a' }],
          listeners: [{ protocol: 'TCP', protocol_port: 1 }],
        });
        const other = await makeOne({ listeners: [{ protocol: 'TCP', protocol_port: 1 }] });
        for (const filter of ['loadbalancer_id', 'load_balancer_id']) {
          expect(listAt(await ask('GET', `/listeners?${filter}=${id}`), 'listeners')).toMatchObject([
            { loadbalancers: [{ id }] },
          ]);
          expect(listAt(await ask('GET', `/pools?${filter}=${other}`), 'pools')).toEqual([]);
        }
      });

      it('name their next page', async () => {
        const id = await makeOne({ pools: ['a', 'b', 'c'].map((each) => ({ ...http, name: each })) });
        const first = await ask('GET', `/pools?loadbalancer_id=${id}&limit=2`);
        expect(listAt(first, 'pools')).toHaveLength(2);
        const href = text(first, 'pools_links', '0', 'href');
        expect(at(first, 'pools_links', '0', 'rel')).toBe('next');
        const marker = new URL(href).searchParams.get('marker') ?? '';
        const rest = await ask('GET', `/pools?loadbalancer_id=${id}&limit=2&marker=${marker}`);
        expect(listAt(rest, 'pools')).toHaveLength(1);
        const lost = await ask('GET', `/pools?marker=${NOWHERE}`);
        expect(refused(lost)).toEqual([400, `Supplied pagination marker '${NOWHERE}' is not valid.`]);
      });
    });

    describe('the port of the address', () => {
      it('belongs to Octavia and goes with the load balancer', async () => {
        const id = await makeOne();
        const portId = text(await ask('GET', `/loadbalancers/${id}`), 'loadbalancer', 'vip_port_id');
        expect(at(await neutron('GET', `/ports/${portId}`), 'port')).toMatchObject({
          ...{ name: `octavia-lb-${id}`, device_owner: 'Octavia', device_id: `lb-${id}` },
          ...{ project_id: tenant.session.projectId, network_id: networkId },
        });
        await gone(id);
        expect((await neutron('GET', `/ports/${portId}`)).status).toBe(404);
      });
    });

    describe('removal', () => {
      it('takes a load balancer with parts only when it is told to', async () => {
        const id = await makeOne({
          pools: [{ ...http, name: 'a' }],
          listeners: [{ protocol: 'TCP', protocol_port: 1 }],
        });
        const says = `Validation failure: Cannot delete Load Balancer ${id} - it has children`;
        expect(refused(await ask('DELETE', `/loadbalancers/${id}`))).toEqual([400, says]);
        const [pool] = listAt(await ask('GET', `/pools?loadbalancer_id=${id}`), 'pools');
        expect((await ask('DELETE', `/loadbalancers/${id}?cascade=true`)).status).toBe(204);
        const again = await ask('DELETE', `/loadbalancers/${id}?cascade=true`);
        expect([404, 409]).toContain(again.status);
        await gone(id);
        expect(refused(await ask('GET', `/loadbalancers/${id}`))).toEqual([404, `Load Balancer ${id} not found.`]);
        expect((await ask('GET', `/pools/${String(at({ body: pool }, 'id'))}`)).status).toBe(404);
      });

      it('does not mind the word where one is read', async () => {
        const id = await makeOne();
        expect((await ask('GET', `/loadbalancers/${id}?cascade=true`)).status).toBe(200);
      });
    });

    it('shows states from the load balancer downwards, without pools that no listener uses', async () => {
      const id = await makeOne(whole());
      const tree = await until(
        () => ask('GET', `/loadbalancers/${id}/status`),
        ({ body }) => at({ body }, 'statuses', 'loadbalancer', 'provisioning_status') === 'ACTIVE',
      );
      const listeners = at(tree, 'statuses', 'loadbalancer', 'listeners');
      const pools = (Array.isArray(listeners) ? listeners : []).flatMap((each) => listAt({ body: each }, 'pools'));
      expect(pools).toHaveLength(2);
      expect(pools[0]).toMatchObject({
        ...{ name: 'shared', health_monitor: { type: 'HTTP' } },
        members: [{ provisioning_status: expect.any(String) }, { provisioning_status: expect.any(String) }],
      });
    });
  });
}

function listAt(answer: Pick<Answer, 'body'>, key: string): unknown[] {
  const list = at(answer, key);
  return Array.isArray(list) ? list : [];
}

const portOf = (body: unknown): number => Number(at({ body }, 'protocol_port'));
const positionOf = (body: unknown): number => Number(at({ body }, 'position'));
const addressOf = (body: unknown): unknown => at({ body }, 'fixed_ips', '0', 'ip_address');
