import { createHash } from 'node:crypto';
import type { Call, Json, JsonObject, Reply, Route } from './frame.ts';
import { Refusal, isObject } from './frame.ts';
import { rolesOn } from './identity-assignments.ts';
import type { ApplicationCredential } from './identity-rows.ts';
import {
  applicationCredentials,
  askedFor,
  conflict,
  credentials,
  fits,
  forbidden,
  found,
  listed,
  nameOf,
  ownerOrAdmin,
  projects,
  roles,
  shown,
  users,
} from './identity-rows.ts';

/** Application credentials, credentials, and EC2 credentials, which are credentials in other words. */
export const credentialRoutes: readonly Route[] = [
  { method: 'GET', path: '/v3/users/:user/application_credentials', handle: listApplicationCredentials },
  { method: 'POST', path: '/v3/users/:user/application_credentials', handle: createApplicationCredential },
  { method: 'GET', path: '/v3/users/:user/application_credentials/:id', handle: getApplicationCredential },
  { method: 'DELETE', path: '/v3/users/:user/application_credentials/:id', handle: deleteApplicationCredential },
  { method: 'GET', path: '/v3/credentials', handle: listCredentials },
  { method: 'POST', path: '/v3/credentials', handle: createCredential },
  { method: 'GET', path: '/v3/credentials/:id', handle: getCredential },
  { method: 'PATCH', path: '/v3/credentials/:id', handle: updateCredential },
  { method: 'DELETE', path: '/v3/credentials/:id', handle: deleteCredential },
  { method: 'GET', path: '/v3/users/:user/credentials/OS-EC2', handle: listEc2 },
  { method: 'POST', path: '/v3/users/:user/credentials/OS-EC2', handle: createEc2 },
  { method: 'GET', path: '/v3/users/:user/credentials/OS-EC2/:access', handle: getEc2 },
  { method: 'DELETE', path: '/v3/users/:user/credentials/OS-EC2/:access', handle: deleteEc2 },
];

function showApplicationCredential(call: Call, row: ApplicationCredential): JsonObject {
  return shown(call, `/application_credentials/${row.id}`, row.shown);
}

function listApplicationCredentials(call: Call): Reply {
  const userId = call.params.user ?? '';
  ownerOrAdmin(call, userId, 'identity:list_application_credentials');
  const name = call.query.get('name');
  const rows = [...applicationCredentials(call.cloud).values()].filter(
    (row) => row.userId === userId && (name === null || row.name === name),
  );
  const body = listed(
    call,
    'application_credentials',
    rows.map((row) => showApplicationCredential(call, row)),
  );
  return { status: 200, body };
}

/** Only for oneself, in the project of the token; without `roles`, all roles that one has there. */
function createApplicationCredential(call: Call): Reply {
  const { cloud, context } = call;
  const { projectId } = context;
  if (context.userId !== call.params.user || projectId === undefined) {
    throw forbidden('identity:create_application_credential');
  }
  const asked = askedFor(call, 'application_credential');
  const name = nameOf(call, 'application_credential', asked, 255);
  const taken = [...applicationCredentials(cloud).values()].some(
    (row) => row.userId === context.userId && row.name === name,
  );
  if (taken) throw conflict('application_credential', `Duplicate entry found with name ${name}`);
  const roleIds = rolesAsked(call, asked.roles, rolesOn(cloud, context.userId, projectId));
  const secret =
    typeof asked.secret === 'string' ? asked.secret : createHash('sha512').update(cloud.newId()).digest('base64url');
  const id = cloud.newHexId();
  const row: ApplicationCredential = {
    id,
    name,
    userId: context.userId,
    secret,
    projectId,
    roleIds,
    expiresAt: typeof asked.expires_at === 'string' ? Date.parse(zoned(asked.expires_at)) : undefined,
    shown: {
      id,
      name,
      description: asked.description ?? null,
      user_id: context.userId,
      project_id: projectId,
      system: null,
      expires_at: asked.expires_at ?? null,
      unrestricted: asked.unrestricted ?? null,
      roles: roleIds.flatMap((roleId): JsonObject[] => {
        const role = roles(cloud).get(roleId);
        return role === undefined ? [] : [{ ...role }];
      }),
    },
  };
  applicationCredentials(cloud).set(id, row);
  return { status: 201, body: { application_credential: { ...showApplicationCredential(call, row), secret } } };
}

function zoned(time: string): string {
  return /(Z|[+-]\d\d:?\d\d)$/.test(time) ? time : `${time}Z`;
}

function rolesAsked(call: Call, asked: Json | undefined, held: readonly string[]): string[] {
  if (!Array.isArray(asked)) return [...held];
  return asked.map((each) => {
    const row = [...roles(call.cloud).values()].find(
      (role) => isObject(each) && (role.id === each.id || role.name === each.name),
    );
    if (row === undefined || !held.includes(row.id)) {
      throw new Refusal(
        400,
        'Invalid application credential: Cannot create an application credential with unassigned role',
      );
    }
    return row.id;
  });
}

function foundApplicationCredential(call: Call): ApplicationCredential {
  const userId = call.params.user ?? '';
  ownerOrAdmin(call, userId, 'identity:get_application_credential');
  const row = applicationCredentials(call.cloud).get(call.params.id ?? '');
  if (row?.userId !== userId) throw new Refusal(404, `Could not find Application Credential: ${call.params.id ?? ''}.`);
  return row;
}

