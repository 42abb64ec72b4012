import { Failure, isFailure, type JsonObject } from '@osm/kernel';
import type { Cloud, Query, Request, Rest } from '@osm/resource';
import { attributesOf, headersOf } from './container-headers.ts';
import { containerId, containerPath, partsOf } from './container-name.ts';

const service = 'object-store';

/** The cloud with a token of the project whose account is meant: the account stands in the endpoint, not in our paths. */
export const inAccount = async (cloud: Cloud, projectId: string): Promise<Cloud> =>
  projectId === '' || (await cloud.whoAmI()).projectId === projectId ? cloud : cloud.inProject(projectId);

/** A container with all that its headers show. GET and not HEAD, whose refusals tell no reason. */
export const readContainer = async (cloud: Cloud, id: string, signal?: AbortSignal): Promise<JsonObject> => {
  const { projectId, name } = partsOf(id);
  const query = { limit: '1', format: 'json' };
  const inside = await inAccount(cloud, projectId);
  const { headers } = await inside.send(service, { method: 'GET', path: containerPath(name), query }, signal);
  return { id, project_id: projectId, name, ...attributesOf(headers) };
};

/** The containers of the token's own account, as the list shows them. */
export async function* listContainers(
  cloud: Cloud,
  query: Query = {},
  signal?: AbortSignal,
): AsyncIterable<JsonObject> {
  const { projectId = '' } = await cloud.whoAmI();
  const options = { key: 'containers', query: { ...query, format: 'json' } };
  for await (const item of cloud.list(service, '', options, signal)) {
    const owner = typeof item['project_id'] === 'string' ? item['project_id'] : projectId;
    yield { ...item, id: containerId(owner, String(item['name'])), project_id: owner };
  }
}

const isCreate = ({ method, path }: Request): boolean => method === 'PUT' && /^\/[^/?]+$/.test(path);

/**
 * Makes a container with nothing but its name and storage policy, which cannot be given later. Swift answers 202 where
 * there was one of the name; a bare PUT changes nothing of that one. It is not sent twice: the second answer would call
 * what the first one has made somebody else's.
 */
const createContainer = async (cloud: Cloud, body: JsonObject, signal?: AbortSignal): Promise<JsonObject> => {
  const { name, project_id: owner, storage_policy: policy } = body;
  const path = containerPath(String(name));
  const put = (headers: { readonly [name: string]: string }) =>
    cloud.send(service, { method: 'PUT', path, headers, repeatable: false }, signal);
  const { status } = await put(headersOf(policy === undefined ? {} : { storage_policy: policy })).catch(
    (error: unknown) => {
      // The destination has no policy of that name: its own default it is, and the comparison tells.
      if (policy !== undefined && isFailure(error) && error.code === 'bad-request') return put({});
      throw error;
    },
  );
  if (status === 202) throw exists(cloud, String(name));
  const projectId = typeof owner === 'string' ? owner : ((await cloud.whoAmI()).projectId ?? '');
  return { id: containerId(projectId, String(name)), project_id: projectId, name: String(name) };
};

const exists = ({ name: cloud }: Cloud, name: string): Failure =>
  new Failure('conflict', `cannot make container ${name}: ${cloud} has one of that name already`, {
    remedy: 'Look whose it is. It is taken for the twin when the step is tried again.',
  });

/** How containers are spoken of: Swift has no bodies for them. */
export const containerRest: Rest = {
  read: readContainer,
  list: listContainers,
  create: createContainer,
  remove: async (cloud, id, signal) => {
    const { projectId, name } = partsOf(id);
    const inside = await inAccount(cloud, projectId);
    await inside.send(service, { method: 'DELETE', path: containerPath(name), accept: [404] }, signal);
  },
  creates: isCreate,
};
