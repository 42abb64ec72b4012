import { traceOf, type JsonObject } from '@osm/kernel';
import type { Fixture } from '@osm/testing/resource-contract';
import { shapeOf } from './same-graph.ts';

const owner = '09c113a01b73406e8d87255aa3851369';
const network = 'dcf7828b-ca9e-4ce7-8f8a-5f26b0054aaf';
const subnet = '6b9eeeca-e0eb-4d8f-8752-dcfa8e7f2a14';
const subnet6 = 'b7d7ac8c-3b6e-4b24-8f1f-47a6bd6ad0f5';
const far = '37afe3f8-3a0f-449b-9624-340f60c0176e';
const container = '2f84cfd2-486b-4d0d-8f9b-96bea5b66ba9';
const sniContainer = 'ad7dfdf0-14a4-4d87-9f0c-e3b5ba5a5a01';
const ca = '0d3a6f1e-9d28-4f5c-a0f7-5a6a5b1c2d3e';
const group = '3e3c085d-a5ff-41b2-9ddf-4941cf8632e4';

const minimal = {
  id: '4de9d016-2505-4ca4-b58e-d541281292c1',
  name: '',
  description: '',
  provisioning_status: 'ACTIVE',
  operating_status: 'OFFLINE',
  admin_state_up: true,
  project_id: owner,
  created_at: '2026-11-23T01:18:21',
  updated_at: '2026-11-23T01:18:45',
  vip_address: '10.10.1.31',
  vip_port_id: '672aad87-34d1-4627-a36a-f9db2d1c46b3',
  vip_subnet_id: subnet,
  vip_network_id: network,
  additional_vips: [],
  listeners: [],
  pools: [],
  provider: 'amphora',
  flavor_id: null,
  vip_qos_policy_id: null,
  tags: [],
  availability_zone: null,
  tenant_id: owner,
};

/** What Octavia gives each part itself. */
const standard = {
  project_id: owner,
  tenant_id: owner,
  provisioning_status: 'ACTIVE',
  operating_status: 'OFFLINE',
  created_at: '2026-11-23T01:18:37',
  updated_at: '2026-11-23T01:18:40',
};

const noTls = { tls_ciphers: null, tls_versions: null, alpn_protocols: null };
const lb = '91aab51c-3a6e-4252-9755-d6c477ad8511';
const httpId = 'ecd2dc8d-5ac9-4991-a4da-5ac855d6ec1d';
const httpsId = 'd0f2a619-2ee1-4bd8-81d4-8e658b2ffacf';
const sharedId = '45466a93-94d8-4156-96db-bba7640635a3';
const twinNameId = '9ad0bf7b-9486-4653-990a-5824216300b6';
const namelessId = '3d8e6ce5-dd22-4091-a20a-fec7225becb8';

const rule = {
  ...{ type: 'HEADER', compare_type: 'EQUAL_TO', key: 'X-Api', value: 'v2', invert: true },
  ...{ admin_state_up: true, tags: ['r'] },
};
const toPool = {
  ...{ name: 'to-api', description: '', admin_state_up: true, action: 'REDIRECT_TO_POOL', position: 1, tags: [] },
  ...{ redirect_url: null, redirect_prefix: null, redirect_http_code: null },
};
const reject = {
  ...{ name: '', description: 'nobody', admin_state_up: false, action: 'REJECT', position: 2, tags: [] },
  ...{ redirect_url: null, redirect_prefix: null, redirect_http_code: null },
};

const http = {
  ...{ name: 'http', description: '', admin_state_up: true, protocol: 'HTTP', protocol_port: 80, tags: ['l'] },
  ...{ connection_limit: 2000, default_tls_container_ref: null, sni_container_refs: [] },
  ...{ insert_headers: { 'X-Forwarded-For': 'true' }, timeout_client_data: 50000, timeout_member_connect: 5000 },
  ...{ timeout_member_data: 50000, timeout_tcp_inspect: 0, client_ca_tls_container_ref: null },
  ...{ client_authentication: 'NONE', client_crl_container_ref: null, allowed_cidrs: ['10.0.0.0/8'], ...noTls },
  ...{ hsts_max_age: null, hsts_include_subdomains: false, hsts_preload: false },
};

