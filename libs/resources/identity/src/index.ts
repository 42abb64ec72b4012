import type { Resource } from '@osm/resource';
import { credential } from './credential.ts';
import { domain } from './domain.ts';
import { group } from './group.ts';
import { project } from './project.ts';
import { role } from './role.ts';
import { user } from './user.ts';

export { allUsers } from './all-users.ts';
export { askInEachProject } from './borrow-role-to-look.ts';
export { grantSource, revokeSource } from './borrow-role-at-source.ts';
export { grant, revoke } from './borrow-role.ts';
export { credential, domain, group, project, role, user };

/** The resource types of Keystone, in an order in which they can be made. */
export const identityResources: readonly Resource[] = [domain, project, role, user, group, credential];
