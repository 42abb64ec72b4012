import { canonicalJson, Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { defineResource, impossible, madeByTheCloud, mapped, pick, type Policy, type Step } from '@osm/resource';
import { project, user } from '@osm/resources/identity';
import { z } from 'zod';
import { Acl, expectedAcl, readersOf, sameAcl, setAcl } from './acl.ts';
import { hrefOf, idOfHref, keyManagerRoot } from './href.ts';
import { enrichIn, listEverywhere, wholePages, type Collection } from './in-their-projects.ts';
import { secret } from './secret.ts';

const SecretRef = z.object({ name: z.string().nullish(), secret_ref: z.string() });

const Source = z.object({
  id: z.string(),
  project_id: z.string().nullable(),
  name: z.string().nullable(),
  type: z.string(),
  secret_refs: z.array(SecretRef),
  creator_id: z.string().nullish(),
  acl: Acl.nullable(),
});
type Container = z.infer<typeof Source>;

const collection: Collection = { key: 'containers', href: 'container_ref', hanging: [] };

const hasRefs = ({ secret_refs: refs }: JsonObject): boolean => Array.isArray(refs) && refs.length > 0;

/** Secrets are named by their full URL, which begins as the destination's Barbican says. */
const locate: Step = {
  name: 'locate',
  when: hasRefs,
  run: async ({ destination, signal }) => ({ root: await keyManagerRoot(destination, signal) }),
};

const refs = (s: Container, to: { secrets(id: string): string }, root: string) =>
  s.secret_refs.map((one) => ({
    ...pick(one, 'name'),
    secret_ref: hrefOf(root, 'secret', to.secrets(idOfHref(one.secret_ref))),
  }));

/** The same secrets under the same names, wherever their cloud has its address. */
const sameRefs = (expected: unknown, actual: unknown): boolean => asSet(expected) === asSet(actual);

const asSet = (list: unknown): string =>
  canonicalJson(
    Array.isArray(list)
      ? list
          .map((one) => canonicalJson(isJsonObject(one) ? { ...one, secret_ref: idOfHref(one['secret_ref']) } : one))
          .sort()
      : (list ?? null),
  );

/** A Barbican container: secrets that belong together, such as a certificate with its key. */
export const secretContainer = defineResource({
  type: 'secret-container',
  summary: 'Secrets that belong together: a certificate with its key, a pair of keys, or any others.',
  api: { service: 'key-manager', path: '/containers', one: null, many: 'containers', update: 'PUT' },
  source: Source,
  id: ({ id, container_ref }) => (typeof id === 'string' ? id : idOfHref(container_ref)),
  filters: ['project_id', 'name', 'type'],
  actsInProject: true,
  readsInProject: true,
  listAll: listEverywhere(collection),
  enrich: enrichIn(collection),

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    secrets: { of: secret, ids: (s) => s.secret_refs.map(({ secret_ref }) => idOfHref(secret_ref)) },
    users: { of: user, ids: readersOf, optional: true, when: ({ multitenant_mode }: Policy) => multitenant_mode },
  },

  create: (s, to, { outputs }) => {
    if (s.acl === null) throw unreadable(s);
    return { ...pick(s, 'name', 'type'), secret_refs: refs(s, to, String(outputs['locate']?.['root'] ?? '')) };
  },
  adopt: {
    traces: (s, to) => ({
      query: wholePages,
      matches: (candidate) =>
        (candidate['name'] ?? null) === s.name &&
        candidate['type'] === s.type &&
        sameRefs(candidate['secret_refs'], refs(s, to, '')),
    }),
  },
  steps: [locate, 'create'],

  expect: (s, to) => ({ project_id: to.project ?? undefined, acl: expectedAcl(s, to) }),
  same: { secret_refs: sameRefs, acl: sameAcl },
  finish: (s, to, twin) => setAcl('containers', s, to, twin),

  dropWhen: (_s, policy) => (policy.multitenant_mode ? {} : { project_id: mapped('the project of the credential') }),
  drop: {
    id: madeByTheCloud.id,
    status: madeByTheCloud.status,
    created: madeByTheCloud.created_at,
    updated: madeByTheCloud.updated_at,
    container_ref: impossible('the address of the container in its own cloud'),
    creator_id: impossible('Barbican takes it from the token; a private container lets its true creator in by its ACL'),
    consumers: mapped('what uses the twin registers itself with it'),
  },
  volatile: ['updated'],
});

const unreadable = (s: Container): Failure =>
  new Failure(
    'private-container',
    `cannot migrate container ${s.id} (${String(s.name)}): its creator keeps it private, and the credential may not read it`,
    {
      remedy: 'Use the credential of its creator or of an administrator, or have the creator put the user on its ACL.',
    },
  );
