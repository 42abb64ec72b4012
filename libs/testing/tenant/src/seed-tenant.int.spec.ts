import { loadClouds, openCloud } from '@osm/openstack';
import { startFakeCloud, writeCloudsYaml } from '@osm/testing/fake-openstack';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { seedTenant } from './seed-tenant.ts';
import { signInTo } from './sign-in-to.ts';

const types = [
  ...['domain', 'project', 'role', 'user', 'image', 'network', 'subnet', 'router', 'security-group'],
  ...['security-group-rule', 'volume-type', 'volume', 'flavor', 'keypair'],
];

it('makes at least 60 resources of all types', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-tenant-'));
  const options = { name: 'old', release: 'zed', region: 'R1', networkType: 'vxlan', volumeTypes: ['ssd'] } as const;
  const fake = await startFakeCloud({ ...options, adminPassword: 'secret' });
  const file = path.join(folder, 'clouds.yaml');
  await writeCloudsYaml(file, [{ name: 'old', entry: fake.adminCloudsYamlEntry }]);
  const config = (await loadClouds({ file, env: {}, cwd: folder, home: folder })).named('old');
  const admin = openCloud('old', config);
  const users = signInTo('old', config);
  onTestFinished(async () => {
    users.close();
    admin.close();
    await fake.close();
    rmSync(folder, { recursive: true });
  });
  let externalNetworkId = '';
  for await (const { id } of admin.list('network', '/networks', { key: 'networks', query: { name: 'public' } })) {
    externalNetworkId = String(id);
  }

  const { everything } = await seedTenant(admin, { prefix: 'a-', externalNetworkId, signIn: users.signIn });

  expect(everything.length).toBeGreaterThanOrEqual(60);
  expect([...new Set(everything.map(({ type }) => type))].sort()).toEqual(types.toSorted());
});
