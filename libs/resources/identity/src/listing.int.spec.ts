import type { JsonObject } from '@osm/kernel';
import { listAll, type Cloud, type Resource } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { domain } from './domain.ts';
import { fakeDestination } from './fake-destination.suite.ts';
import { group } from './group.ts';
import { assignmentPath, type RoleAssignment } from './role-assignments.ts';
import { role } from './role.ts';
import { user } from './user.ts';

const named = async (cloud: Cloud, handler: Resource, name: string): Promise<readonly JsonObject[]> => {
  const all: JsonObject[] = [];
  for await (const item of listAll(cloud, handler, 'all-tenants')) {
    handler.check(item);
    if (item['name'] === name) all.push(item);
  }
  return all;
};

const idOf = async (cloud: Cloud, handler: Resource, name: string): Promise<string> =>
  String((await named(cloud, handler, name))[0]?.['id']);

describe('listing', () => {
  it('shows the roles of every domain, with what they imply', async () => {
    await using destination = await fakeDestination();
    const { cloud, make } = destination;
    const acme = await make(domain, { name: 'acme' });
    await make(role, { name: 'auditor', domain_id: acme });
    expect(await named(cloud, role, 'auditor')).toMatchObject([{ domain_id: acme, implies: [] }]);
    const reader = await idOf(cloud, role, 'reader');
    expect(await named(cloud, role, 'member')).toMatchObject([{ domain_id: null, implies: [reader] }]);
  });

  it('shows the users of every domain, with the roles assigned to them', async () => {
    await using destination = await fakeDestination();
    const { cloud, make, show } = destination;
    const acme = await make(domain, { name: 'acme' });
    const alice = await make(user, { name: 'alice', domain_id: acme });
    const reader = await idOf(cloud, role, 'reader');
    const wanted: readonly RoleAssignment[] = [
      { role_id: reader, scope: { domain: acme }, inherited: false },
      { role_id: reader, scope: { domain: acme }, inherited: true },
      { role_id: reader, scope: { system: 'all' }, inherited: false },
    ];
    for (const each of wanted) {
      await cloud.send('identity', { method: 'PUT', path: assignmentPath('user', alice, each) });
    }
    const ops = await make(group, { name: 'ops', domain_id: acme });
    await cloud.send('identity', { method: 'PUT', path: `/groups/${ops}/users/${alice}` });

    const [listed] = await named(cloud, user, 'alice');
    for (const seen of [listed, await show(user, alice)]) {
      expect(user.same('role_assignments', wanted, seen?.['role_assignments'])).toBe(true);
      expect(seen).toMatchObject({ groups: [ops], application_credentials: [], trusts: [] });
    }
    for (const seen of [(await named(cloud, group, 'ops'))[0], await show(group, ops)]) {
      expect(seen).toMatchObject({ members: [alice], role_assignments: [] });
    }
  });
});
