import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, Query } from '@osm/resource';
import { type Clouds } from '@osm/testing/harness';
import { listed, make, signInTo } from '@osm/testing/tenant';
import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Everything of one journey begins with this. */
export const prefix = `e2e-${randomBytes(3).toString('hex')}-`;

const password = 'e2e-Secret-1';

/** A project with the networks behind its load balancers. */
interface Site {
  readonly projectId: string;
  readonly network: string;
  readonly front: string;
  readonly back: string;
}

const makeSite = async (admin: Cloud, name: string): Promise<Site> => {
  const project = await make(admin, 'identity', '/projects', 'project', {
    name: `${prefix}${name}`,
    domain_id: 'default',
  });
  const owned = { project_id: project.id };
  const network = await make(admin, 'network', '/networks', 'network', { ...owned, name: `${prefix}${name}` });
  const subnet = (cidr: string) => ({ ...owned, network_id: network.id, ip_version: 4, cidr, name: cidr });
  const front = await make(admin, 'network', '/subnets', 'subnet', subnet('10.44.1.0/24'));
  const back = await make(admin, 'network', '/subnets', 'subnet', subnet('10.44.2.0/24'));
  return { projectId: project.id, network: network.id, front: front.id, back: back.id };
};

/** A user who may do in the project what Octavia and Barbican want roles for. */
const makeOwner = async (admin: Cloud, projectId: string): Promise<void> => {
  const user = { name: `${prefix}alice`, domain_id: 'default', password };
  const { id } = await make(admin, 'identity', '/users', 'user', user);
  await grant(admin, projectId, id, ['member', 'creator', 'load-balancer_member']);
};

const grant = async (admin: Cloud, projectId: string, userId: string, names: readonly string[]): Promise<void> => {
  for (const role of await listed(admin, 'identity', { path: '/roles', key: 'roles' })) {
    if (!names.includes(String(role['name']))) continue;
    const path = `/projects/${projectId}/users/${userId}/roles/${String(role['id'])}`;
    await admin.send('identity', { method: 'PUT', path });
  }
};

/** A real Octavia looks into certificates. */
const selfSigned = async (): Promise<{ readonly certificate: string; readonly key: string }> => {
  const asked = '-x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=shop.example -keyout - -out -';
  const { stdout } = await promisify(execFile)('openssl', ['req', ...asked.split(' ')]);
  const at = stdout.indexOf('-----BEGIN CERTIFICATE-----');
  return { key: stdout.slice(0, at), certificate: stdout.slice(at) };
};

/** A certificate with its key. */
const makeContainer = async (owner: Cloud): Promise<string> => {
  const secret = async (name: string, secret_type: string, payload: string): Promise<JsonObject> => {
    const body = { name, secret_type, payload, payload_content_type: 'text/plain' };
    const answer = await owner.send('key-manager', { method: 'POST', path: '/secrets', body });
    return { name, secret_ref: isJsonObject(answer.body) ? (answer.body['secret_ref'] ?? null) : null };
  };
  const { certificate, key } = await selfSigned();
  const secret_refs = [
    await secret('certificate', 'certificate', certificate),
    await secret('private_key', 'private', key),
  ];
  const body = { type: 'certificate', name: 'shop', secret_refs };
  const answer = await owner.send('key-manager', { method: 'POST', path: '/containers', body });
  return String(isJsonObject(answer.body) ? answer.body['container_ref'] : undefined);
};

const pool = { protocol: 'HTTP', lb_algorithm: 'ROUND_ROBIN' } as const;

const https = (container: string): JsonObject => ({
  ...{ name: 'https', protocol: 'TERMINATED_HTTPS', protocol_port: 443, default_pool: { name: 'later-nameless' } },
  ...{ default_tls_container_ref: container, tls_versions: ['TLSv1.2', 'TLSv1.3'], alpn_protocols: ['http/1.1'] },
});

