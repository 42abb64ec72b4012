import type { Call, Json, JsonObject } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { subnets } from './neutron-rows.ts';
import type { KindName } from './octavia-attributes.ts';
import { hangingOn, rowsOf, stamp, type Row } from './octavia-rows.ts';
import { checkedCreate, invalid, missing } from './octavia-validation.ts';

/** Where a new part hangs. */
export interface Place {
  readonly owner: string;
  readonly parent: string;
  readonly projectId: string;
}

const defaultCiphers = [
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'TLS_AES_128_GCM_SHA256',
  'ECDHE-RSA-AES256-GCM-SHA384',
].join(':');

const tlsDefaults = {
  tls_ciphers: defaultCiphers,
  tls_versions: ['TLSv1.2', 'TLSv1.3'],
  alpn_protocols: ['h2', 'http/1.1', 'http/1.0'],
};

const whereTold = (asked: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(tlsDefaults).map(([name, value]) => [name, asked[name] ?? value]));

/** Puts a part of checked attributes on its place. */
export const put = (call: Call, kind: KindName, { owner, parent, projectId }: Place, asked: JsonObject): Row => {
  const { cloud } = call;
  const row: Row = {
    ...asked,
    id: cloud.newId(),
    project_id: projectId,
    owner,
    parent,
    provisioning_status: 'PENDING_CREATE',
    operating_status:
      kind === 'member' && hangingOn(cloud, 'healthmonitor', parent).length === 0 ? 'NO_MONITOR' : 'OFFLINE',
    created_at: stamp(cloud),
    updated_at: null,
  };
  rowsOf(cloud, kind).set(row.id, row);
  return row;
};

/** Which pools a listener of each protocol may send to. */
const fitting: { readonly [listener: string]: readonly string[] } = {
  TCP: ['HTTP', 'HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  HTTP: ['HTTP', 'PROXY', 'PROXYV2'],
  HTTPS: ['HTTPS', 'PROXY', 'PROXYV2', 'TCP'],
  TERMINATED_HTTPS: ['HTTP', 'PROXY', 'PROXYV2'],
  UDP: ['UDP'],
  SCTP: ['SCTP'],
};

export const makeListener = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const { default_pool: _pool, l7policies: _policies, ...own } = given;
  const asked = checkedCreate(call, 'listener', given, where);
  const { protocol, protocol_port: port } = asked;
  const same = hangingOn(call.cloud, 'listener', place.owner).find(
    (other) => other.protocol_port === port && isDatagram(other.protocol) === isDatagram(protocol),
  );
  if (same !== undefined) {
    throw new Refusal(
      409,
      `Another Listener on this Load Balancer is already using protocol ${String(same.protocol)} and protocol_port ${String(port)}`,
    );
  }
  mustHaveCertificate(asked);
  const pool =
    typeof own.default_pool_id === 'string' ? rowsOf(call.cloud, 'pool').get(own.default_pool_id) : undefined;
  if (typeof own.default_pool_id === 'string' && pool?.owner !== place.owner)
    throw missing('Pool', own.default_pool_id);
  if (pool !== undefined && !(fitting[String(protocol)] ?? []).includes(String(pool.protocol))) {
    throw invalid(
      `The pool protocol '${String(pool.protocol)}' is invalid while the listener protocol is '${String(protocol)}'.`,
    );
  }
  return put(call, 'listener', place, {
    ...asked,
    allowed_cidrs: Array.isArray(asked.allowed_cidrs) && asked.allowed_cidrs.length === 0 ? null : asked.allowed_cidrs,
    ...(protocol === 'TERMINATED_HTTPS' ? whereTold(asked) : {}),
  });
};

const isDatagram = (protocol: Json | undefined): boolean => protocol === 'UDP';

const mustHaveCertificate = ({
  protocol,
  default_tls_container_ref: ref,
  sni_container_refs: sni,
}: JsonObject): void => {
  const has = typeof ref === 'string' || (Array.isArray(sni) && sni.length > 0);
  if (protocol === 'TERMINATED_HTTPS' && !has) {
    throw invalid(
      'An SNI or default certificate container reference must be provided for TERMINATED_HTTPS protocol listeners.',
    );
  }
  if (protocol !== 'TERMINATED_HTTPS' && has) {
    throw invalid(`Certificate container references are not allowed on ${String(protocol)} protocol listeners.`);
  }
};

