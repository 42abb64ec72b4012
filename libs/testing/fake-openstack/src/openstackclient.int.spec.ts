/** The command-line client that operators have works against the fake: what it makes is there, what it deletes is gone. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCloudsYaml } from './clouds-yaml.ts';
import { projects, users } from './identity-rows.ts';
import { networks, ports, routers, subnets } from './neutron-rows.ts';
import type { FakeCloud } from './start-fake-cloud.ts';
import { startFakeCloud } from './start-fake-cloud.ts';

const isThere = spawnSync('openstack', ['--version']).status === 0;
// In CI a skip would hide that nobody looked.
const mustRun = process.env.CI === 'true';

describe.skipIf(!isThere && !mustRun).each(['zed', 'epoxy'] as const)(
  'python3-openstackclient against the fake %s (skipped without `openstack`: apt-get install python3-openstackclient)',
  (release) => {
    let cloud: FakeCloud;
    let folder: string;

    beforeAll(async () => {
      cloud = await startFakeCloud({
        name: release,
        region: 'RegionOne',
        release,
        networkType: release === 'zed' ? 'vxlan' : 'geneve',
        volumeTypes: ['ssd'],
        adminPassword: 'it is: "secret" #1',
      });
      folder = await mkdtemp(join(tmpdir(), 'openstackclient-'));
      await writeCloudsYaml(join(folder, 'clouds.yaml'), [{ name: 'the-fake', entry: cloud.adminCloudsYamlEntry }]);
    });

    afterAll(async () => {
      await cloud.close();
      await rm(folder, { recursive: true });
    });

    /** One process runs all commands: the client takes a second to start. */
    async function openstack(commands: readonly string[]): Promise<{ said: string; complained: string }> {
      const child = spawn('openstack', [], {
        env: {
          ...process.env,
          OS_CLIENT_CONFIG_FILE: join(folder, 'clouds.yaml'),
          OS_CLOUD: 'the-fake',
          no_proxy: '127.0.0.1',
        },
      });
      const text = { said: '', complained: '' };
      child.stdout.on('data', (chunk: Buffer) => (text.said += chunk.toString('utf8')));
      child.stderr.on('data', (chunk: Buffer) => (text.complained += chunk.toString('utf8')));
      const ended = new Promise<void>((resolve, reject) => child.on('error', reject).on('close', () => resolve()));
      child.stdin.end(`${commands.join('\n')}\n`);
      await ended;
      return text;
    }

    const names = (rows: Iterable<{ name: string }>): string[] => [...rows].map((row) => row.name).sort();

    it('lists, makes and deletes networks, subnets, routers, projects and users', { timeout: 60_000 }, async () => {
      const made = await openstack([
        'project create --description d tenant',
        'user create --project tenant --password x someone',
        'role add --project tenant --user someone member',
        'network create --disable --description kept net',
        'subnet create --network net --subnet-range 10.5.0.0/24 --gateway none --no-dhcp sub',
        'subnet create --network net --subnet-range 10.6.0.0/24 inside',
        'router create rtr',
        'router add subnet rtr inside',
        'router set --external-gateway public rtr',
        'network set --tag one net',
        'network list -f value -c Name',
        'project list -f value -c Name',
      ]);
      expect(made.complained).toBe('');
      expect(made.said).toMatch(/^net$/m);
      expect(made.said).toMatch(/^tenant$/m);
      expect(names(networks(cloud).values())).toEqual(['net', 'public']);
      const net = [...networks(cloud).values()].find((row) => row.name === 'net');
      expect(net).toMatchObject({ admin_state_up: false, description: 'kept', tags: ['one'] });
      const sub = [...subnets(cloud).values()].find((row) => row.name === 'sub');
      expect(sub).toMatchObject({ gateway_ip: null, enable_dhcp: false, network_id: net?.id });
      const owners = [...ports(cloud).values()].map((port) => port.device_owner).sort();
      expect(owners).toEqual(['network:dhcp', 'network:router_gateway', 'network:router_interface']);
      expect(names(users(cloud).values())).toEqual(['admin', 'someone']);

      const deleted = await openstack([
        'router unset --external-gateway rtr',
        'router remove subnet rtr inside',
        'router delete rtr',
        'subnet delete sub',
        'network delete net',
        'user delete someone',
        'project delete tenant',
      ]);
      expect(deleted.complained).toBe('');
      expect([...routers(cloud).values()]).toEqual([]);
      expect(names(networks(cloud).values())).toEqual(['public']);
      expect(names(subnets(cloud).values())).toEqual(['public-subnet']);
      expect(names(users(cloud).values())).toEqual(['admin']);
      expect(names(projects(cloud).values())).toEqual(['Default', 'admin', 'service']);
    });

    it('is told in words why something cannot be done', { timeout: 60_000 }, async () => {
      const { complained } = await openstack(['network delete nothing', 'project create admin']);
      expect(complained).toMatch(/No Network found for nothing/);
      expect(complained).toMatch(/Conflict occurred attempting to store project/);
    });
  },
);
