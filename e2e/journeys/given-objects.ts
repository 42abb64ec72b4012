import { createHash, randomBytes } from 'node:crypto';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import { inMemory, type Cloud, type Request } from '@osm/resource';
import { openClouds, type Clouds } from '@osm/testing/harness';
import { listed, signInTo } from '@osm/testing/tenant';

const service = 'object-store';
const password = 'e2e-Secret-1';

type Headers = { readonly [name: string]: string };

/** What a client must find again, whichever cloud it asks. */
export interface ObjectPicture {
  readonly name: string;
  readonly sha256: string;
  readonly headers: Headers;
}

/** Two clouds, and in the first of them a project whose containers have everything. */
export interface GivenObjects {
  readonly clouds: Clouds;
  readonly domainId: string;
  /** Where the containers are. */
  readonly projectId: string;
  /** Whom one of them lets in. */
  readonly guestId: string;
  readonly userId: string;
  readonly tempUrlKey: string;
  /** Asks the source as the containers' owner. */
  readonly owner: Cloud;
  /** The migrating user lets itself into a project for as long as the test looks. */
  inside(cloud: Cloud, projectId: string): Promise<Cloud>;
  end(): Promise<void>;
}

/** Opens the clouds and fills the source. */
export const givenObjects = async (): Promise<GivenObjects> => {
  const clouds = await openClouds();
  const { admin } = clouds.source;
  const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
  const sessions = signInTo(clouds.source.name, clouds.source.config);
  const end = async (): Promise<void> => {
    sessions.close();
    const ends = [clouds.source.admin, clouds.destination.admin];
    if (clouds.kind === 'real') for (const cloud of ends) await removeAll(cloud, `${prefix}acme`);
    await clouds.close();
  };
  try {
    const make = (key: string, one: string, body: JsonObject) => makeIdentity(admin, key, one, body);
    const domainId = await make('domains', 'domain', { name: `${prefix}acme` });
    const projectId = await make('projects', 'project', { name: 'web', domain_id: domainId });
    const guestId = await make('projects', 'project', { name: 'guest', domain_id: domainId });
    const userId = await make('users', 'user', { name: 'alice', domain_id: domainId, password });
    await assign(admin, projectId, userId, 'member');
    const owner = sessions.signIn({ name: 'alice', password, domainId, projectId });
    const tempUrlKey = randomBytes(12).toString('hex');
    await fill(owner, { guestId, userId, tempUrlKey });
    return { clouds, domainId, projectId, guestId, userId, tempUrlKey, owner, inside, end };
  } catch (error) {
    await end();
    throw error;
  }
};

const makeIdentity = async (cloud: Cloud, key: string, one: string, body: JsonObject): Promise<string> => {
  const answer = await cloud.send('identity', { method: 'POST', path: `/${key}`, body: { [one]: body } });
  const made = isJsonObject(answer.body) ? answer.body[one] : undefined;
  return String(isJsonObject(made) ? made['id'] : undefined);
};

const assign = async (cloud: Cloud, projectId: string, userId: string, name: string): Promise<void> => {
  const [role] = await listed(cloud, 'identity', { path: '/roles', key: 'roles', query: { name } });
  const path = `/projects/${projectId}/users/${userId}/roles/${String(role?.['id'])}`;
  await cloud.send('identity', { method: 'PUT', path });
};

const inside = async (cloud: Cloud, projectId: string): Promise<Cloud> => {
  await assign(cloud, projectId, (await cloud.whoAmI()).userId, 'admin');
  return cloud.inProject(projectId);
};

const send = (cloud: Cloud, method: Request['method'], path: string, more: Partial<Request> = {}) =>
  cloud.send(service, { method, path, ...more });

const at = (container: string, name: string): string => `/${container}/${encodeURIComponent(name)}`;

/** Puts an object there. */
export const putObject = (
  cloud: Cloud,
  container: string,
  name: string,
  body: Buffer | string,
  headers: Headers = {},
) => send(cloud, 'PUT', at(container, name), { body, headers });

interface Names {
  readonly guestId: string;
  readonly userId: string;
  readonly tempUrlKey: string;
}

