import { isJsonObject, type JsonObject } from '@osm/kernel';
import { inMemory, type Cloud } from '@osm/resource';
import { openFakeClouds, type Clouds } from '@osm/testing/harness';
import { inner, listed, make, makeImage, signInTo } from '@osm/testing/tenant';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { Aviary } from './canaries.ts';
import { act, microversion, until } from './given-servers.ts';

/** Two clouds, and in the first of them a project that is full of secrets. */
export interface GivenSecrets {
  readonly clouds: Clouds;
  readonly domainId: string;
  readonly serverId: string;
  /** What the text payloads of the source are, by name. */
  readonly payloads: { readonly [name: string]: string };
  /** What they are at the destination, as its administrator reads them. */
  arrivedPayloads(): Promise<{ readonly [name: string]: string }>;
  /** What is still lent, or marked as ours, in the projects of both clouds. */
  marksLeft(): Promise<readonly string[]>;
  /** A third name in clouds.yaml: the source again, with an application credential. */
  readonly byApplication: string;
  end(): Promise<void>;
}

/** Opens the clouds and puts a canary into every field of the source that may hold a secret. */
export const givenSecrets = async (aviary: Aviary): Promise<GivenSecrets> => {
  const { secret, word } = aviary;
  const clouds = await openFakeClouds({ latencyMs: 2, adminPassword: secret('password in clouds.yaml') });
  const { admin, name, config } = clouds.source;
  const sessions = signInTo(name, config);
  const end = async (): Promise<void> => {
    sessions.close();
    await clouds.close();
  };
  try {
    const password = secret('password of a user');
    const of = (path: string, one: string, body: object) => make(admin, 'identity', path, one, body);
    const { id: domainId } = await of('/domains', 'domain', { name: 'acme' });
    const { id: projectId } = await of('/projects', 'project', { name: 'web', domain_id: domainId });
    const { id: userId } = await of('/users', 'user', { name: 'alice', domain_id: domainId, password });
    for (const role of ['member', 'creator']) {
      const [found] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: role } });
      const path = `/projects/${projectId}/users/${userId}/roles/${String(found?.['id'])}`;
      await admin.send('identity', { method: 'PUT', path });
    }
    const ec2 = JSON.stringify({ access: 'alice-access', secret: secret('EC2 credential') });
    const owned = { user_id: userId, project_id: projectId };
    await of('/credentials', 'credential', { type: 'ec2', blob: ec2, ...owned });
    await of('/credentials', 'credential', { type: 'totp', blob: word('TOTP credential'), ...owned });
    const alice = sessions.signIn({ name: 'alice', password, domainId, projectId });
    const payloads = await keySecrets(alice, aviary);
    await keyObjects(alice, aviary);
    const serverId = await bootServer(admin, alice, aviary);
    const byApplication = await addApplication(clouds, aviary);
    const arrivedPayloads = () => textPayloads(clouds.destination.admin, 'web');
    const marksLeft = async (): Promise<readonly string[]> => {
      const ends = [clouds.source.admin, clouds.destination.admin];
      const projects = await Promise.all(
        ends.map((cloud) => listed(cloud, 'identity', { path: '/projects', key: 'projects', query: { name: 'web' } })),
      );
      const tags = projects.flat().flatMap((one) => (Array.isArray(one['tags']) ? one['tags'].map(String) : []));
      return tags.filter((tag) => tag.startsWith('osm-'));
    };
    return { clouds, domainId, serverId, payloads, arrivedPayloads, marksLeft, byApplication, end };
  } catch (error) {
    await end();
    throw error;
  }
};

/** Barbican: every kind of payload. */
const keySecrets = async (alice: Cloud, { secret, keep }: Aviary): Promise<GivenSecrets['payloads']> => {
  const put = (body: JsonObject) => alice.send('key-manager', { method: 'POST', path: '/secrets', body });
  const text = (payload: string) => ({ payload, payload_content_type: 'text/plain' });
  const binary = (bytes: Buffer | string) => ({
    payload: Buffer.from(bytes).toString('base64'),
    payload_content_type: 'application/octet-stream',
    payload_content_encoding: 'base64',
  });
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  keep('private key of a load balancer', privateKey.split('\n')[5] ?? '');
  const payloads = { phrase: secret('passphrase'), words: secret('text payload') };
  await put({ name: 'words', ...text(payloads.words) });
  await put({ name: 'bytes', ...binary(secret('binary payload')) });
  await put({ name: 'phrase', secret_type: 'passphrase', ...text(payloads.phrase) });
  const rsa = { secret_type: 'private', algorithm: 'rsa', bit_length: 2048 };
  const key = await put({ name: 'key', ...rsa, ...binary(privateKey) });
  const refs = [{ name: 'key', secret_ref: String(isJsonObject(key.body) ? key.body['secret_ref'] : '') }];
  const tls = { type: 'generic', name: 'tls', secret_refs: refs };
  await alice.send('key-manager', { method: 'POST', path: '/containers', body: tls });
  return payloads;
};

