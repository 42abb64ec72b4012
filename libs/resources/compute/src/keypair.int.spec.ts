import type { JsonObject } from '@osm/kernel';
import { openCloud } from '@osm/openstack';
import { createOne, deleteOne, listAll, listSome, readOne } from '@osm/resource';
import { user } from '@osm/resources/identity';
import { startFakeCloud } from '@osm/testing/fake-openstack';
import { describe, expect, it } from 'vitest';
import { keypair } from './keypair.ts';

const public_key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ9xR0bDBcH2Iy4l2xGqQ0cGm6bXH8sVb6sVQy0WmB1u lab@example';

const fakeCloud = async () => {
  const fake = await startFakeCloud({
    name: 'source',
    region: 'RegionOne',
    release: 'zed',
    networkType: 'vxlan',
    volumeTypes: ['ssd'],
    adminPassword: 'lab',
  });
  const cloud = openCloud('source', {
    file: 'clouds.yaml',
    authUrl: fake.authUrl,
    credential: { type: 'password', user: { name: 'admin', domain: { id: 'default' } }, password: 'lab' },
    scope: { type: 'project', project: { name: 'admin', domain: { id: 'default' } } },
    region: 'RegionOne',
    interface: 'public',
    tls: { verify: true, cacert: undefined, cert: undefined, key: undefined },
    endpointOverrides: {},
  });
  const newUser = async (name: string): Promise<string> =>
    user.id(await createOne(cloud, user, { name, domain_id: 'default' }));
  return {
    cloud,
    newUser,
    [Symbol.asyncDispose]: async (): Promise<void> => {
      cloud.close();
      await fake.close();
    },
  };
};

const all = async (items: AsyncIterable<JsonObject>): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = [];
  for await (const item of items) found.push(item);
  return found;
};

describe('keypairs of several users', () => {
  it('are told apart, though they have one name', async () => {
    await using source = await fakeCloud();
    const { cloud, newUser } = source;
    const users = [await newUser('alice'), await newUser('bob')];
    for (const user_id of users) await createOne(cloud, keypair, { name: 'a key@home.example', public_key, user_id });

    const ids = users.map((id) => `${id}/a key@home.example`);
    const listed = await all(listAll(cloud, keypair, 'all-tenants'));
    expect(listed.map(keypair.id).sort()).toEqual([...ids].sort());
    for (const item of listed) expect(() => keypair.check(item)).not.toThrow();
    for (const id of ids) expect(keypair.id(await readOne(cloud, keypair, id))).toBe(id);
  });

  it('are found and removed one by one', async () => {
    await using source = await fakeCloud();
    const { cloud, newUser } = source;
    const [alice, bob] = [await newUser('alice'), await newUser('bob')];
    for (const user_id of [alice, bob]) await createOne(cloud, keypair, { name: 'key', public_key, user_id });

    const found = await all(listSome(cloud, keypair, { user_id: alice }));
    expect(found).toMatchObject([{ name: 'key', user_id: alice, public_key }]);
    await deleteOne(cloud, keypair, `${alice}/key`);
    expect(await all(listSome(cloud, keypair, { user_id: alice }))).toEqual([]);
    expect(await all(listSome(cloud, keypair, { user_id: bob }))).toHaveLength(1);
  });

  it('go by their names where a user sees its own', async () => {
    await using source = await fakeCloud();
    const { cloud } = source;
    await createOne(cloud, keypair, { name: 'mine', public_key });
    const listed = await all(listAll(cloud, keypair, 'own-project'));
    expect(listed.map(keypair.id)).toEqual(['mine']);
    expect(await readOne(cloud, keypair, 'mine')).toMatchObject({ name: 'mine' });
  });
});
