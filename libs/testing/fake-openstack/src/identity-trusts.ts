import type { Call, Cloud, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject, table } from './frame.ts';
import { rolesOn } from './identity-assignments.ts';
import { showRole } from './identity-roles.ts';
import { askedFor, booleanOf, forbidden, found, listed, projects, roles, users } from './identity-rows.ts';

/** What a trustor lets a trustee do in its place. */
interface Trust {
  readonly id: string;
  readonly trustor: string;
  readonly trustee: string;
  readonly roleIds: readonly string[];
  readonly shown: JsonObject;
}

const trusts = table<Trust>('identity.trusts');

/** Trusts. Only the trustor makes one; an administrator sees all of them, in lists without their roles. */
export const trustRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/OS-TRUST/trusts', handle: listTrusts },
  { method: 'POST', path: '/v3/OS-TRUST/trusts', handle: createTrust },
  { method: 'GET', path: '/v3/OS-TRUST/trusts/:id', handle: getTrust },
  { method: 'DELETE', path: '/v3/OS-TRUST/trusts/:id', handle: deleteTrust },
];

function linksOf(call: Call, { id }: Trust): JsonObject {
  return { links: { self: `${call.baseUrl}/v3/OS-TRUST/trusts/${id}` } };
}

function showTrust(call: Call, trust: Trust): JsonObject {
  const held = trust.roleIds.flatMap((id): JsonObject[] => {
    const role = roles(call.cloud).get(id);
    return role === undefined ? [] : [showRole(call, role)];
  });
  const links = { self: `${call.baseUrl}/v3/${trust.id}/roles`, next: null, previous: null };
  return { roles: held, ...trust.shown, roles_links: links, ...linksOf(call, trust) };
}

function listTrusts(call: Call): Reply {
  const trustor = call.query.get('trustor_user_id');
  const trustee = call.query.get('trustee_user_id');
  const { isAdmin, userId } = call.context;
  if (!isAdmin && trustor !== userId && trustee !== userId) throw forbidden('identity:list_trusts');
  const rows = alive(call.cloud)
    .filter((row) => trustor === null || row.trustor === trustor)
    .filter((row) => trustee === null || row.trustee === trustee);
  return {
    status: 200,
    body: listed(
      call,
      'trusts',
      rows.map((row) => ({ ...row.shown, ...linksOf(call, row) })),
    ),
  };
}

/** A trust goes with either of its users and with its project. */
function alive(cloud: Cloud): Trust[] {
  return [...trusts(cloud).values()].filter(
    ({ trustor, trustee, shown }) =>
      users(cloud).has(trustor) &&
      users(cloud).has(trustee) &&
      (shown.project_id === null || projects(cloud).has(String(shown.project_id))),
  );
}

function createTrust(call: Call): Reply {
  const { cloud, context } = call;
  const asked = askedFor(call, 'trust');
  const { trustor_user_id: trustor, project_id: projectId = null } = asked;
  if (trustor !== context.userId) throw forbidden('identity:create_trust');
  const trustee = found(users(cloud), 'user', String(asked.trustee_user_id)).id;
  const id = cloud.newHexId();
  const roleIds = rolesAsked(call, asked.roles, projectId === null ? [] : rolesOn(cloud, trustor, String(projectId)));
  const trust: Trust = {
    id,
    trustor,
    trustee,
    roleIds,
    shown: {
      id,
      trustor_user_id: trustor,
      trustee_user_id: trustee,
      project_id: projectId,
      impersonation: booleanOf(call, asked, 'impersonation', false),
      expires_at: asked.expires_at ?? null,
      remaining_uses: asked.remaining_uses ?? null,
      deleted_at: null,
      redelegated_trust_id: null,
      redelegation_count: 0,
    },
  };
  trusts(cloud).set(id, trust);
  return { status: 201, body: { trust: showTrust(call, trust) } };
}

function rolesAsked(call: Call, asked: Json | undefined, held: readonly string[]): string[] {
  return (Array.isArray(asked) ? asked : []).map((each) => {
    const row = [...roles(call.cloud).values()].find(
      (role) => isObject(each) && (role.id === each.id || role.name === each.name),
    );
    if (row !== undefined && held.includes(row.id)) return row.id;
    throw forbidden('identity:create_trust');
  });
}

function foundTrust(call: Call): Trust {
  const id = call.params.id ?? '';
  const trust = alive(call.cloud).find((row) => row.id === id);
  if (trust === undefined) throw new Refusal(404, `Could not find trust: ${id}.`);
  const { isAdmin, userId } = call.context;
  if (!isAdmin && trust.trustor !== userId && trust.trustee !== userId) throw forbidden('identity:get_trust');
  return trust;
}

function getTrust(call: Call): Reply {
  return { status: 200, body: { trust: showTrust(call, foundTrust(call)) } };
}

function deleteTrust(call: Call): Reply {
  const trust = foundTrust(call);
  if (trust.trustor !== call.context.userId) throw forbidden('identity:delete_trust');
  trusts(call.cloud).delete(trust.id);
  return { status: 204 };
}