/** Everything that a load balancer may have: pools that share a name, one without, and one that nobody uses. */
const shop = ({ projectId, network, front, back }: Site, container: string): JsonObject => ({
  ...{
    project_id: projectId,
    name: `${prefix}shop`,
    description: 'front door',
    admin_state_up: true,
    provider: 'amphora',
  },
  ...{ vip_network_id: network, vip_subnet_id: front, vip_address: '10.44.1.40', tags: ['prod', 'blue'] },
  pools: [
    {
      ...{ ...pool, name: 'shared', description: 'for two listeners', tags: ['p'] },
      session_persistence: { type: 'APP_COOKIE', cookie_name: 'sid' },
      healthmonitor: {
        ...{ name: 'hm', type: 'HTTP', delay: 7, timeout: 4, max_retries: 2, max_retries_down: 4, http_method: 'HEAD' },
        ...{ url_path: '/health', expected_codes: '200,204', http_version: 1.1, domain_name: 'shop.example' },
      },
      members: [
        { name: 'm0', address: '10.44.2.50', protocol_port: 8080, weight: 0, subnet_id: back, tags: ['m'] },
        { name: 'm1', address: '10.44.2.51', protocol_port: 8080, backup: true, subnet_id: back, monitor_port: 9090 },
        { address: '10.44.2.52', protocol_port: 8080, admin_state_up: false },
      ],
    },
    {
      ...{ ...pool, name: 'api', lb_algorithm: 'LEAST_CONNECTIONS', admin_state_up: false },
      members: [{ address: '10.44.1.70', protocol_port: 80, weight: 7, subnet_id: front }],
    },
    {
      name: 'unused',
      protocol: 'TCP',
      lb_algorithm: 'SOURCE_IP',
      healthmonitor: { type: 'PING', delay: 9, timeout: 3, max_retries: 1 },
    },
    { ...pool, name: 'later-nameless', description: 'has no name' },
    { ...pool, name: 'later-api', description: 'has the name of another' },
  ],
  listeners: [
    {
      ...{
        name: 'http',
        protocol: 'HTTP',
        protocol_port: 80,
        connection_limit: 2000,
        default_pool: { name: 'shared' },
      },
      ...{ insert_headers: { 'X-Forwarded-For': 'true' }, allowed_cidrs: ['10.0.0.0/8'], timeout_client_data: 12_345 },
      l7policies: [
        {
          ...{ name: 'to-api', action: 'REDIRECT_TO_POOL', redirect_pool: { name: 'api' }, position: 1 },
          rules: [
            { type: 'PATH', compare_type: 'STARTS_WITH', value: '/api' },
            { type: 'HEADER', compare_type: 'EQUAL_TO', key: 'X-Old', value: 'yes', invert: true, tags: ['r'] },
          ],
        },
        {
          ...{ action: 'REDIRECT_TO_URL', redirect_url: 'https://new.example/', redirect_http_code: 308, position: 2 },
          rules: [{ type: 'HOST_NAME', compare_type: 'REGEX', value: '^old\\..*$', admin_state_up: false }],
        },
        { action: 'REJECT', position: 3, admin_state_up: false, description: 'nobody', tags: ['l7'] },
      ],
    },
    { protocol: 'HTTP', protocol_port: 8080, default_pool: { name: 'shared' }, admin_state_up: false },
    https(container),
    { protocol: 'TCP', protocol_port: 2222 },
  ],
});

/** Waits until a load balancer is ACTIVE; fails when it is not to be. */
export const still = async (cloud: Cloud, id: string): Promise<void> => {
  const deadline = Date.now() + 180_000;
  for (let wait = 20; ; wait = Math.min(wait * 1.5, 1000)) {
    const { body } = await cloud.send('load-balancer', { method: 'GET', path: `/lbaas/loadbalancers/${id}` });
    const shown = isJsonObject(body) && isJsonObject(body['loadbalancer']) ? body['loadbalancer'] : {};
    if (isActive(shown)) return;
    if (shown['provisioning_status'] === 'ERROR' || Date.now() > deadline) throw new Error(JSON.stringify(shown));
    await pause(wait);
  }
};

const isActive = ({ provisioning_status: status }: JsonObject): boolean => status === 'ACTIVE';

/** What a journey begins with. */
export interface Given {
  readonly mine: Site;
  readonly theirs: Site;
  readonly shopId: string;
  readonly othersId: string;
}

