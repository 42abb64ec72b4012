import { createHash } from 'node:crypto';
import { Failure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { defineResource, identity, madeByTheCloud, mapped, pick, type Cloud } from '@osm/resource';
import { z } from 'zod';
import { project } from './project.ts';
import { proveCredential } from './prove-credential.ts';
import { user } from './user.ts';

/**
 * A credential that Keystone keeps for a user: the access and secret key of EC2 and S3 clients, the seed of one-time
 * passwords, a certificate. It arrives with the same blob, so that the programs that hold it go on working.
 */
export const credential = defineResource({
  type: 'credential',
  summary: 'A key pair of EC2 and S3 clients, a seed of one-time passwords or the like, of one user.',
  api: identity('/credentials', 'credential'),

  source: z.object({
    id: z.string(),
    user_id: z.string(),
    project_id: z.string().nullish(),
    type: z.string(),
    /** A text; what is recorded of it is a digest. */
    blob: z.json(),
    bound_to: z.string().nullish(),
  }),
  secret: ['blob'],

  needs: {
    user: { of: user, id: (s) => s.user_id, owner: true },
    project: { of: project, id: (s) => s.project_id },
  },
  // It has no name, and its access key stays out of the log.
  name: (s) => s.type,
  filters: ['user_id', 'project_id', 'type'],
  enrich: withBond,

  create: (s, to) => {
    if (s.bound_to != null) throw bound(s.id, s.bound_to);
    return { user_id: to.user, project_id: to.project, ...pick(s, 'type', 'blob') };
  },
  // Of EC2 the cloud itself allows each access key once: its digest is the id. Blobs are compared without being shown.
  adopt: {
    unique: (s, to) => ({
      query: to.user == null ? { type: s.type } : { user_id: to.user, type: s.type },
      match: { type: s.type, project_id: to.project ?? null, blob: seal(s.blob) },
    }),
  },
  same: { blob: (wanted, shown) => sealed(wanted) === sealed(shown) },
  steps: ['create', proveCredential],

  drop: {
    id: madeByTheCloud.id,
    links: madeByTheCloud.id,
    blob: mapped('the twin was read back and holds the same; it is secret, so it is not shown here'),
    bound_to: mapped('what is bound to something else is refused, so nothing is'),
  },
});

const prefix = 'sha256:';

/** Stands for a secret text where it must not be shown. */
const seal = (blob: unknown): string =>
  prefix +
  createHash('sha256')
    .update(typeof blob === 'string' ? blob : JSON.stringify(blob))
    .digest('hex');

const sealed = (blob: unknown): string => (typeof blob === 'string' && blob.startsWith(prefix) ? blob : seal(blob));

/** Members of an EC2 blob that name something of the source beside user and project, in words. */
const bonds: { readonly [member: string]: string } = {
  trust_id: 'a trust',
  app_cred_id: 'an application credential',
  access_token_id: 'an OAuth access token',
};

/** Adds what a credential stands and falls with, told without the secret. */
function withBond(_cloud: Cloud): Promise<(item: JsonObject) => JsonObject> {
  return Promise.resolve((item) => ({ bound_to: item['type'] === 'ec2' ? bondOf(item['blob']) : null }));
}

const bondOf = (blob: Json | undefined): string | null => {
  const inner = parsed(blob);
  const member = Object.keys(bonds).find((name) => typeof inner[name] === 'string' && inner[name] !== '');
  return member === undefined ? null : (bonds[member] ?? null);
};

const parsed = (blob: Json | undefined): JsonObject => {
  try {
    const value: unknown = JSON.parse(String(blob));
    return isJsonObject(value) ? value : {};
  } catch (error) {
    // A blob is whatever its owner has put there.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

const bound = (id: string, what: string): Failure =>
  new Failure(
    'bound-credential',
    `cannot migrate credential ${id}: it works only together with ${what} of the source`,
    {
      remedy:
        'Who made it (a user with an application credential, or a service such as Heat) has to make another one at the destination.',
    },
  );
