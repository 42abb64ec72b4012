/** Laws of who may do what: owners, ACLs, nobody, and signed URLs. */
import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer } from './glance-session.ts';
import type { Given } from './swift.ts';
import type { Swift } from './swift-session.ts';
import { headersOf, html, swiftOf } from './swift-session.ts';

const FORBIDDEN = html('Forbidden', 'Access was denied to this resource.');

/** Who may do what. */
export function swiftAccess({ swift, admin }: Given): void {
  describe('access', () => {
    /** The administrator of another project, as a stranger in the tenant's account. */
    const stranger = (): Swift => swiftOf(admin().session, swift().session.projectId);
    const statuses = async (answers: readonly Promise<Answer>[]): Promise<number[]> =>
      (await Promise.all(answers)).map(({ status }) => status);

    it('lets in nobody without a token, and no other project, be it of an administrator', async () => {
      const container = await swift().container();
      const open = await swift().anonymous('GET', container);
      expect(open.status).toBe(401);
      expect(open.headers.get('www-authenticate')).toContain(`Swift realm="${swift().account}"`);
      const other = await stranger().call('GET', container);
      expect([other.status, other.body]).toEqual([403, FORBIDDEN]);
      expect(await statuses([stranger().call('PUT', '/contract-stolen'), stranger().call('GET', '')])).toEqual([
        403, 403,
      ]);
      expect((await swift().call('DELETE', '')).status).toBe(403);
    });

    it('lets in whom the ACL of a container names', async () => {
      const { projectId, userId } = admin().session;
      const container = await swift().container({ 'X-Container-Read': `${projectId}:*` });
      await swift().call('PUT', `${container}/x`, { bytes: 'x' });
      const read = [stranger().call('GET', container), stranger().call('GET', `${container}/x`)];
      expect(await statuses(read)).toEqual([200, 200]);
      expect((await stranger().call('PUT', `${container}/y`, { bytes: 'y' })).status).toBe(403);
      expect((await stranger().call('HEAD', container)).headers.get('x-container-read')).toBeNull();
      await swift().call('POST', container, { headers: { 'X-Container-Write': `*:${userId}` } });
      expect((await stranger().call('PUT', `${container}/y`, { bytes: 'y' })).status).toBe(201);
      expect((await stranger().call('POST', container)).status).toBe(403);
    });

    it('lets everybody read what is public, and list it only where that is said too', async () => {
      const container = await swift().container({ 'X-Container-Read': '.r:*' });
      await swift().call('PUT', `${container}/x`, { bytes: 'x' });
      expect((await swift().anonymous('GET', `${container}/x`)).body).toBe('x');
      expect((await swift().anonymous('GET', container)).status).toBe(401);
      await swift().call('POST', container, { headers: { 'X-Container-Read': '.r:*, .rlistings' } });
      expect((await swift().anonymous('GET', container)).body).toBe('x\n');
      const shown = await swift().call('HEAD', container);
      expect(shown.headers.get('x-container-read')).toBe('.r:*,.rlistings');
    });

    it('cleans ACLs, and refuses what is none', async () => {
      const container = await swift().container();
      const set = async (name: string, value: string): Promise<[number, unknown]> => {
        const answer = await swift().call('POST', container, { headers: { [name]: value } });
        return [answer.status, answer.body];
      };
      expect((await set('X-Container-Read', 'a:b ,, c:d, .referrer : *.example.com'))[0]).toBe(204);
      expect((await swift().call('HEAD', container)).headers.get('x-container-read')).toBe('a:b,c:d,.r:.example.com');
      expect(await set('X-Container-Read', '.r:')).toEqual([
        ...[400, "No host/domain value after referrer designation in ACL: '.r:'"],
      ]);
      expect(await set('X-Container-Write', '.r:*')).toEqual([400, "Referrers not allowed in write ACL: '.r:*'"]);
      expect(await set('X-Container-Read', '.x:y')).toEqual([400, "Unknown designator '.x' in ACL: '.x:y'"]);
      await set('X-Container-Read', '');
      expect((await swift().call('HEAD', container)).headers.get('x-container-read')).toBeNull();
    });

    it('lets in whoever has a signed URL, for its method and until it expires', async () => {
      const container = await swift().container({ 'X-Container-Meta-Temp-URL-Key': 'container-key' });
      await swift().call('POST', '', { headers: { 'X-Account-Meta-Temp-URL-Key': 'account-key' } });
      const object = `${container}/some thing`;
      const url = (method: string, key: string, digest: string, seconds = 300): string => {
        const expires = Math.floor(Date.now() / 1000) + seconds;
        const text = `${method}\n${expires}\n/v1/${swift().account}${object}`;
        const signature = createHmac(digest, key).update(text).digest('hex');
        return `${container}/some%20thing?temp_url_sig=${signature}&temp_url_expires=${expires}`;
      };
      const headers = { 'X-Object-Meta-A': '1', 'Content-Type': 'a/b' };
      const made = await swift().anonymous('PUT', url('PUT', 'account-key', 'sha256'), { bytes: 'signed', headers });
      expect(made.status).toBe(201);
      for (const [key, digest] of [
        ['container-key', 'sha512'],
        ['account-key', 'sha1'],
      ] as const) {
        const read = await swift().anonymous('GET', url('GET', key, digest));
        expect([read.status, read.body, ...headersOf(read, 'x-object-meta-a', 'content-type')]).toEqual([
          ...[200, 'signed', null, 'a/b'],
        ]);
        expect(read.headers.get('content-disposition')).toMatch(/^attachment; filename="some( |%20)thing";/);
      }
      const refused = [401, '401 Unauthorized: Temp URL invalid\n'];
      for (const wrong of [
        url('PUT', 'account-key', 'sha256'),
        url('GET', 'other', 'sha256'),
        url('GET', 'account-key', 'sha256', -5),
      ]) {
        const answer = await swift().anonymous('GET', wrong);
        expect([answer.status, answer.body]).toEqual(refused);
      }
      expect((await swift().anonymous('HEAD', url('GET', 'account-key', 'sha256'))).status).toBe(200);
      const link = { 'X-Object-Manifest': 'a/b' };
      const answer = await swift().anonymous('PUT', url('PUT', 'account-key', 'sha256'), { bytes: '', headers: link });
      expect([answer.status, answer.body]).toEqual([
        400,
        "The header 'X-Object-Manifest' is not allowed in this tempurl",
      ]);
    });
  });
}
