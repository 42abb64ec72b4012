import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';

/**
 * What a user has handed on to programs and to others: only its owner can make it again, since no API shows the secret of
 * an application credential, and a trust is made by its trustor alone. Told per owner, without any secret.
 */

/** The application credentials of one user. */
export const applicationCredentialsOf = async (cloud: Cloud, userId: string): Promise<readonly JsonObject[]> => {
  const path = `/users/${userId}/application_credentials`;
  const found: JsonObject[] = [];
  for await (const item of cloud.list('identity', path, { key: 'application_credentials' })) {
    const { name = null, project_id = null, expires_at = null, unrestricted = null } = item;
    found.push({ name, project_id, roles: namesOf(item['roles']), expires_at, unrestricted });
  }
  return found;
};

/** The trusts that users have given, by trustor. The list does not show roles, so each is read: they are few. */
export const trustsByTrustor = async (
  cloud: Cloud,
  userId?: string,
): Promise<ReadonlyMap<string, readonly JsonObject[]>> => {
  const query = userId === undefined ? {} : { trustor_user_id: userId };
  const trusts = new Map<string, JsonObject[]>();
  for await (const { id } of cloud.list('identity', '/OS-TRUST/trusts', { key: 'trusts', query })) {
    const path = `/OS-TRUST/trusts/${String(id)}`;
    // Heat makes and removes trusts all the time: one may be gone by now.
    const { status, body } = await cloud.send('identity', { method: 'GET', path, accept: [404] });
    const trust = isJsonObject(body) ? body['trust'] : undefined;
    if (status === 404 || !isJsonObject(trust)) continue;
    const {
      trustor_user_id,
      trustee_user_id = null,
      project_id = null,
      expires_at = null,
      impersonation = null,
    } = trust;
    const roles = namesOf(trust['roles']);
    const told = { trustee_user_id, project_id, roles, expires_at, impersonation };
    trusts.set(String(trustor_user_id), [...(trusts.get(String(trustor_user_id)) ?? []), told]);
  }
  return trusts;
};

const namesOf = (roles: Json | undefined): readonly string[] =>
  (Array.isArray(roles) ? roles : []).flatMap((role) => (isJsonObject(role) ? [String(role['name'])] : [])).sort();
