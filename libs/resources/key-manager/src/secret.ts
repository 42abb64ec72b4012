import { Failure } from '@osm/kernel';
import { defineResource, impossible, lost, madeByTheCloud, mapped, pick, type Policy } from '@osm/resource';
import { project, user } from '@osm/resources/identity';
import { z } from 'zod';
import { Acl, expectedAcl, readersOf, sameAcl, setAcl } from './acl.ts';
import { acceptable, contentType, fillSecret } from './fill-secret.ts';
import { idOfHref } from './href.ts';
import { enrichIn, listEverywhere, wholePages, type Collection } from './in-their-projects.ts';

const Source = z.object({
  id: z.string(),
  project_id: z.string().nullable(),
  name: z.string().nullable(),
  secret_type: z.string(),
  algorithm: z.string().nullable(),
  bit_length: z.number().nullable(),
  mode: z.string().nullable(),
  expiration: z.string().nullable(),
  content_types: z.record(z.string(), z.string()).nullish(),
  creator_id: z.string().nullish(),
  acl: Acl.nullable(),
  metadata: z.record(z.string(), z.string()).nullable(),
});
type Secret = z.infer<typeof Source>;

const collection: Collection = { key: 'secrets', href: 'secret_ref', hanging: ['metadata'] };

/** What is told only where it is something: Barbican refuses null. */
const optional = ['algorithm', 'bit_length', 'mode', 'expiration'] as const;

const body = (s: Secret) => ({
  ...pick(s, 'name', 'secret_type'),
  ...pick(s, ...optional.filter((name) => s[name] !== null)),
});

/**
 * A Barbican secret. It is made in two writes, since its request has no field for a marker: first without its payload, so
 * that what a lost answer leaves behind is worth nothing and can be known, then `fill` puts the payload. Barbican lists
 * and shows to members of the token's project only: secrets of disabled projects, and expired ones, it shows to nobody.
 */
export const secret = defineResource({
  type: 'secret',
  summary: 'A password, key or certificate that Barbican keeps; its payload is in no record.',
  api: { service: 'key-manager', path: '/secrets', one: null, many: 'secrets', update: 'PUT' },
  source: Source,
  id: ({ id, secret_ref }) => (typeof id === 'string' ? id : idOfHref(secret_ref)),
  filters: ['project_id', 'name', 'secret_type'],
  actsInProject: true,
  readsInProject: true,
  listAll: listEverywhere(collection),
  enrich: enrichIn(collection),

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
    users: { of: user, ids: readersOf, optional: true, when: ({ multitenant_mode }: Policy) => multitenant_mode },
  },

  create: (s) => {
    if (s.acl === null) throw unreadable(s);
    if (isPast(s.expiration)) throw expired(s);
    return body(s);
  },
  adopt: {
    traces: (s) => ({
      query: wholePages,
      matches: (candidate) =>
        contentType(candidate) === undefined &&
        ['name', 'secret_type', ...optional].every((name) => (candidate[name] ?? null) === Reflect.get(s, name)),
    }),
  },
  steps: ['create', fillSecret],

  expect: (s, to) => ({ project_id: to.project ?? undefined, acl: expectedAcl(s, to), metadata: s.metadata }),
  same: { acl: sameAcl },
  finish: (s, to, twin) => [
    ...(s.metadata === null || twin.reused || Object.keys(s.metadata).length === 0
      ? []
      : [{ method: 'PUT' as const, path: `/secrets/${twin.id}/metadata`, body: { metadata: s.metadata } }]),
    ...setAcl('secrets', s, to, twin),
  ],

  dropWhen: (s, policy) => {
    const type = contentType({ content_types: s.content_types ?? null });
    const owner = policy.multitenant_mode ? {} : { project_id: mapped('the project of the credential') };
    if (type === undefined || type === acceptable(type)) return owner;
    return {
      ...owner,
      content_types: lost(`its bytes are carried as ${acceptable(type)}: Barbican takes ${type} in no second write`),
    };
  },
  drop: {
    id: madeByTheCloud.id,
    status: madeByTheCloud.status,
    created: madeByTheCloud.created_at,
    updated: madeByTheCloud.updated_at,
    secret_ref: impossible('the address of the secret in its own cloud'),
    creator_id: impossible('Barbican takes it from the token; a private secret lets its true creator in by its ACL'),
    consumers: mapped('what uses the twin registers itself with it'),
  },
  volatile: ['updated'],
});

/** Barbican writes times without a zone: they are UTC. */
const isPast = (expiration: string | null): boolean =>
  expiration !== null &&
  Date.parse(/(Z|[+-]\d\d:?\d\d)$/.test(expiration) ? expiration : `${expiration}Z`) <= Date.now();

const expired = (s: Secret): Failure =>
  new Failure(
    'expired-secret',
    `cannot migrate secret ${s.id} (${String(s.name)}): it expired at ${String(s.expiration)}, and Barbican neither shows nor makes one that has expired`,
    { remedy: 'Leave it out; whoever still needs it makes a new one at the destination.' },
  );

const unreadable = (s: Secret): Failure =>
  new Failure(
    'private-secret',
    `cannot migrate secret ${s.id} (${String(s.name)}): its creator keeps it private, and the credential may not read it`,
    {
      remedy: 'Use the credential of its creator or of an administrator, or have the creator put the user on its ACL.',
    },
  );
