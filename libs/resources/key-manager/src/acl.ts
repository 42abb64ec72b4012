import { equalJson, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Request, Twin } from '@osm/resource';
import { z } from 'zod';

/** Who may read: the project's members, or else only its creator, its administrators and the users on the list. */
export const Acl = z.strictObject({
  read: z.strictObject({ 'project-access': z.boolean(), users: z.array(z.string()) }),
});
type Acl = z.infer<typeof Acl>;

/** As the schema has it: without the days of its own, and with the list of users that the default one lacks. */
export const aclOf = (shown: unknown): JsonObject => {
  const read = isJsonObject(shown) && isJsonObject(shown['read']) ? shown['read'] : {};
  const users = Array.isArray(read['users']) ? read['users'].map(String).sort() : [];
  return { read: { 'project-access': read['project-access'] !== false, users } };
};

interface Guarded {
  readonly acl: Acl | null;
  readonly creator_id?: string | null | undefined;
}

/**
 * The users who may read it at the source. The creator of what is private is one of them: of the twin, the migrating user
 * is the creator, so the true one can only be put on the list.
 */
export const readersOf = ({ acl, creator_id: creator }: Guarded): readonly string[] => {
  if (acl === null) return [];
  const { users, 'project-access': shared } = acl.read;
  return [...new Set([...users, ...(shared || creator == null ? [] : [creator])])];
};

type Users = { users(id: string): string | undefined };

/** What the twin shall show: a user without a twin is on no list of the destination. */
export const expectedAcl = (s: Guarded, to: Users): JsonObject | null =>
  s.acl === null ? null : { read: { 'project-access': s.acl.read['project-access'], users: twinsOf(s, to) } };

const twinsOf = (s: Guarded, to: Users): string[] =>
  readersOf(s)
    .flatMap((id) => to.users(id) ?? [])
    .sort();

/** The same for everybody who was expected: services put themselves on the lists of what they use (Octavia does). */
export const sameAcl = (expected: unknown, actual: unknown): boolean => {
  const [wanted, shown] = [Acl.safeParse(expected).data?.read, Acl.safeParse(actual).data?.read];
  if (wanted === undefined || shown === undefined) return equalJson(expected, actual);
  const access = wanted['project-access'] === shown['project-access'];
  return access && wanted.users.every((user) => shown.users.includes(user));
};

/** The request that gives the twin its list; none where every member of the project may read, and nobody else. */
export const setAcl = (collection: 'secrets' | 'containers', s: Guarded, to: Users, twin: Twin): readonly Request[] => {
  if (s.acl === null || twin.reused) return [];
  const shared = s.acl.read['project-access'];
  const users = twinsOf(s, to);
  if (shared && users.length === 0) return [];
  const body = { read: { 'project-access': shared, users } };
  return [{ method: 'PUT', path: `/${collection}/${twin.id}/acl`, body }];
};
