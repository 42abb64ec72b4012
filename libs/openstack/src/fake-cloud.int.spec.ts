import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeCloud, writeCloudsYaml } from '@osm/testing/fake-openstack';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClouds, openCloud, type Clouds, type OpenCloud } from './index.ts';

type FakeCloud = Awaited<ReturnType<typeof startFakeCloud>>;

describe('a whole cloud', () => {
  let fake: FakeCloud;
  let clouds: Clouds;
  let cloud: OpenCloud;
  let folder = '';

  beforeAll(async () => {
    fake = await startFakeCloud({
      name: 'fake',
      region: 'RegionOne',
      release: 'zed',
      networkType: 'vxlan',
      volumeTypes: ['ssd'],
      adminPassword: 'secret-1',
      maxPage: 3,
    });
    folder = await mkdtemp(join(tmpdir(), 'openstack-'));
    const file = join(folder, 'clouds.yaml');
    const entry = fake.adminCloudsYamlEntry;
    await writeCloudsYaml(file, [
      { name: 'fake', entry },
      { name: 'wrong', entry: { ...entry, auth: { ...entry.auth, password: 'guessed' } } },
    ]);
    clouds = await loadClouds({ file, env: {}, cwd: folder, home: folder });
    cloud = openCloud('fake', clouds.named('fake'));
  });

  afterAll(async () => {
    cloud.close();
    await fake.close();
    await rm(folder, { recursive: true });
  });

  const names = async (...list: Parameters<OpenCloud['list']>) => {
    const all = [];
    for await (const item of cloud.list(...list)) all.push(String(item['name']));
    return all.sort();
  };

  it('signs in who is in clouds.yaml, and nobody with another password', async () => {
    expect((await cloud.whoAmI()).roles).toContain('admin');
    const wrong = openCloud('wrong', clouds.named('wrong'));
    await expect(wrong.whoAmI()).rejects.toMatchObject({ code: 'unauthorized' });
    wrong.close();
  });

  it('takes an application credential, which cannot leave its project', async () => {
    const { userId, projectId } = await cloud.whoAmI();
    const path = `/users/${userId}/application_credentials`;
    const { body } = await cloud.send('identity', {
      method: 'POST',
      path,
      body: { application_credential: { name: 'osm' } },
    });
    const made = JSON.parse(JSON.stringify(body)) as { application_credential: { id: string; secret: string } };
    const { id, secret } = made.application_credential;
    const config = clouds.named('fake');
    const app = openCloud('app', { ...config, credential: { type: 'application-credential', ref: { id }, secret } });
    expect((await app.whoAmI()).projectId).toBe(projectId);
    await expect(app.inProject('another').whoAmI()).rejects.toMatchObject({ code: 'cannot-rescope' });
    app.close();
    await cloud.send('identity', { method: 'DELETE', path: `${path}/${id}` });
  });

  it('lists everything, page by page', async () => {
    const wanted = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'];
    for (const name of wanted) {
      await cloud.send('network', { method: 'POST', path: '/networks', body: { network: { name } } });
    }
    expect(await names('network', '/networks', { key: 'networks' })).toEqual(expect.arrayContaining(wanted));
    expect(await names('network', '/networks', { key: 'networks', query: { limit: '2' } })).toEqual(
      await names('network', '/networks', { key: 'networks' }),
    );
  });

  it('signs in once for 200 requests', async () => {
    const after = fake.ledger.entries(0).length;
    const own = openCloud('fake', clouds.named('fake'));
    await Promise.all(Array.from({ length: 200 }, () => own.send('network', { method: 'GET', path: '/networks' })));
    own.close();
    const tokens = fake.ledger
      .entries(0)
      .slice(after)
      .filter(({ path }) => path.endsWith('/auth/tokens'));
    expect(tokens).toHaveLength(1);
  });

  it('makes one network of a POST whose answer is lost, and says that nobody knows', async () => {
    fake.faults.add({ service: 'network', method: 'POST', times: 1, action: 'commit-then-reset' });
    const lost = cloud.send('network', { method: 'POST', path: '/networks', body: { network: { name: 'lost' } } });
    await expect(lost).rejects.toMatchObject({ code: 'answer-lost', disposition: 'unknown' });
    expect(await names('network', '/networks', { key: 'networks', query: { name: 'lost' } })).toEqual(['lost']);
  });
});
