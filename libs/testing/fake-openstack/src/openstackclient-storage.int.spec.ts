/** The client that operators type, python3-openstackclient, against the fake: images, volumes, flavors and keypairs. */
import { execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeCloudsYaml } from './clouds-yaml.ts';
import { startFake } from './contract/glance-clouds.ts';
import type { FakeCloud } from './start-fake-cloud.ts';

const KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKZ1y6Y0o8iWGf8Vw2zqFJ8wS6n8eDkqHhq6bG7V0gqv someone@somewhere';

/** In CI a missing client is a failure of the suite, elsewhere a skip that says how to get one. */
const missing = !hasClient() && process.env.CI !== 'true';
const title = missing
  ? 'the openstack client (skipped: it is not installed; try "apt-get install python3-openstackclient")'
  : 'the openstack client';

describe.skipIf(missing).each(['zed', 'epoxy'] as const)(`${title} on the fake %s`, (release) => {
  let fake: FakeCloud;
  let directory: string;

  beforeAll(async () => {
    fake = await startFake(release);
    directory = await mkdtemp(join(tmpdir(), 'osm-openstackclient-'));
    await writeCloudsYaml(join(directory, 'clouds.yaml'), [{ name: 'fake', entry: fake.adminCloudsYamlEntry }]);
  });

  afterAll(async () => {
    await fake.close();
    await rm(directory, { recursive: true });
  });

  /**
   * Runs commands in one process of the client, for its start takes seconds; answers what each that ends in `-f json`
   * printed. Anything else that the client says is a failure.
   */
  async function openstack(...commands: readonly string[]): Promise<unknown[]> {
    const own = { OS_CLIENT_CONFIG_FILE: join(directory, 'clouds.yaml'), OS_CLOUD: 'fake' };
    const env = { ...process.env, ...own, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' };
    const client = spawn('openstack', { env, cwd: directory });
    let output = '';
    client.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    client.stderr.on('data', (chunk: Buffer) => (output += chunk.toString('utf8')));
    client.stdin.end([...commands, ''].join('\n'));
    await once(client, 'close');
    const documents = /^(\[\]|\{\}|\[[\s\S]*?^\]|\{[\s\S]*?^\})/gm;
    expect(output.replaceAll(documents, '').trim()).toBe('');
    return (output.match(documents) ?? []).map((document): unknown => JSON.parse(document));
  }

  it('creates, lists, downloads, changes and deletes an image', async () => {
    const bytes = randomBytes(20_000);
    await writeFile(join(directory, 'disk.raw'), bytes);
    const [created, listed, shown, gone] = await openstack(
      'image create -f json --disk-format raw --file disk.raw --property hw_disk_bus=scsi --tag a --private disk',
      'image list -f json',
      'image save --file copy.raw disk',
      'image set --property os_distro=debian --min-disk 1 disk',
      'image show -f json disk',
      'image delete disk',
      'image list -f json',
    );
    expect(created).toMatchObject({ name: 'disk', visibility: 'private', tags: ['a'] });
    expect(listed).toMatchObject([{ Name: 'disk', Status: 'active' }]);
    expect(sha256(await readFile(join(directory, 'copy.raw')))).toBe(sha256(bytes));
    expect(shown).toMatchObject({
      min_disk: 1,
      size: 20_000,
      properties: { hw_disk_bus: 'scsi', os_distro: 'debian' },
    });
    expect(gone).toEqual([]);
  });

  it('creates, lists, changes and deletes a volume, its snapshot and its type', async () => {
    const [type, created, listed] = await openstack(
      'volume type create -f json --private --property volume_backend_name=ssd special',
      'volume create -f json --size 1 --type special --property a=b disk',
      'volume list -f json',
    );
    expect(type).toMatchObject({ name: 'special', is_public: false });
    expect(created).toMatchObject({ name: 'disk', size: 1, type: 'special', status: 'creating' });
    expect(listed).toMatchObject([{ Name: 'disk', Size: 1 }]);
    const [shown, snapshot, snapshots] = await openstack(
      'volume set --bootable --image-property hw_disk_bus=scsi disk',
      'volume set --description new disk',
      'volume show -f json disk',
      'volume snapshot create -f json --volume disk before',
      'volume snapshot list -f json',
    );
    expect(shown).toMatchObject({
      ...{ status: 'available', bootable: 'true', description: 'new', volume_image_metadata: { hw_disk_bus: 'scsi' } },
    });
    expect(snapshot).toMatchObject({ name: 'before', size: 1 });
    expect(snapshots).toMatchObject([{ Name: 'before' }]);
    await openstack('volume delete --purge disk');
    const [left, types] = await openstack(
      'volume list -f json',
      'volume type delete special',
      'volume type list -f json',
    );
    expect([left, JSON.stringify(types).includes('special')]).toEqual([[], false]);
  });

  it('creates, lists and deletes a flavor and a keypair, and sets quotas', async () => {
    await writeFile(join(directory, 'key.pub'), `${KEY}\n`);
    const [flavor, flavors, key, keys, leftFlavors, leftKeys, quota] = await openstack(
      'flavor create -f json --id special --ram 64 --disk 1 --vcpus 2 --private --property hw:cpu_policy=shared tiny',
      'flavor set --project admin --description new tiny',
      'flavor list -f json --all --long',
      'keypair create -f json --public-key key.pub someone',
      'keypair list -f json',
      'flavor delete tiny',
      'keypair delete someone',
      'flavor list -f json --all',
      'keypair list -f json',
      'quota set --cores 7 --volumes 8 admin',
      'quota show -f json admin',
    );
    expect(flavor).toMatchObject({
      id: 'special',
      ram: 64,
      vcpus: 2,
      properties: { 'hw:cpu_policy': 'shared' },
    });
    expect(flavors).toMatchObject([{ Name: 'tiny', 'Is Public': false }]);
    expect(key).toMatchObject({
      name: 'someone',
      fingerprint: '87:6d:5e:47:95:dd:b7:22:c9:bb:a5:67:b6:06:b4:af',
    });
    expect(keys).toMatchObject([{ Name: 'someone' }]);
    expect([leftFlavors, leftKeys]).toEqual([[], []]);
    // Newer clients answer rows, older ones an object.
    expect(JSON.stringify(quota)).toMatch(/"cores":7[,}]|"Resource":"cores","Limit":7[,}]/);
    expect(JSON.stringify(quota)).toMatch(/"volumes":8[,}]|"Resource":"volumes","Limit":8[,}]/);
  });
});

function hasClient(): boolean {
  try {
    execFileSync('openstack', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