/** The payloads of a project that are text, by the names of their secrets; its administrator lets itself in. */
const textPayloads = async (admin: Cloud, name: string): Promise<GivenSecrets['payloads']> => {
  const [project] = await listed(admin, 'identity', { path: '/projects', key: 'projects', query: { name } });
  const [role] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'admin' } });
  const { userId } = await admin.whoAmI();
  const projectId = String(project?.['id']);
  const path = `/projects/${projectId}/users/${userId}/roles/${String(role?.['id'])}`;
  await admin.send('identity', { method: 'PUT', path });
  const inside = admin.inProject(projectId);
  const payloads: { [name: string]: string } = {};
  for (const found of await listed(inside, 'key-manager', { path: '/secrets', key: 'secrets' })) {
    const types = isJsonObject(found['content_types']) ? found['content_types'] : {};
    if (types['default'] !== 'text/plain') continue;
    const at = `/secrets/${String(found['secret_ref']).split('/').at(-1) ?? ''}/payload`;
    const request = { method: 'GET', path: at, headers: { Accept: 'text/plain' } } as const;
    payloads[String(found['name'])] = (await inMemory(await inside.download('key-manager', request))).toString();
  }
  return payloads;
};

/** Swift: keys of temporary URLs, of a container and of the account, and data. */
const keyObjects = async (alice: Cloud, { word, secret }: Aviary): Promise<void> => {
  const headers = {
    'x-container-meta-temp-url-key': word('temporary URL key of a container'),
    'x-container-meta-temp-url-key-2': word('second temporary URL key of a container'),
  };
  await alice.send('object-store', { method: 'PUT', path: '/media', headers });
  const account = { 'x-account-meta-temp-url-key': word('temporary URL key of an account') };
  await alice.send('object-store', { method: 'POST', path: '/', headers: account });
  const body = secret('data of an object');
  await alice.send('object-store', { method: 'PUT', path: '/media/letter', body });
};

/** Nova and Glance: user data, and data of an image. */
const bootServer = async (admin: Cloud, alice: Cloud, { secret }: Aviary): Promise<string> => {
  const imageId = await makeImage(alice, 'base', Buffer.from(secret('data of an image').padEnd(4096)));
  const sizes = { name: 'tiny', ram: 64, vcpus: 1, disk: 1 };
  const { id: flavorRef } = await make(admin, 'compute', '/flavors', 'flavor', sizes);
  const { id: network_id } = await make(alice, 'network', '/networks', 'network', { name: 'net' });
  const cidr = { name: 'net', network_id, ip_version: 4, cidr: '10.9.0.0/24' };
  await make(alice, 'network', '/subnets', 'subnet', cidr);
  const user_data = Buffer.from(`#cloud-config\npassword: ${secret('user data')}\n`).toString('base64');
  const server = { name: 'shop', flavorRef, imageRef: imageId, networks: [{ uuid: network_id }], user_data };
  const answer = await alice.send('compute', { method: 'POST', path: '/servers', body: { server }, microversion });
  const id = String(inner(answer.body, 'server')['id']);
  const shows = async (status: string): Promise<boolean> => {
    const { body } = await alice.send('compute', { method: 'GET', path: `/servers/${id}`, microversion });
    return inner(body, 'server')['status'] === status;
  };
  await until(() => shows('ACTIVE'));
  await act(alice, id, { 'os-stop': null });
  await until(() => shows('SHUTOFF'));
  return id;
};

const addApplication = async (clouds: Clouds, { word }: Aviary): Promise<string> => {
  const { admin, name, fake } = clouds.source;
  const { userId } = await admin.whoAmI();
  const secret = word('secret of an application credential in clouds.yaml');
  const path = `/users/${userId}/application_credentials`;
  const { id } = await make(admin, 'identity', path, 'application_credential', { name: 'by-application', secret });
  const file: unknown = parse(readFileSync(clouds.cloudsYaml, 'utf8'));
  if (!isJsonObject(file) || !isJsonObject(file['clouds'])) throw new TypeError('clouds.yaml has no clouds');
  const entry = {
    auth_type: 'v3applicationcredential',
    auth: { auth_url: fake?.authUrl ?? '', application_credential_id: id, application_credential_secret: secret },
    region_name: 'RegionOne',
  };
  const byApplication = `${name}-app`;
  writeFileSync(clouds.cloudsYaml, stringify({ clouds: { ...file['clouds'], [byApplication]: entry } }));
  chmodSync(clouds.cloudsYaml, 0o600);
  return byApplication;
};