const https = {
  ...http,
  ...{ name: '', protocol: 'TERMINATED_HTTPS', protocol_port: 443, tags: [], connection_limit: -1 },
  ...{ insert_headers: {}, allowed_cidrs: null, client_authentication: 'MANDATORY' },
  ...{ tls_ciphers: 'TLS_AES_256_GCM_SHA384', tls_versions: ['TLSv1.2', 'TLSv1.3'], alpn_protocols: ['h2'] },
  ...{ hsts_max_age: 3600, hsts_include_subdomains: true, hsts_preload: false },
  default_tls_container_ref: `http://keys.source/v1/containers/${container}`,
  sni_container_refs: [`http://keys.source/v1/containers/${sniContainer}`],
  client_ca_tls_container_ref: `http://keys.source/v1/secrets/${ca}`,
};

const monitor = {
  ...{ name: 'hm', type: 'HTTP', delay: 5, timeout: 3, max_retries: 2, max_retries_down: 4, http_method: 'GET' },
  ...{ url_path: '/health', expected_codes: '200,201', admin_state_up: false, tags: ['h'], http_version: 1.1 },
  domain_name: 'a.example',
};

const member = {
  ...{ name: 'm0', admin_state_up: true, address: '10.10.1.50', protocol_port: 8080, weight: 0, backup: true },
  ...{ monitor_address: '10.10.1.60', monitor_port: 8081, tags: ['m'], vnic_type: 'normal' },
};
const direct = {
  ...{ name: '', admin_state_up: false, address: '10.10.1.51', protocol_port: 8080, weight: 1, backup: false },
  ...{ monitor_address: null, monitor_port: null, tags: [], vnic_type: 'direct' },
};