function getApplicationCredential(call: Call): Reply {
  const row = foundApplicationCredential(call);
  return { status: 200, body: { application_credential: showApplicationCredential(call, row) } };
}

function deleteApplicationCredential(call: Call): Reply {
  applicationCredentials(call.cloud).delete(foundApplicationCredential(call).id);
  return { status: 204 };
}

function showCredential(call: Call, row: JsonObject): JsonObject {
  return shown(call, `/credentials/${String(row.id)}`, row);
}

function listCredentials(call: Call): Reply {
  const rows = [...credentials(call.cloud).values()].filter(
    (row) => (call.context.isAdmin || row.user_id === call.context.userId) && fits(call, row, ['user_id', 'type']),
  );
  return {
    status: 200,
    body: listed(
      call,
      'credentials',
      rows.map((row) => showCredential(call, row)),
    ),
  };
}

function createCredential(call: Call): Reply {
  const asked = askedFor(call, 'credential');
  const { type, blob, project_id: projectId, user_id: userId = call.context.userId } = asked;
  ownerOrAdmin(call, String(userId), 'identity:create_credential');
  if (typeof blob !== 'string' || typeof type !== 'string') throw new Refusal(400, "'blob' is a required property");
  if (type === 'ec2' && typeof projectId !== 'string')
    throw new Refusal(
      400,
      'Expecting to find project_id in credential. The server could not comply with the request since it is either malformed or otherwise incorrect. The client is assumed to be in error.',
    );
  const id = credentialId(call, type, blob);
  if (credentials(call.cloud).has(id)) throw conflict('credential', `Duplicate entry found with ID ${id}`);
  const row: JsonObject = { id, user_id: userId, project_id: projectId ?? null, type, blob };
  credentials(call.cloud).set(id, row);
  return { status: 201, body: { credential: showCredential(call, row) } };
}

/** An EC2 credential's id is the digest of its access key, so that it can be found by it. */
function credentialId(call: Call, type: string, blob: string): string {
  if (type !== 'ec2') return call.cloud.newHexId();
  return createHash('sha256').update(accessOf(blob)).digest('hex');
}

function parsedBlob(blob: string): JsonObject {
  try {
    const value = JSON.parse(blob) as Json;
    if (isObject(value)) return value;
  } catch {
    throw new Refusal(400, 'Invalid blob in credential');
  }
  throw new Refusal(400, 'Invalid blob in credential');
}

function accessOf(blob: string): string {
  const { access } = parsedBlob(blob);
  if (typeof access !== 'string') throw new Refusal(400, 'Invalid blob in credential');
  return access;
}

function ownCredential(call: Call): JsonObject {
  const row = found(credentials(call.cloud), 'credential', call.params.id ?? '');
  ownerOrAdmin(call, String(row.user_id), 'identity:get_credential');
  return row;
}

function getCredential(call: Call): Reply {
  return { status: 200, body: { credential: showCredential(call, ownCredential(call)) } };
}

function updateCredential(call: Call): Reply {
  const row = { ...ownCredential(call), ...askedFor(call, 'credential') };
  credentials(call.cloud).set(String(row.id), row);
  return { status: 200, body: { credential: showCredential(call, row) } };
}

function deleteCredential(call: Call): Reply {
  credentials(call.cloud).delete(String(ownCredential(call).id));
  return { status: 204 };
}

function showEc2(call: Call, row: JsonObject): JsonObject {
  const { access, secret } = parsedBlob(String(row.blob));
  return {
    user_id: row.user_id,
    tenant_id: row.project_id,
    access,
    secret,
    trust_id: null,
    links: { self: `${call.baseUrl}/v3/users/${String(row.user_id)}/credentials/OS-EC2/${String(access)}` },
  };
}

function ec2Of(call: Call): JsonObject[] {
  const userId = call.params.user ?? '';
  ownerOrAdmin(call, userId, 'identity:ec2_list_credentials');
  return [...credentials(call.cloud).values()].filter((row) => row.type === 'ec2' && row.user_id === userId);
}

function listEc2(call: Call): Reply {
  return {
    status: 200,
    body: listed(
      call,
      'credentials',
      ec2Of(call).map((row) => showEc2(call, row)),
    ),
  };
}

function createEc2(call: Call): Reply {
  const userId = call.params.user ?? '';
  ownerOrAdmin(call, userId, 'identity:ec2_create_credential');
  const tenant = isObject(call.body) ? call.body.tenant_id : undefined;
  found(users(call.cloud), 'user', userId);
  const projectId = found(projects(call.cloud), 'project', String(tenant)).id;
  const blob = JSON.stringify({ access: call.cloud.newHexId(), secret: call.cloud.newHexId(), trust_id: null });
  const row: JsonObject = {
    id: credentialId(call, 'ec2', blob),
    user_id: userId,
    project_id: projectId,
    type: 'ec2',
    blob,
  };
  credentials(call.cloud).set(String(row.id), row);
  return { status: 201, body: { credential: showEc2(call, row) } };
}

function foundEc2(call: Call): JsonObject {
  const row = ec2Of(call).find((each) => accessOf(String(each.blob)) === call.params.access);
  if (row === undefined) throw new Refusal(404, 'EC2 access key not found.');
  return row;
}

function getEc2(call: Call): Reply {
  return { status: 200, body: { credential: showEc2(call, foundEc2(call)) } };
}

function deleteEc2(call: Call): Reply {
  credentials(call.cloud).delete(String(foundEc2(call).id));
  return { status: 204 };
}
