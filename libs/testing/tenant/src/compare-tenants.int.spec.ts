import { loadClouds, openCloud } from '@osm/openstack';
import type { Cloud } from '@osm/resource';
import { readVolume, startFakeCloud, writeCloudsYaml, writeVolume, type FakeCloud } from '@osm/testing/fake-openstack';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareTenants } from './compare-tenants.ts';
import { listed } from './listed.ts';
import { make, makeImage } from './made.ts';
import { removeTenant } from './remove-tenant.ts';
import { seedTenant, type Tenant } from './seed-tenant.ts';
import { signInTo } from './sign-in-to.ts';

const prefix = 'spec-';

interface End {
  readonly fake: FakeCloud;
  readonly admin: Cloud;
  readonly tenant: Tenant;
}

const folder = mkdtempSync(path.join(tmpdir(), 'osm-tenant-'));
const closing: (() => unknown)[] = [() => rmSync(folder, { recursive: true })];
let ends: readonly [End, End];

const openEnd = async (name: string, release: 'zed' | 'epoxy'): Promise<End> => {
  const fixed = { region: 'R1', networkType: 'vxlan', volumeTypes: ['ssd'], adminPassword: 'secret' } as const;
  const fake = await startFakeCloud({ ...fixed, name, release, asyncMs: 1 });
  const file = path.join(folder, `${name}.yaml`);
  await writeCloudsYaml(file, [{ name, entry: fake.adminCloudsYamlEntry }]);
  const config = (await loadClouds({ file, env: {}, cwd: folder, home: folder })).named(name);
  const admin = openCloud(name, config);
  const users = signInTo(name, config);
  closing.push(
    () => fake.close(),
    () => admin.close(),
    () => users.close(),
  );
  const outside = { path: '/networks', key: 'networks', query: { name: 'public' } };
  const [external] = await listed(admin, 'network', outside);
  const options = { prefix, externalNetworkId: String(external?.['id']), signIn: users.signIn };
  return { fake, admin, tenant: await seedTenant(admin, options) };
};

beforeAll(async () => {
  ends = await Promise.all([openEnd('old', 'zed'), openEnd('new', 'epoxy')]);
});
afterAll(async () => {
  for (const close of closing.toReversed()) await close();
});

const side = ({ fake, admin }: End) => ({
  cloud: admin,
  hashVolume: async (id: string) => createHash('sha256').update(readVolume(fake, id)).digest('hex'),
});

const differences = () => compareTenants({ source: side(ends[0]), destination: side(ends[1]), prefix });

const idOf = ({ tenant }: End, type: string, name: string): string => {
  const found = tenant.everything.find((each) => each.type === type && each.name === name);
  if (found === undefined) throw new Error(`no ${type} ${name} was seeded`);
  return found.id;
};

describe('the comparison of two tenants', () => {
  it('finds none between two that were made in the same way', async () => {
    expect(await differences()).toEqual([]);
  });

  it('finds what a careless migration does', async () => {
    const [, end] = ends;
    const { admin, fake } = end;
    const id = (type: string, name: string): string => idOf(end, type, name);
    const change = (path: string, body: object) => admin.send('network', { method: 'PUT', path, body });
    await admin.send('identity', {
      method: 'PATCH',
      path: `/users/${id('user', 'bob')}`,
      body: { user: { enabled: true } },
    });
    const { userId } = await admin.whoAmI();
    const [role] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'member' } });
    const grant = `/projects/${end.tenant.projectId}/users/${userId}/roles/${String(role?.['id'])}`;
    await admin.send('identity', { method: 'PUT', path: grant });
    await change(`/networks/${id('network', 'idle')}`, { network: { admin_state_up: true } });
    await change(`/subnets/${id('subnet', 'no-gateway')}`, { subnet: { enable_dhcp: false } });
    await change(`/routers/${id('router', 'edge')}`, { router: { routes: [] } });
    await make(admin, 'network', '/security-group-rules', 'security_group_rule', {
      security_group_id: id('security-group', 'closed'),
      direction: 'egress',
    });
    await make(admin, 'network', '/networks', 'network', { name: 'six', project_id: end.tenant.projectId });
    await makeImage(admin, 'osm-0123456789abcdef0123456', Buffer.from('left'));
    writeVolume(fake, id('volume', 'data'), Buffer.from('other'));

    const found = (await differences()).join('\n');

    for (const words of [
      /user bob: enabled is false, and of the twin true/,
      /project web: assigned is .*unknown/,
      /network web\/idle: admin_state_up is false, and of the twin true/,
      /subnet web\/back\/10\.21\.0\.0\/24: enable_dhcp is true, and of the twin false/,
      /router web\/edge: routes is \[.+\], and of the twin \[\]/,
      /security-group web\/closed: rules is/,
      /network web\/six: there are 1 at the source and 2 at the destination/,
      /new has a leftover in images/,
      /volume web\/data: bytes is/,
    ]) {
      expect(found).toMatch(words);
    }
  });

  it('finds all missing once one of them is removed', async () => {
    await removeTenant(ends[1].admin, prefix);
    const found = await differences();
    expect(found).toContain('volume web/root: there are 1 at the source and 0 at the destination');
    expect(found.length).toBeGreaterThanOrEqual(50);
  });
});
