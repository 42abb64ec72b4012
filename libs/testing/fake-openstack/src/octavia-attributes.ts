import type { Json, Release } from './frame.ts';

/** The kinds of things that Octavia keeps, by the word of their table. */
export type KindName = 'loadbalancer' | 'listener' | 'pool' | 'member' | 'healthmonitor' | 'l7policy' | 'rule';

/** What one attribute may be, and when it may be given. */
export interface Attribute {
  readonly type: 'text' | 'flag' | 'number' | 'texts' | 'object' | 'objects';
  readonly default?: Json;
  /** Must be given to make one. */
  readonly required?: true;
  /** May be changed later. */
  readonly update?: true;
  readonly among?: readonly (string | number)[];
  readonly max?: number;
  readonly min?: number;
  /** Only Epoxy has it. */
  readonly since?: 'epoxy';
  /** Taken in requests and never shown as such. */
  readonly hidden?: true;
}

export type Attributes = { readonly [name: string]: Attribute };

const text: Attribute = { type: 'text', default: '', max: 255, update: true };
const maybe: Attribute = { type: 'text', default: null };
const maybeNow: Attribute = { ...maybe, update: true };
const flag: Attribute = { type: 'flag', default: true, update: true };
const off: Attribute = { ...flag, default: false };
const tags: Attribute = { type: 'texts', default: [], update: true };
const count = (value: number | null, min = 0): Attribute => ({ type: 'number', default: value, update: true, min });
const port: Attribute = { type: 'number', required: true, min: 1, max: 65_535 };
const list: Attribute = { type: 'texts', default: null, update: true };
const nested: Attribute = { type: 'objects', default: [], hidden: true };
const common = { name: text, description: text, admin_state_up: flag, tags };

const listenerProtocols = ['TCP', 'HTTP', 'HTTPS', 'TERMINATED_HTTPS', 'PROXY', 'UDP', 'SCTP', 'PROMETHEUS'];
const poolProtocols = ['TCP', 'HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'UDP', 'SCTP'];
const algorithms = ['ROUND_ROBIN', 'LEAST_CONNECTIONS', 'SOURCE_IP', 'SOURCE_IP_PORT'];
const monitors = ['HTTP', 'HTTPS', 'PING', 'TCP', 'TLS-HELLO', 'UDP-CONNECT', 'SCTP'];
const actions = ['REJECT', 'REDIRECT_TO_URL', 'REDIRECT_TO_POOL', 'REDIRECT_PREFIX'];
const ruleTypes = [
  ...['HOST_NAME', 'PATH', 'FILE_TYPE', 'HEADER', 'COOKIE'],
  ...['SSL_CONN_HAS_CERT', 'SSL_VERIFY_RESULT', 'SSL_DN_FIELD'],
];
const compareTypes = ['REGEX', 'STARTS_WITH', 'ENDS_WITH', 'CONTAINS', 'EQUAL_TO'];

const tls = { tls_ciphers: maybeNow, tls_versions: list, alpn_protocols: list };

/** The attributes of each kind in requests. */
export const attributesOf: { readonly [kind in KindName]: Attributes } = {
  loadbalancer: {
    ...common,
    project_id: maybe,
    vip_address: maybe,
    vip_port_id: maybe,
    vip_subnet_id: maybe,
    vip_network_id: maybe,
    vip_qos_policy_id: maybeNow,
    vip_sg_ids: { ...tags, since: 'epoxy' },
    additional_vips: { type: 'objects', default: [] },
    provider: maybe,
    flavor_id: maybe,
    availability_zone: maybe,
    listeners: nested,
    pools: nested,
  },
  listener: {
    ...common,
    protocol: { type: 'text', required: true, among: listenerProtocols },
    protocol_port: port,
    connection_limit: count(-1, -1),
    default_tls_container_ref: maybeNow,
    sni_container_refs: tags,
    default_pool_id: maybeNow,
    default_pool: { type: 'object', hidden: true },
    l7policies: nested,
    insert_headers: { type: 'object', default: {}, update: true },
    timeout_client_data: count(50_000),
    timeout_member_connect: count(5000),
    timeout_member_data: count(50_000),
    timeout_tcp_inspect: count(0),
    client_ca_tls_container_ref: maybeNow,
    client_authentication: { type: 'text', default: 'NONE', update: true, among: ['NONE', 'OPTIONAL', 'MANDATORY'] },
    client_crl_container_ref: maybeNow,
    allowed_cidrs: list,
    ...tls,
    hsts_max_age: { ...count(null), since: 'epoxy' },
    hsts_include_subdomains: { ...off, since: 'epoxy' },
    hsts_preload: { ...off, since: 'epoxy' },
  },
  pool: {
    ...common,
    protocol: { type: 'text', required: true, among: poolProtocols },
    lb_algorithm: { type: 'text', required: true, among: algorithms, update: true },
    session_persistence: { type: 'object', default: null, update: true },
    tls_container_ref: maybeNow,
    ca_tls_container_ref: maybeNow,
    crl_container_ref: maybeNow,
    tls_enabled: off,
    ...tls,
    healthmonitor: { type: 'object', hidden: true },
    members: nested,
  },
  member: {
    name: text,
    admin_state_up: flag,
    tags,
    address: { type: 'text', required: true },
    protocol_port: port,
    weight: { ...count(1), max: 256 },
    backup: off,
    subnet_id: maybe,
    monitor_address: maybeNow,
    monitor_port: { type: 'number', default: null, update: true, min: 1, max: 65_535 },
    request_sriov: { type: 'flag', default: false, since: 'epoxy', hidden: true },
  },
  healthmonitor: {
    name: text,
    admin_state_up: flag,
    tags,
    type: { type: 'text', required: true, among: monitors },
    delay: { type: 'number', required: true, update: true, min: 0 },
    timeout: { type: 'number', required: true, update: true, min: 0 },
    max_retries: { type: 'number', required: true, update: true, min: 1, max: 10 },
    max_retries_down: { ...count(3, 1), max: 10 },
    http_method: maybeNow,
    url_path: maybeNow,
    expected_codes: maybeNow,
    http_version: { type: 'number', default: null, update: true, among: [1, 1.1] },
    domain_name: maybeNow,
  },
  l7policy: {
    ...common,
    action: { type: 'text', required: true, update: true, among: actions },
    position: { type: 'number', default: 2_147_483_647, update: true, min: 1, max: 2_147_483_647 },
    redirect_pool_id: maybeNow,
    redirect_pool: { type: 'object', hidden: true },
    redirect_url: maybeNow,
    redirect_prefix: maybeNow,
    redirect_http_code: { type: 'number', default: null, update: true, among: [301, 302, 303, 307, 308] },
    rules: nested,
  },
  rule: {
    admin_state_up: flag,
    tags,
    type: { type: 'text', required: true, update: true, among: ruleTypes },
    compare_type: { type: 'text', required: true, update: true, among: compareTypes },
    key: maybeNow,
    value: { type: 'text', required: true, update: true, max: 255 },
    invert: off,
  },
};

/** Those that a cloud of this release knows. */
export const ofRelease = (attributes: Attributes, release: Release): Attributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, { since }]) => since === undefined || since === release));