const pool = {
  ...{ name: 'api', description: '', admin_state_up: true, protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN', tags: [] },
  ...{ tls_container_ref: null, ca_tls_container_ref: null, crl_container_ref: null, tls_enabled: false, ...noTls },
};
const persistence = { type: 'APP_COOKIE', cookie_name: 'sid' };

const full = {
  ...minimal,
  ...{ id: lb, name: 'shop-lb', description: 'front door', admin_state_up: false, provider: 'ovn', tags: ['prod'] },
  ...{ vip_address: '10.10.1.30', flavor_id: '7ebf6569-236f-4f19-abb3-2b5e9648af13', availability_zone: 'az-1' },
  vip_port_id: '23b9e7a3-0d6e-4a91-bd49-fbe6f40df9e0',
  vip_sg_ids: [group],
  vip_vnic_type: 'normal',
  vip_qos_policy_id: 'c0a8ee5f-3df1-4f0f-9b3a-9a0c0d8c6a10',
  additional_vips: [{ subnet_id: subnet6, ip_address: 'fd10:1::30' }],
  listeners: [
    {
      ...standard,
      ...http,
      id: httpId,
      loadbalancers: [{ id: lb }],
      default_pool_id: sharedId,
      l7policies: [
        {
          ...{ ...standard, ...toPool, id: '5fc82672-3684-42b4-86a8-be52bef16086', listener_id: httpId },
          redirect_pool_id: twinNameId,
          rules: [{ ...standard, ...rule, id: 'ce2d6cf8-1322-44b8-b1d1-820476fcef85' }],
        },
        {
          ...{ ...standard, ...reject, id: 'fedb436d-9387-43d7-8991-ff9bf7fb133b', listener_id: httpId },
          redirect_pool_id: null,
          rules: [],
        },
      ],
    },
    {
      ...{ ...standard, ...https, id: httpsId, loadbalancers: [{ id: lb }], default_pool_id: sharedId },
      l7policies: [],
    },
  ],
  pools: [
    {
      ...{ ...standard, ...pool, id: sharedId, description: 'for both', loadbalancers: [{ id: lb }] },
      session_persistence: { ...persistence, persistence_timeout: null, persistence_granularity: null },
      listeners: [{ id: httpId }, { id: httpsId }],
      healthmonitor_id: '5cf95db6-3a7f-4cca-9e19-03b3c8604cc8',
      healthmonitor: {
        ...{ ...standard, ...monitor, id: '5cf95db6-3a7f-4cca-9e19-03b3c8604cc8', pools: [{ id: sharedId }] },
      },
      members: [
        { ...standard, ...member, id: '3f148f65-5e7d-40c8-a2e3-718bd7d4cea1', subnet_id: far },
        { ...standard, ...direct, id: 'a41a4da3-4f92-4dc8-b98e-a44e631e05bf', subnet_id: null },
      ],
      used_by: [
        { protocol: 'HTTP', protocol_port: 80 },
        { protocol: 'TERMINATED_HTTPS', protocol_port: 443 },
      ],
    },
    {
      ...{ ...standard, ...pool, id: twinNameId, session_persistence: null, loadbalancers: [{ id: lb }] },
      ...{ listeners: [{ id: httpId }], healthmonitor: null, members: [] },
      used_by: [{ protocol: 'HTTP', protocol_port: 80, position: 1 }],
    },
    {
      ...{ ...standard, ...pool, name: '', id: namelessId, session_persistence: null, loadbalancers: [{ id: lb }] },
      ...{ listeners: [], healthmonitor: null, members: [], used_by: [] },
    },
  ],
};

/** Null says that nothing was set; so does what is left out. */
const told = (part: object): object => Object.fromEntries(Object.entries(part).filter(([, value]) => value !== null));

const { hsts_include_subdomains: _subdomains, hsts_preload: _preload, ...httpTold } = http;
const { vnic_type: _normal, ...memberTold } = member;
const { vnic_type: _direct, ...directTold } = direct;

const keys = 'http://keys.destination/v1';
const twinOfContainer = `${keys}/containers/twin-of-secret-container-${container}`;
const twinOfSni = `${keys}/containers/twin-of-secret-container-${sniContainer}`;
const twinOfCa = `${keys}/secrets/twin-of-secret-${ca}`;
const httpsTwin = {
  ...https,
  default_tls_container_ref: twinOfContainer,
  sni_container_refs: [twinOfSni],
  client_ca_tls_container_ref: twinOfCa,
};

const body = {
  project_id: `twin-of-project-${owner}`,
  ...{ name: 'shop-lb', description: 'front door', admin_state_up: false, vip_address: '10.10.1.30', provider: 'ovn' },
  tags: ['prod', traceOf({ type: 'load-balancer', id: lb })],
  vip_network_id: `twin-of-network-${network}`,
  vip_subnet_id: `twin-of-subnet-${subnet}`,
  vip_sg_ids: [`twin-of-security-group-${group}`],
  additional_vips: [{ subnet_id: `twin-of-subnet-${subnet6}`, ip_address: 'fd10:1::30' }],
  pools: [
    {
      ...told({ ...pool, name: 'pool-1', description: 'for both', session_persistence: persistence }),
      healthmonitor: monitor,
      members: [
        { ...memberTold, subnet_id: `twin-of-subnet-${far}` },
        { ...told(directTold), request_sriov: true },
      ],
    },
    { ...told({ ...pool, name: 'pool-2' }), members: [] },
    { ...told({ ...pool, name: 'pool-3' }), members: [] },
  ],
  listeners: [
    {
      ...told(httpTold),
      default_pool: { name: 'pool-1' },
      l7policies: [
        { ...told(toPool), redirect_pool: { name: 'pool-2' }, rules: [rule] },
        { ...told(reject), rules: [] },
      ],
    },
    { ...told(httpsTwin), default_pool: { name: 'pool-1' }, l7policies: [] },
  ],
};

const [, secondPool] = full.pools;

/** What the twin shows where it is not what the source shows. */
const expectedGraph = {
  listeners: full.listeners.map((one) => (one.id === httpsId ? { ...one, ...httpsTwin } : one)),
  pools: full.pools.map((one) => ({
    ...one,
    members: one.members.map((each) =>
      each.subnet_id === null ? each : { ...each, subnet_id: `twin-of-subnet-${far}` },
    ),
  })),
};

/** What only the source can know is expected of nobody. */
const expected: JsonObject = {
  tags: ['prod'],
  listeners: shapeOf(expectedGraph.listeners) as JsonObject[],
  pools: shapeOf(expectedGraph.pools) as JsonObject[],
};

const changed = (status: string, part: object = {}) => ({ ...minimal, provisioning_status: status, ...part });

/** A load balancer as Epoxy shows it, with all its parts as `enrich` adds them. */
export const loadBalancerFixture: Fixture = {
  minimal,
  full,
  outputs: { survey: { providers: ['amphora', 'octavia', 'ovn'], keys } },
  needs: [
    { name: 'project', type: 'project', id: owner },
    { name: 'vip_network', type: 'network', id: network },
    { name: 'vip_subnet', type: 'subnet', id: subnet },
    { name: 'vip_security_groups', type: 'security-group', id: group },
    { name: 'additional_subnets', type: 'subnet', id: subnet6 },
    { name: 'member_subnets', type: 'subnet', id: far },
    { name: 'containers', type: 'secret-container', id: container },
    { name: 'containers', type: 'secret-container', id: sniContainer },
    { name: 'secrets', type: 'secret', id: ca },
  ],
  body,
  omitted: { provider: 'the default provider is asked for where the destination has none of that name' },
  expect: expected,
  twin: {
    ...full,
    ...body,
    ...expectedGraph,
    tags: ['prod'],
    id: `twin-of-load-balancer-${lb}`,
    tenant_id: `twin-of-project-${owner}`,
    flavor_id: null,
    availability_zone: null,
    vip_qos_policy_id: null,
    vip_port_id: '6cc045a8-943a-4cda-ba96-c6bcaff74c70',
    created_at: '2026-11-23T02:18:21',
    updated_at: '2026-11-23T02:18:45',
  },
  policyBodies: [
    { policy: { preserve_load_balancer_availability_zone: true }, body: { ...body, availability_zone: 'az-1' } },
  ],
  trace: { ...minimal, id: 'made', tags: ['prod', traceOf({ type: 'load-balancer', id: lb })] },
  traps: [
    { ...minimal, id: 'finished-twin', name: 'shop-lb', vip_address: '10.10.1.30', tags: ['prod'] },
    { ...minimal, id: 'twin-of-another', tags: ['osm-of-another'] },
  ],
  ready: [
    { body: changed('ACTIVE'), expected: 'ready' },
    { body: changed('PENDING_CREATE'), expected: 'pending' },
    { body: changed('ERROR'), expected: { failed: 'it is in ERROR' } },
    {
      body: changed('PENDING_UPDATE', { pools: [{ ...secondPool, provisioning_status: 'ERROR' }] }),
      expected: 'pending',
    },
    {
      body: changed('ACTIVE', { pools: [{ ...secondPool, provisioning_status: 'PENDING_UPDATE' }] }),
      expected: 'ready',
    },
    {
      body: changed('ACTIVE', {
        pools: [{ ...secondPool, members: [{ ...standard, ...member, id: 'm', provisioning_status: 'ERROR' }] }],
      }),
      expected: { failed: 'member 10.10.1.50:8080 (m) is in ERROR' },
    },
  ],
};