export const makePool = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const asked = checkedCreate(call, 'pool', given, where);
  const { session_persistence: persistence } = asked;
  const row = put(call, 'pool', place, {
    ...asked,
    session_persistence: isObject(persistence)
      ? { type: null, cookie_name: null, persistence_timeout: null, persistence_granularity: null, ...persistence }
      : null,
    ...(asked.tls_enabled === true ? whereTold(asked) : {}),
  });
  const below = { ...place, parent: row.id };
  if (isObject(given.healthmonitor)) makeMonitor(call, below, given.healthmonitor, `${where ?? ''}.healthmonitor`);
  for (const member of objects(given.members)) makeMember(call, below, member, `${where ?? ''}.members`);
  return row;
};

export const makeMember = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const asked = checkedCreate(call, 'member', given, where);
  const { address, protocol_port: port, subnet_id: subnet } = asked;
  if (typeof subnet === 'string' && !subnets(call.cloud).has(subnet) && where === undefined) {
    throw new Refusal(400, `Subnet ${subnet} not found.`);
  }
  const isThere = hangingOn(call.cloud, 'member', place.parent).some(
    (other) => other.address === address && other.protocol_port === port,
  );
  if (isThere) {
    throw new Refusal(
      409,
      `Another member on this pool is already using ip ${String(address)} on protocol_port ${String(port)}`,
    );
  }
  return put(call, 'member', place, asked);
};

export const makeMonitor = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const asked = checkedCreate(call, 'healthmonitor', given, where);
  const [other] = hangingOn(call.cloud, 'healthmonitor', place.parent);
  if (other !== undefined) throw new Refusal(409, 'This pool already has a health monitor');
  const overHttp = asked.type === 'HTTP' || asked.type === 'HTTPS';
  if (!overHttp) {
    for (const name of ['http_method', 'url_path', 'expected_codes']) {
      if (asked[name] === null) continue;
      throw new Refusal(400, `${name} is not a valid option for health monitors of type ${String(asked.type)}`);
    }
  }
  const defaults = overHttp ? { http_method: 'GET', url_path: '/', expected_codes: '200' } : {};
  const told = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
  const row = put(call, 'healthmonitor', place, { ...asked, ...defaults, ...told });
  for (const member of hangingOn(call.cloud, 'member', place.parent)) member.operating_status = 'OFFLINE';
  return row;
};

const wants: { readonly [action: string]: string } = {
  REDIRECT_TO_URL: 'redirect_url',
  REDIRECT_TO_POOL: 'redirect_pool_id',
  REDIRECT_PREFIX: 'redirect_prefix',
};

export const makePolicy = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const { redirect_pool: _pool, rules, ...own } = given;
  const asked = checkedCreate(call, 'l7policy', { ...own, ...(rules === undefined ? {} : { rules }) }, where);
  const wanted = wants[String(asked.action)];
  if (wanted !== undefined && asked[wanted] === null) {
    throw new Refusal(400, `Invalid L7 Policy arguments: ${wanted} must not be None`);
  }
  const before = hangingOn(call.cloud, 'l7policy', place.parent);
  const position = Math.min(Number(asked.position), before.length + 1);
  for (const other of before) if (Number(other.position) >= position) other.position = Number(other.position) + 1;
  const redirects = asked.action === 'REDIRECT_TO_URL' || asked.action === 'REDIRECT_PREFIX';
  const row = put(call, 'l7policy', place, {
    ...asked,
    position,
    redirect_http_code: redirects ? (asked.redirect_http_code ?? 302) : null,
  });
  for (const rule of objects(rules)) makeRule(call, { ...place, parent: row.id }, rule, `${where ?? ''}.rules`);
  return row;
};

export const makeRule = (call: Call, place: Place, given: JsonObject, where?: string): Row => {
  const asked = checkedCreate(call, 'rule', given, where);
  if ((asked.type === 'HEADER' || asked.type === 'COOKIE') && asked.key === null) {
    throw new Refusal(400, 'L7 rule type requires a key');
  }
  return put(call, 'rule', place, asked);
};

export const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
