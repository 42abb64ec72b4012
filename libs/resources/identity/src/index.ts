import type { Resource } from '@osm/resource';
import { domain } from './domain.ts';
import { project } from './project.ts';
import { role } from './role.ts';
import { user } from './user.ts';

export { allUsers } from './all-users.ts';
export { grant, revoke } from './borrow-role.ts';
export { domain, project, role, user };

/** The resource types of Keystone, in an order in which they can be made. */
export const identityResources: readonly Resource[] = [domain, project, role, user];
