import type { Call, Cloud, FakeCloudOptions, JsonObject, Reply, Service } from './frame.ts';
import { assignmentRoutes } from './identity-assignments.ts';
import { catalogRoutes, seedCatalog } from './identity-catalog.ts';
import { credentialRoutes } from './identity-credentials.ts';
import { projectRoutes } from './identity-projects.ts';
import { roleRoutes } from './identity-roles.ts';
import type { Project } from './identity-rows.ts';
import { grants, identityRefusal, impliedRoles, passwords, projects, roles, users } from './identity-rows.ts';
import { tokenRoutes } from './identity-tokens.ts';
import { trustRoutes } from './identity-trusts.ts';
import { userRoutes } from './identity-users.ts';

/** Keystone: who is who, and who may do what where. */
export function identityService(_options: FakeCloudOptions): Service {
  return {
    prefix: 'identity',
    type: 'identity',
    name: 'keystone',
    endpointPath: '/v3',
    routes: [
      { method: 'GET', path: '/', open: true, handle: versions },
      { method: 'GET', path: '/v3', open: true, handle: version },
      ...tokenRoutes,
      ...projectRoutes,
      ...userRoutes,
      ...roleRoutes,
      ...assignmentRoutes,
      ...credentialRoutes,
      ...trustRoutes,
      ...catalogRoutes,
    ],
    seed,
    refusal: identityRefusal,
  };
}

function versionBody(call: Call): JsonObject {
  return {
    id: 'v3.14',
    status: 'stable',
    updated: '2020-04-07T00:00:00Z',
    links: [{ rel: 'self', href: `${call.baseUrl}/v3/` }],
    'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
  };
}

function versions(call: Call): Reply {
  const body = { versions: { values: [versionBody(call)] } };
  return { status: 300, headers: { Location: `${call.baseUrl}/v3/` }, body };
}

function version(call: Call): Reply {
  return { status: 200, body: { version: versionBody(call) } };
}

/** What `keystone-manage bootstrap` makes, and the project of the services. */
function seed(cloud: Cloud): void {
  projects(cloud).set(
    'default',
    project({ id: 'default', name: 'Default', description: 'The default domain', is_domain: true }),
  );
  const description = 'Bootstrap project for initializing the cloud.';
  const admin = project({ id: cloud.newHexId(), name: 'admin', description });
  const service = project({ id: cloud.newHexId(), name: 'service', description: '' });
  for (const row of [admin, service]) projects(cloud).set(row.id, row);
  const adminRole = seedRoles(cloud);
  const id = cloud.newHexId();
  users(cloud).set(id, {
    id,
    name: 'admin',
    domain_id: 'default',
    enabled: true,
    password_expires_at: null,
    options: {},
  });
  passwords(cloud).set(id, cloud.options.adminPassword);
  const grant = { actor: 'user', actorId: id, roleId: adminRole, inherited: false } as const;
  grants(cloud).set('bootstrap/project', { ...grant, id: 'bootstrap/project', scope: 'project', targetId: admin.id });
  grants(cloud).set('bootstrap/system', { ...grant, id: 'bootstrap/system', scope: 'system', targetId: 'system' });
  seedCatalog(cloud);
}

function project(row: { id: string; name: string; description: string; is_domain?: boolean }): Project {
  const above = row.is_domain === true ? null : 'default';
  return { is_domain: false, ...row, domain_id: above, enabled: true, parent_id: above, tags: [], options: {} };
}

/** Each of the first ones implies the next; Epoxy has `manager` between admin and member. */
function seedRoles(cloud: Cloud): string {
  const chain =
    cloud.options.release === 'epoxy' ? ['admin', 'manager', 'member', 'reader'] : ['admin', 'member', 'reader'];
  const ids = [...chain, 'service'].map((name) => {
    const id = cloud.newHexId();
    // Zed's bootstrap makes no role `service`; whoever installs it makes one, which can be changed.
    const options: JsonObject = name === 'service' && cloud.options.release === 'zed' ? {} : { immutable: true };
    roles(cloud).set(id, { id, name, domain_id: null, description: null, options });
    return id;
  });
  chain.slice(1).forEach((_, index) => {
    const [prior = '', implied = ''] = ids.slice(index, index + 2);
    impliedRoles(cloud).set(prior, new Set([implied]));
  });
  return ids[0] ?? '';
}
