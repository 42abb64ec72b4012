/** Laws of accounts, containers and lists. */
import { describe, expect, it } from 'vitest';
import type { Given } from './swift.ts';
import { encoded, headersOf, html, md5 } from './swift-session.ts';

const NOT_FOUND = html('Not Found', 'The resource could not be found.');
const STAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/;

/** Accounts, containers and their lists. */
export function swiftContainers({ swift, admin }: Given): void {
  describe('containers', () => {
    it('tells everybody what the cluster can do', async () => {
      const root = swift()
        .session.endpoint('object-store')
        .replace(/\/v1\/.*/, '');
      const info: unknown = await (await fetch(`${root}/info`)).json();
      expect(info).toMatchObject({
        swift: { policies: [{ name: 'gold', aliases: 'gold', default: true }], container_listing_limit: 10_000 },
        slo: { max_manifest_segments: 1000, min_segment_size: 1 },
        symlink: { symloop_max: 2, static_links: true },
        versioned_writes: { allowed_flags: ['x-versions-location', 'x-history-location'] },
        tempurl: { allowed_digests: ['sha1', 'sha256', 'sha512'] },
        bulk_delete: { max_deletes_per_request: 10_000 },
      });
    });

    it('shows an account that nobody used yet as an empty one', async () => {
      const answer = await admin().call('GET', '?format=json&prefix=nothing-begins-with-this');
      expect([answer.status, answer.body]).toEqual([200, []]);
      expect((await admin().call('GET', '?prefix=nothing-begins-with-this')).status).toBe(204);
      expect((await admin().call('HEAD', '')).headers.get('x-account-container-count')).toMatch(/^\d+$/);
    });

    it('makes a container once, and says 202 to the second time', async () => {
      const path = await swift().container({ 'X-Container-Meta-Colour': 'red' });
      const again = await swift().call('PUT', path, { headers: { 'X-Container-Meta-Size': 'big' } });
      expect([again.status, again.body]).toEqual([202, html('Accepted', 'The request is accepted for processing.')]);
      const shown = await swift().call('HEAD', path);
      expect(shown.status).toBe(204);
      const names = ['x-container-object-count', 'x-container-bytes-used', 'x-storage-policy', 'accept-ranges'];
      expect(headersOf(shown, ...names)).toEqual(['0', '0', 'gold', 'bytes']);
      expect(headersOf(shown, 'x-container-meta-colour', 'x-container-meta-size')).toEqual(['red', 'big']);
      expect(shown.headers.get('x-timestamp')).toMatch(/^\d{10}\.\d{5}$/);
      expect(shown.headers.get('x-trans-id')).toBe(shown.headers.get('x-openstack-request-id'));
      expect(shown.headers.get('x-trans-id')).toMatch(/^tx[0-9a-f]{21}-[0-9a-f]{10}/);
    });

    it('keeps metadata that a POST does not name, and takes away what it empties or removes', async () => {
      const path = await swift().container({ 'X-Container-Meta-A': '1', 'X-Container-Meta-B': '2' });
      const headers = { 'X-Container-Meta-A': '', 'X-Remove-Container-Meta-B': 'x', 'X-Container-Meta-C': '3' };
      const changed = await swift().call('POST', path, { headers });
      expect(changed.status).toBe(204);
      await swift().call('POST', path, { headers: { 'X-Container-Meta-D': '4' } });
      const names = ['a', 'b', 'c', 'd'].map((name) => `x-container-meta-${name}`);
      expect(headersOf(await swift().call('HEAD', path), ...names)).toEqual([null, null, '3', '4']);
    });

    it('keeps metadata of accounts the same way', async () => {
      await swift().call('POST', '', { headers: { 'X-Account-Meta-Owner': 'me' } });
      expect((await swift().call('HEAD', '')).headers.get('x-account-meta-owner')).toBe('me');
      await swift().call('POST', '', { headers: { 'X-Remove-Account-Meta-Owner': 'x' } });
      expect((await swift().call('HEAD', '')).headers.get('x-account-meta-owner')).toBeNull();
    });

    it('refuses metadata that is nameless, too long or too much', async () => {
      const path = await swift().container();
      const said = async (headers: Record<string, string>): Promise<unknown[]> => {
        const answer = await swift().call('POST', path, { headers });
        return [answer.status, answer.headers.get('content-type'), answer.body];
      };
      const plain = [400, 'text/plain'] as const;
      expect(await said({ 'X-Container-Meta-': 'x' })).toEqual([...plain, 'Metadata name cannot be empty']);
      expect(await said({ 'X-Container-Meta-a': 'x'.repeat(257) })).toEqual([
        ...[...plain, 'Metadata value longer than 256: x-container-meta-A'],
      ]);
      const many = Object.fromEntries(Array.from({ length: 91 }, (_, n) => [`X-Container-Meta-${n}`, 'x']));
      expect(await said(many)).toEqual([...plain, 'Too many metadata items; max 90']);
      const large = Object.fromEntries(
        Array.from({ length: 17 }, (_, n) => [`X-Container-Meta-${n}`, 'x'.repeat(256)]),
      );
      expect(await said(large)).toEqual([...plain, 'Total metadata too large; max 4096']);
    });

    it('refuses names and policies that are none', async () => {
      const long = await swift().call('PUT', `/${'a'.repeat(257)}`);
      expect([long.status, long.body]).toEqual([400, 'Container name length of 257 longer than 256']);
      const policy = await swift().call('PUT', '/no-such-policy', { headers: { 'X-Storage-Policy': 'silver' } });
      expect([policy.status, policy.body]).toEqual([400, "Invalid X-Storage-Policy 'silver'"]);
      const utf8 = await swift().call('GET', '/%ff');
      expect([utf8.status, utf8.body]).toEqual([412, 'Invalid UTF8 or contains NULL']);
    });

    it('knows nothing of a container that is not there, and deletes none that holds anything', async () => {
      for (const method of ['GET', 'POST', 'DELETE']) {
        const answer = await swift().call(method, '/contract-none');
        expect([method, answer.status, answer.body]).toEqual([method, 404, NOT_FOUND]);
      }
      const path = await swift().container();
      await swift().call('PUT', `${path}/x`, { bytes: 'x' });
      const full = await swift().call('DELETE', path);
      const conflict = html('Conflict', 'There was a conflict when trying to complete your request.');
      expect([full.status, full.body]).toEqual([409, conflict]);
      await swift().call('DELETE', `${path}/x`);
      expect((await swift().call('DELETE', path)).status).toBe(204);
      expect((await swift().call('DELETE', path)).status).toBe(404);
    });

    it('lists objects in pages, in the order of their bytes', async () => {
      const path = await swift().container();
      const names = ['a', 'a/1', 'a/2', 'b', 'ä', '\u{1f600}', '\u{ffee}'];
      for (const name of names) await swift().call('PUT', `${path}/${encoded(name)}`, { bytes: name });
      const list = async (query: string): Promise<(string | undefined)[]> =>
        (await swift().rows(`${path}?${query}`)).map((row) => row.name ?? row.subdir);
      expect(await list('')).toEqual(['a', 'a/1', 'a/2', 'b', 'ä', '\u{ffee}', '\u{1f600}']);
      expect(await list('limit=2')).toEqual(['a', 'a/1']);
      expect(await list('limit=2&marker=a/1')).toEqual(['a/2', 'b']);
      expect(await list('end_marker=a/2')).toEqual(['a', 'a/1']);
      expect(await list('prefix=a')).toEqual(['a', 'a/1', 'a/2']);
      expect(await list('prefix=a&marker=a/1')).toEqual(['a/2']);
      expect(await list('delimiter=/')).toEqual(['a', 'a/', 'b', 'ä', '\u{ffee}', '\u{1f600}']);
      expect(await list('delimiter=/&prefix=a/')).toEqual(['a/1', 'a/2']);
      expect(await list('delimiter=/&marker=a/')).toEqual(['b', 'ä', '\u{ffee}', '\u{1f600}']);
      expect(await list('delimiter=/&limit=2')).toEqual(['a', 'a/']);
      expect(await list('path=a')).toEqual(['a/1', 'a/2']);
      expect(await list('reverse=true&limit=3')).toEqual(['\u{1f600}', '\u{ffee}', 'ä']);
      expect(await list('reverse=true&marker=b&end_marker=a')).toEqual(['a/2', 'a/1']);
      expect(await list('limit=nonsense')).toHaveLength(7);
      const most = await swift().call('GET', `${path}?limit=10001`);
      expect([most.status, most.body]).toEqual([412, 'Maximum limit is 10000']);
    });

    it('lists in text, JSON and XML', async () => {
      const path = await swift().container();
      expect((await swift().call('GET', path)).status).toBe(204);
      await swift().call('PUT', `${path}/one`, {
        bytes: 'x',
        headers: { 'Content-Type': 'text/plain; charset=utf-8' },
      });
      const text = await swift().call('GET', path);
      expect([text.status, text.body, text.headers.get('content-type')]).toEqual([
        ...[200, 'one\n', 'text/plain; charset=utf-8'],
      ]);
      const [row] = await swift().rows(path);
      expect(row).toEqual({
        ...{ name: 'one', bytes: 1, hash: md5('x'), content_type: 'text/plain;charset=utf-8' },
        last_modified: expect.stringMatching(STAMP),
      });
      const head = await swift().call('HEAD', `${path}/one`);
      expect(head.headers.get('content-type')).toBe('text/plain; charset=utf-8');
      const accepted = await swift().call('GET', path, { headers: { Accept: 'application/json' } });
      expect(accepted.body).toEqual([row]);
      const xml = await swift().call('GET', `${path}?format=xml`);
      expect(xml.body).toContain(`<object><name>one</name><hash>${md5('x')}</hash><bytes>1</bytes>`);
    });

    it('lists the containers of an account with what they hold', async () => {
      const path = await swift().container();
      await swift().call('PUT', `${path}/x`, { bytes: 'four' });
      const [row] = await swift().rows(`?prefix=${path.slice(1)}`);
      expect(row).toMatchObject({ name: path.slice(1), last_modified: expect.stringMatching(STAMP) });
      const [, , third] = [await swift().container(), await swift().container(), await swift().container()];
      const names = (await swift().rows('')).map((one) => one.name ?? '');
      expect(names).toEqual(names.toSorted());
      expect(names).toContain(third?.slice(1));
      expect((await swift().rows(`?marker=${names[0] ?? ''}&limit=2`)).map((one) => one.name)).toEqual(
        names.slice(1, 3),
      );
    });
  });
}