/** A project with a whole load balancer, and somebody else's. */
export const seedLoadBalancers = async (clouds: Clouds): Promise<Given> => {
  const { admin, name, config } = clouds.source;
  const mine = await makeSite(admin, 'mine');
  const theirs = await makeSite(admin, 'theirs');
  await makeOwner(admin, mine.projectId);
  const users = signInTo(name, config);
  try {
    const owner = users.signIn({ name: `${prefix}alice`, password, domainId: 'default', projectId: mine.projectId });
    const path = '/lbaas/loadbalancers';
    const container = await makeContainer(owner);
    const { id: shopId } = await make(owner, 'load-balancer', path, 'loadbalancer', shop(mine, container));
    const others = {
      ...{ project_id: theirs.projectId, name: `${prefix}others`, vip_subnet_id: theirs.front, tags: ['theirs'] },
      pools: [{ ...pool, name: 'api', members: [{ address: '10.44.2.9', protocol_port: 80, subnet_id: theirs.back }] }],
      listeners: [{ protocol: 'HTTP', protocol_port: 80, default_pool: { name: 'api' } }],
    };
    const { id: othersId } = await make(admin, 'load-balancer', path, 'loadbalancer', others);
    await still(admin, shopId);
    await still(admin, othersId);
    // No request for a whole one can make these: a pool without name, and one that has another's.
    for (const found of await poolsOf(admin, shopId)) {
      const renamed = { 'later-nameless': '', 'later-api': 'api' }[String(found['name'])];
      if (renamed === undefined) continue;
      const body = { pool: { name: renamed } };
      await admin.send('load-balancer', { method: 'PUT', path: `/lbaas/pools/${String(found['id'])}`, body });
      await still(admin, shopId);
    }
    return { mine, theirs, shopId, othersId };
  } finally {
    users.close();
  }
};

export const lbaas = (cloud: Cloud, path: string, key: string, query: Query = {}): Promise<readonly JsonObject[]> =>
  listed(cloud, 'load-balancer', { path: `/lbaas${path}`, key, query });

const poolsOf = (cloud: Cloud, id: string) => lbaas(cloud, '/pools', 'pools', { loadbalancer_id: id });

/** Takes away everything of the journey, on one cloud. */
export const removeLoadBalancers = async (admin: Cloud): Promise<void> => {
  const projects = (await listed(admin, 'identity', { path: '/projects', key: 'projects' })).filter(({ name }) =>
    String(name).startsWith(prefix),
  );
  const ids = projects.map(({ id }) => String(id));
  for (const project_id of ids) await removeBalancersOf(admin, project_id);
  for (const project_id of ids) {
    await removeKeys(admin, project_id);
    const query = { project_id };
    for (const { id } of await listed(admin, 'network', { path: '/networks', key: 'networks', query })) {
      await admin.send('network', { method: 'DELETE', path: `/networks/${String(id)}`, accept: [404] });
    }
    for (const { id } of await listed(admin, 'network', { path: '/security-groups', key: 'security_groups', query })) {
      await admin.send('network', { method: 'DELETE', path: `/security-groups/${String(id)}`, accept: [404, 409] });
    }
    await admin.send('identity', { method: 'DELETE', path: `/projects/${project_id}`, accept: [404] });
  }
  for (const { id, name } of await listed(admin, 'identity', { path: '/users', key: 'users' })) {
    if (!String(name).startsWith(prefix)) continue;
    await admin.send('identity', { method: 'DELETE', path: `/users/${String(id)}`, accept: [404] });
  }
};

const removeBalancersOf = async (admin: Cloud, project_id: string): Promise<void> => {
  const left = () => lbaas(admin, '/loadbalancers', 'loadbalancers', { project_id });
  const deadline = Date.now() + 180_000;
  for (let balancers = await left(); balancers.length > 0; balancers = await left()) {
    if (Date.now() > deadline) throw new Error(`the load balancers of project ${project_id} are still there`);
    for (const { id, provisioning_status: status } of balancers) {
      if (String(status).startsWith('PENDING')) continue;
      const path = `/lbaas/loadbalancers/${String(id)}`;
      await admin.send('load-balancer', { method: 'DELETE', path, query: { cascade: 'true' }, accept: [404] });
    }
    await pause(200);
  }
};

/** Barbican lets nobody but the project's own remove anything. */
const removeKeys = async (admin: Cloud, projectId: string): Promise<void> => {
  const { userId } = await admin.whoAmI();
  await grant(admin, projectId, userId, ['admin', 'member', 'creator']);
  const own = admin.inProject(projectId);
  for (const [key, href] of [
    ['containers', 'container_ref'],
    ['secrets', 'secret_ref'],
  ] as const) {
    for (const item of await listed(own, 'key-manager', { path: `/${key}`, key })) {
      const path = `/${key}/${String(item[href]).split('/').at(-1) ?? ''}`;
      await own.send('key-manager', { method: 'DELETE', path, accept: [404] });
    }
  }
};