const fill = async (cloud: Cloud, { guestId, userId, tempUrlKey }: Names): Promise<void> => {
  await send(cloud, 'PUT', '/media_segments');
  await send(cloud, 'PUT', '/media', {
    headers: {
      'x-container-meta-colour': Buffer.from('grün').toString('latin1'),
      'x-container-meta-temp-url-key': tempUrlKey,
      'x-container-meta-quota-bytes': '10000000',
      'x-container-read': `.r:*,.rlistings,${guestId}:${userId}`,
      'x-container-write': `${guestId}:*`,
    },
  });
  await send(cloud, 'PUT', '/kept', { headers: { 'x-versions-enabled': 'true' } });
  for (const body of ['first', 'second']) await putObject(cloud, 'kept', 'note', body);
  const meta = {
    'content-type': 'image/x-osm',
    'content-encoding': 'gzip',
    'content-disposition': 'attachment',
    'x-object-meta-author': Buffer.from('Ünal').toString('latin1'),
  };
  const later = String(Math.floor(Date.now() / 1000) + 86_400);
  await putObject(cloud, 'media', 'plain.bin', randomBytes(100_000), meta);
  await putObject(cloud, 'media', 'empty', '', meta);
  await putObject(cloud, 'media', 'snow ☃/a ? # %.txt', 'odd');
  await putObject(cloud, 'media', 'a/../b', 'climbing');
  await putObject(cloud, 'media', 'expiring', 'until tomorrow', { 'x-delete-at': later });
  for (let n = 0; n < 40; n++) await putObject(cloud, 'media', `many/${n}`, randomBytes(1000 + n));
  for (const part of ['1', '2', '3']) {
    await putObject(cloud, 'media_segments', `film/${part}`, randomBytes(200_000));
    await putObject(cloud, 'media', `parts/${part}`, randomBytes(1000));
  }
  const segments = ['1', '2', '3'].map((part) => ({ path: `/media_segments/film/${part}` }));
  const query = { 'multipart-manifest': 'put' };
  const headers = { 'content-type': 'video/mp4' };
  await send(cloud, 'PUT', '/media/film', { query, headers, body: JSON.stringify(segments) });
  await putObject(cloud, 'media', 'joined', '', { 'x-object-manifest': 'media/parts/' });
};

const shownHeaders = [
  ...['content-type', 'content-encoding', 'content-disposition', 'x-delete-at', 'x-object-meta-author'],
  ...['x-static-large-object', 'x-object-manifest', 'content-length'],
];

/** Every object of a container, with what a client gets for it. */
export const objectsIn = async (cloud: Cloud, container: string): Promise<readonly ObjectPicture[]> => {
  const pictures: ObjectPicture[] = [];
  const options = { key: 'objects', query: { format: 'json' } };
  for await (const item of cloud.list(service, `/${container}`, options)) {
    const name = String(item['name']);
    const reader = await cloud.download(service, { method: 'GET', path: at(container, name) });
    const headers = Object.entries(reader.headers).filter(([header]) => shownHeaders.includes(header));
    const sha256 = createHash('sha256')
      .update(await inMemory(reader))
      .digest('hex');
    pictures.push({ name, sha256, headers: Object.fromEntries(headers.sort(([a], [b]) => (a < b ? -1 : 1))) });
  }
  return pictures;
};

/** What a container's own headers say that has a meaning elsewhere. */
export const containerAt = async (cloud: Cloud, container: string): Promise<Headers> => {
  const { headers } = await send(cloud, 'GET', `/${container}`, { query: { limit: '1' } });
  const own = Object.entries(headers).filter(
    ([name]) => name.startsWith('x-container-') || name.startsWith('x-versions-') || name === 'x-storage-policy',
  );
  return Object.fromEntries(own.sort(([a], [b]) => (a < b ? -1 : 1)));
};

/** Names of the containers of an account. */
export const containersOf = async (cloud: Cloud): Promise<readonly string[]> => {
  const items = cloud.list(service, '', { key: 'containers', query: { format: 'json' } });
  return (await Array.fromAsync(items)).map(({ name }) => String(name));
};

const removeAll = async (cloud: Cloud, name: string): Promise<void> => {
  for (const { id } of await listed(cloud, 'identity', { path: '/domains', key: 'domains', query: { name } })) {
    const query = { domain_id: String(id) };
    for (const project of await listed(cloud, 'identity', { path: '/projects', key: 'projects', query })) {
      await emptyAccount(await inside(cloud, String(project['id'])));
    }
    await cloud.send('identity', {
      method: 'PATCH',
      path: `/domains/${String(id)}`,
      body: { domain: { enabled: false } },
    });
    await cloud.send('identity', { method: 'DELETE', path: `/domains/${String(id)}` });
  }
};

const emptyAccount = async (cloud: Cloud): Promise<void> => {
  for (const name of await containersOf(cloud)) {
    const query = { format: 'json', versions: '' };
    for (const item of await Array.fromAsync(cloud.list(service, `/${name}`, { key: 'objects', query }))) {
      const { version_id: version } = item;
      const which = typeof version === 'string' ? { query: { 'version-id': version } } : {};
      await send(cloud, 'DELETE', at(name, String(item['name'])), { ...which, accept: [404] });
    }
    await send(cloud, 'DELETE', `/${name}`, { accept: [404] });
  }
};
