import { isFailure, type JsonObject } from '@osm/kernel';
import { defineResource, lost, mapped, pick, type Cloud, type Policy } from '@osm/resource';
import { askInEachProject, project, user } from '@osm/resources/identity';
import { z } from 'zod';
import { entriesAtDestination, projectsIn, usersIn } from './container-acl.ts';
import { headersOf } from './container-headers.ts';
import { containerId, containerPath, partsOf } from './container-name.ts';
import { containerRest, listContainers, readContainer } from './container-rest.ts';
import { emptyOriginal } from './empty-original.ts';
import { seal } from './seal.ts';
import { transferObjects } from './transfer-objects.ts';

const Source = z.object({
  id: z.string(),
  project_id: z.string(),
  name: z.string(),
  metadata: z.record(z.string(), z.string()),
  storage_policy: z.string().optional(),
  read_acl: z.array(z.string()).optional(),
  write_acl: z.array(z.string()).optional(),
  /** Texts; what is recorded of them are digests. */
  temp_url_key: z.json().optional(),
  temp_url_key_2: z.json().optional(),
  quota_bytes: z.number().optional(),
  quota_count: z.number().optional(),
  versions_enabled: z.boolean().optional(),
  versions_location: z.string().optional(),
  history_location: z.string().optional(),
  sync_to: z.string().optional(),
  count: z.number().optional(),
  bytes: z.number().optional(),
  /** Of the same account: those that by their name keep the segments of this one's large objects. */
  segments_in: z.array(z.string()).optional(),
});
type Container = z.infer<typeof Source>;

/** How clients name the container of a container's segments: python-swiftclient and rclone, and Swift's own S3 API. */
const segmentSuffixes = ['_segments', '+segments'];

const acls = ['read_acl', 'write_acl'] as const;

const entries = (s: Container): readonly string[] => acls.flatMap((acl) => s[acl] ?? []);

type Users = { users(id: string): string | undefined; others(id: string): string | undefined };

/** The access lists of the twin, with null for those who have no twin. */
const aclsOf = (s: Container, to: Users) =>
  Object.fromEntries(
    acls.flatMap((acl) => {
      const own = s[acl];
      if (own === undefined) return [];
      return [
        [acl, entriesAtDestination(own, { project: (id) => to.others(id), user: (id) => to.users(id) })] as const,
      ];
    }),
  );

const multitenant = ({ multitenant_mode }: Policy): boolean => multitenant_mode;

/**
 * A container with its objects. Swift lists and shows the account of the token's project; the account is part of the
 * endpoint. It is made with a bare PUT, and told what it is in later writes that change nothing when repeated.
 */
export const objectContainer = defineResource({
  type: 'object-container',
  summary: 'A Swift container: its objects, metadata, access lists, quotas and versioning.',
  dataPath: 'each object from one proxy server to the other, several at a time',
  api: {
    service: 'object-store',
    path: '',
    one: null,
    many: 'containers',
    update: 'PUT',
    locate: (id) => ({ path: containerPath(partsOf(id).name) }),
    rest: containerRest,
  },
  source: Source,
  id: ({ project_id: projectId, name }) => containerId(String(projectId), String(name)),
  filters: ['project_id', 'name', 'storage_policy'],
  secret: ['temp_url_key', 'temp_url_key_2'],
  actsInProject: true,
  readsInProject: true,
  listAll: containersOfAll,

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    others: { of: project, ids: (s) => projectsIn(entries(s)), optional: true, when: multitenant },
    users: { of: user, ids: (s) => usersIn(entries(s)), optional: true, when: multitenant },
    // They exist: the listing has shown them. A large object without its segments could not be made.
    segments: { of: 'self', ids: (s) => siblings(s, s.segments_in ?? []) },
    versions: { of: 'self', ids: (s) => siblings(s, archives(s)), optional: true },
  },

  create: (s, to) => ({ ...pick(s, 'name', 'storage_policy'), project_id: to.project ?? undefined }),
  adopt: {
    unique: (s, to) => ({
      query: { prefix: s.name },
      match: { name: s.name, ...(to.project == null ? {} : { project_id: to.project }) },
    }),
  },
  expect: (s, to) => ({
    ...aclsOf(s, to),
    ...pick(s, 'metadata', 'quota_bytes', 'quota_count', 'versions_enabled', 'versions_location', 'history_location'),
  }),
  finish: (s, to, { reused }) => {
    const told = Object.entries(aclsOf(s, to)).map(([acl, all]) => [acl, all.filter((entry) => entry !== null)]);
    const headers = headersOf({
      ...pick(s, 'metadata', 'temp_url_key', 'temp_url_key_2'),
      ...Object.fromEntries(told),
    } as JsonObject);
    if (reused || Object.keys(headers).length === 0) return [];
    return [{ method: 'POST', path: containerPath(s.name), headers, repeatable: true }];
  },
  steps: ['create', transferObjects, seal],
  empty: emptyOriginal,

  dropWhen: (_s, policy) => (policy.multitenant_mode ? {} : { project_id: mapped('the project of the credential') }),
  drop: {
    id: mapped('the twin of its project, and its name'),
    count: mapped('its objects are compared one by one'),
    bytes: mapped('its objects are compared one by one'),
    segments_in: mapped('they are migrated before it'),
    temp_url_key: mapped('the twin has been given the same; it is secret, so it is not shown here'),
    temp_url_key_2: mapped('the twin has been given the same; it is secret, so it is not shown here'),
    sync_to: lost('container sync goes between clusters of one realm, and its key belongs to it'),
  },
  volatile: ['count', 'bytes'],
});

const siblings = ({ project_id: projectId, name }: Container, names: readonly string[]): readonly string[] =>
  names.filter((other) => other !== name).map((other) => containerId(projectId, other));

/** Where older versions of its objects go. A container of such versions is one like any other. */
const archives = ({ versions_location: stack, history_location: history }: Container): readonly string[] =>
  [stack, history].flatMap((name) => (name === undefined ? [] : [decodeURIComponent(name)]));

/** Every container of every project, each with what only its own headers show. */
async function* containersOfAll(cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject> {
  if (scope === 'own-project') yield* containersIn(cloud);
  else yield* askInEachProject(cloud, (inside) => Array.fromAsync(containersIn(inside)));
}

/** What is deleted while it is looked at is as if it had never been listed. */
const unlessGone = async <T>(asked: Promise<T>): Promise<T | undefined> => {
  try {
    return await asked;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
};

async function* containersIn(cloud: Cloud): AsyncIterable<JsonObject> {
  const listed = await Array.fromAsync(listContainers(cloud));
  const names = new Set(listed.map(({ name }) => String(name)));
  for (const { id, name } of listed) {
    const segments = segmentSuffixes.map((suffix) => `${String(name)}${suffix}`).filter((other) => names.has(other));
    const shown = await unlessGone(readContainer(cloud, String(id)));
    if (shown !== undefined) yield { ...shown, segments_in: segments };
  }
}
