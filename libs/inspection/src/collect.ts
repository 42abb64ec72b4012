import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { until, type Cloud, type Patience, type Request, type ServiceName } from '@osm/resource';
import { markIn, markInMetadata } from './marks.ts';
import type { Sighting } from './sighting.ts';

/** What can be taken away, in the order in which it must go: nothing goes before what was made of it. */
export const collectable = ['share-access-rule', 'port', 'loan', 'image', 'volume', 'snapshot', 'tag'] as const;

/** Whether this is something that `collect` takes away. */
export const isCollectable = ({ kind }: Pick<Sighting, 'kind'>): boolean => collectable.some((one) => one === kind);

/** By the order in which things must go. */
export const byOrderOfRemoval = (a: Pick<Sighting, 'kind'>, b: Pick<Sighting, 'kind'>): number => place(a) - place(b);

const place = ({ kind }: Pick<Sighting, 'kind'>): number => collectable.findIndex((one) => one === kind);

/**
 * Takes something temporary of ours away and waits until it is gone. Looks first whether it still carries its mark: what
 * lost it is not ours any more. False: it was gone, or no longer ours. Raises `not-removed`, and what the cloud refuses.
 */
export const collect = async (cloud: Cloud, sighting: Sighting, patience: Patience): Promise<boolean> => {
  const way = wayOf(sighting);
  const { signal } = patience;
  if (!(await way.isThere(cloud, signal))) return false;
  await way.remove(cloud, signal);
  await until(
    async () => ((await way.isThere(cloud, signal)) ? undefined : true),
    patience,
    () =>
      new Failure('not-removed', `${sighting.kind} ${sighting.id} of ${sighting.cloud} is still there`, {
        remedy:
          'Something may still use it, or its service be slow. Look at it there, then run orphans --remove again.',
      }),
  );
  return true;
};

interface Way {
  /** Whether it is there and ours. */
  isThere(cloud: Cloud, signal: AbortSignal): Promise<boolean>;
  remove(cloud: Cloud, signal: AbortSignal): Promise<void>;
}

const wayOf = (sighting: Sighting): Way => {
  const { id, within = '', mark } = sighting;
  switch (sighting.kind) {
    case 'image':
      return plain('image', `/images/${id}`, (body) => body, mark);
    case 'volume':
      return plain('block-storage', `/volumes/${id}`, inside('volume'), mark);
    case 'snapshot':
      return plain('block-storage', `/snapshots/${id}`, inside('snapshot'), mark);
    case 'port':
      return untiedPort(id, mark);
    case 'share-access-rule':
      return accessRule(within, id, mark);
    case 'loan':
      return loan(id);
    case 'tag':
      return tag(within, id);
    default:
      throw new TypeError(`a ${sighting.kind} is not taken away`);
  }
};

const read = async (
  cloud: Cloud,
  service: ServiceName,
  request: Partial<Request> & { path: string },
  signal: AbortSignal,
) => {
  const { status, body } = await cloud.send(service, { method: 'GET', ...request, accept: [404] }, signal);
  return status === 404 ? undefined : body;
};

const gone = async (cloud: Cloud, service: ServiceName, path: string, signal: AbortSignal): Promise<void> => {
  await cloud.send(service, { method: 'DELETE', path, accept: [404] }, signal);
};

const inside =
  (name: string) =>
  (body: unknown): unknown =>
    isJsonObject(body) ? body[name] : undefined;

const plain = (service: ServiceName, path: string, unwrap: (body: unknown) => unknown, mark: string): Way => ({
  isThere: async (cloud, signal) => {
    const item = unwrap(await read(cloud, service, { path }, signal));
    return isJsonObject(item) && (markIn(item['name']) === mark || markInMetadata(item) === mark);
  },
  remove: (cloud, signal) => gone(cloud, service, path, signal),
});

const untiedPort = (id: string, mark: string): Way => ({
  isThere: async (cloud, signal) => {
    const item = inside('port')(await read(cloud, 'network', { path: `/ports/${id}` }, signal));
    return isJsonObject(item) && item['description'] === mark && (item['device_id'] ?? '') === '';
  },
  remove: (cloud, signal) => gone(cloud, 'network', `/ports/${id}`, signal),
});

const accessRule = (shareId: string, id: string, mark: string): Way => ({
  isThere: async (cloud, signal) => {
    const request = { path: '/share-access-rules', query: { share_id: shareId }, microversion: '2.45' };
    const body = await read(cloud, 'shared-file-system', request, signal);
    const rules = isJsonObject(body) && Array.isArray(body['access_list']) ? body['access_list'] : [];
    return rules.filter(isJsonObject).some((rule) => rule['id'] === id && markInMetadata(rule) === mark);
  },
  remove: async (cloud, signal) => {
    const body = { deny_access: { access_id: id } };
    const request = { method: 'POST', path: `/shares/${shareId}/action`, body, microversion: '2.45' } as const;
    await cloud.send('shared-file-system', { ...request, accept: [404], repeatable: true }, signal);
  },
});

/** The container of a loan has one object, of its own name. */
const loan = (name: string): Way => ({
  isThere: async (cloud, signal) => {
    const request = { path: '', query: { prefix: name, format: 'json', limit: '100' } };
    const body = await read(cloud, 'object-store', request, signal);
    return Array.isArray(body) && body.some((item) => isJsonObject(item) && item['name'] === name);
  },
  remove: async (cloud, signal) => {
    await gone(cloud, 'object-store', `/${name}/${name}`, signal);
    await gone(cloud, 'object-store', `/${name}`, signal);
  },
});

/** What a tag stands for is given back before the tag goes, unless another tag of its kind is beside it. */
const tag = (projectId: string, name: string): Way => {
  const tagsOf = async (cloud: Cloud, signal: AbortSignal): Promise<readonly string[]> => {
    const project = inside('project')(await read(cloud, 'identity', { path: `/projects/${projectId}` }, signal));
    return isJsonObject(project) && Array.isArray(project['tags']) ? project['tags'].map(String) : [];
  };
  return {
    isThere: async (cloud, signal) => (await tagsOf(cloud, signal)).includes(name),
    remove: async (cloud, signal) => {
      const kind = name.slice('osm-'.length + 23);
      const shared = (await tagsOf(cloud, signal)).some((other) => other !== name && other.endsWith(kind));
      if (!shared) await giveBack(cloud, projectId, kind, signal);
      await gone(cloud, 'identity', `/projects/${projectId}/tags/${name}`, signal);
    },
  };
};

/** A role that was lent, or a project that was enabled for a while. */
const giveBack = async (cloud: Cloud, projectId: string, kind: string, signal: AbortSignal): Promise<void> => {
  const roleId = /^-lent-(.+)$/.exec(kind)?.[1];
  if (roleId !== undefined) {
    const { userId } = await cloud.whoAmI();
    await gone(cloud, 'identity', `/projects/${projectId}/users/${userId}/roles/${roleId}`, signal);
  } else if (kind === '-open') {
    const body: JsonObject = { project: { enabled: false } };
    await cloud.send('identity', { method: 'PATCH', path: `/projects/${projectId}`, body }, signal);
  }
};
