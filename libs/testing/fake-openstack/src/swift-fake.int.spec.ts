/** What only a fake can be asked of its Swift: broken lines, faults, names that clients tidy up, other policies. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contractCloudOf } from './contract/glance-clouds.ts';
import { signIn } from './contract/glance-session.ts';
import type { Swift } from './contract/swift-session.ts';
import { md5, swiftOf } from './contract/swift-session.ts';
import type { FakeCloudOptions } from './frame.ts';
import type { FakeCloud } from './start-fake-cloud.ts';
import { startFakeCloud } from './start-fake-cloud.ts';
import { containers } from './swift-rows.ts';

let fake: FakeCloud;
let swift: Swift;

async function start(options: Partial<FakeCloudOptions> = {}): Promise<void> {
  fake = await startFakeCloud({
    ...{ name: 'tested', region: 'RegionOne', release: 'epoxy', networkType: 'geneve', volumeTypes: ['fast'] },
    ...{ adminPassword: 'secret', ...options },
  });
  swift = swiftOf(await signIn(contractCloudOf(fake)));
}

/** A request whose path goes out as it is written. */
function written(method: string, path: string, headers: Record<string, string> = {}) {
  const { port, pathname } = new URL(swift.session.endpoint('object-store'));
  const token = { 'X-Auth-Token': swift.session.token };
  const sent = request({ port, method, path: `${pathname}${path}`, headers: { ...token, ...headers } });
  sent.on('error', () => undefined);
  return sent;
}

async function statusOf(sent: ReturnType<typeof written>): Promise<number | undefined> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  response.resume();
  return response.statusCode;
}

describe('the fake Swift', () => {
  beforeEach(() => start());
  afterEach(() => fake.close());

  it('keeps dots and repeated slashes in names', async () => {
    const container = await swift.container();
    for (const name of ['a/../b', './c', '//d']) {
      expect(await statusOf(written('PUT', `${container}/${name}`, { 'Content-Length': '0' }).end())).toBe(201);
      expect(await statusOf(written('HEAD', `${container}/${name}`).end())).toBe(200);
    }
    expect((await swift.rows(container)).map((row) => row.name)).toEqual(['./c', '//d', 'a/../b']);
  });

  it('keeps nothing of an upload that broke off, nor takes away what was there', async () => {
    const container = await swift.container();
    await swift.call('PUT', `${container}/x`, { bytes: 'old' });
    const sent = written('PUT', `${container}/x`, { 'Content-Length': '1000', Expect: '100-continue' });
    sent.flushHeaders();
    await once(sent, 'continue');
    sent.write(randomBytes(10));
    const closed = new Promise((resolve) => sent.once('close', resolve));
    sent.destroy();
    await closed;
    await expect.poll(() => fake.ledger.entries().map((entry) => entry.status)).toContain(499);
    expect((await swift.call('GET', `${container}/x`)).body).toBe('old');
  });

  it('breaks off in the middle where a segment is gone', async () => {
    const container = await swift.container();
    const [one, two] = [`${container}/1`, `${container}/2`];
    const bytes = randomBytes(200_000);
    await swift.call('PUT', one, { bytes });
    await swift.call('PUT', two, { bytes });
    const manifest = JSON.stringify([{ path: one }, { path: two }]);
    await swift.call('PUT', `${container}/slo?multipart-manifest=put`, { bytes: manifest });
    await swift.call('DELETE', two);
    await expect(swift.call('GET', `${container}/slo`)).rejects.toThrow('terminated');
    const first = await swift.call('GET', `${container}/slo`, { headers: { Range: 'bytes=0-199999' } });
    expect(first.bytes.equals(bytes)).toBe(true);
  });

  it('fails as it is told, and writes down what it was asked', async () => {
    const container = await swift.container();
    fake.faults.add({ service: 'object-store', method: 'PUT', times: 1, action: { status: 503 } });
    const put = () => swift.call('PUT', `${container}/x`, { bytes: 'x' });
    expect((await put()).status).toBe(503);
    fake.faults.add({ service: 'object-store', method: 'PUT', times: 1, action: 'commit-then-reset' });
    await expect(put()).rejects.toThrow();
    expect((await swift.call('GET', `${container}/x`)).body).toBe('x');
    const [last] = fake.ledger.entries().toReversed();
    expect(last).toMatchObject({ service: 'object-store', method: 'GET', status: 200 });
    expect(last?.path.endsWith(`${container}/x`)).toBe(true);
  });

  it('holds a large object of zeros at the cost of a block', async () => {
    const container = await swift.container();
    const bytes = Buffer.alloc(32 * 1024 * 1024);
    await swift.call('PUT', `${container}/zeros`, { bytes, headers: { ETag: md5(bytes) } });
    const kept = containers(fake).get(`${swift.account}${container}`)?.objects.get('zeros')?.payload;
    expect([kept?.size, kept?.runs.length]).toEqual([bytes.length, 1]);
  });

  it('has the policies that it is given', async () => {
    await fake.close();
    await start({ storagePolicies: ['fast', 'deep'] });
    const container = await swift.container({ 'X-Storage-Policy': 'Deep' });
    expect((await swift.call('HEAD', container)).headers.get('x-storage-policy')).toBe('deep');
    const moved = await swift.call('PUT', container, { headers: { 'X-Storage-Policy': 'fast' } });
    expect(moved.status).toBe(409);
  });

  it('lets a reseller admin into every account', async () => {
    const roles = await swift.session.call('identity', 'POST', '/roles', { json: { role: { name: 'ResellerAdmin' } } });
    const { id } = (roles.body as { role: { id: string } }).role;
    const { projectId, userId } = swift.session;
    await swift.session.call('identity', 'PUT', `/projects/${projectId}/users/${userId}/roles/${id}`);
    const reseller = swiftOf(await signIn(contractCloudOf(fake)), fake.newHexId());
    expect((await reseller.call('PUT', '/c')).status).toBe(201);
    expect((await reseller.call('DELETE', '')).status).toBe(204);
    expect((await reseller.call('GET', '/c')).status).toBe(404);
  });
});
