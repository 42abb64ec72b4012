/** Laws of older versions, in containers of their own or kept by Swift. */
import { describe, expect, it } from 'vitest';
import type { Answer } from './glance-session.ts';
import type { Given } from './swift.ts';
import { headersOf } from './swift-session.ts';

/** Versions of objects. */
export function swiftVersions({ swift }: Given): void {
  describe('versions', () => {
    const put = (path: string, bytes: string): Promise<Answer> => swift().call('PUT', path, { bytes });
    const names = async (path: string): Promise<(string | undefined)[]> =>
      (await swift().rows(path)).map((row) => row.name);

    it('moves what is replaced to another container, and back when its successor is deleted', async () => {
      const archive = await swift().container();
      const container = await swift().container({ 'X-Versions-Location': archive.slice(1) });
      expect((await swift().call('HEAD', container)).headers.get('x-versions-location')).toBe(archive.slice(1));
      await put(`${container}/o`, 'one');
      const stamp = (await swift().call('HEAD', `${container}/o`)).headers.get('x-timestamp') ?? '';
      await put(`${container}/o`, 'two');
      expect(await names(archive)).toEqual([`001o/${stamp}`]);
      expect((await swift().call('GET', `${archive}/001o/${stamp}`)).body).toBe('one');
      expect((await swift().call('DELETE', `${container}/o`)).status).toBe(204);
      expect((await swift().call('GET', `${container}/o`)).body).toBe('one');
      expect(await names(archive)).toEqual([]);
      await swift().call('DELETE', `${container}/o`);
      expect((await swift().call('GET', `${container}/o`)).status).toBe(404);
    });

    it('keeps the history of an object beyond its deletion', async () => {
      const archive = await swift().container();
      const container = await swift().container({ 'X-History-Location': archive.slice(1) });
      await put(`${container}/o`, 'one');
      await swift().call('DELETE', `${container}/o`);
      expect((await swift().call('GET', `${container}/o`)).status).toBe(404);
      const rows = await swift().rows(archive);
      expect(rows.map((row) => row.bytes)).toEqual([3, 0]);
      expect(rows[1]?.content_type).toBe('application/x-deleted;swift_versions_deleted=1');
      await swift().call('POST', container, { headers: { 'X-Remove-History-Location': 'x' } });
      const shown = await swift().call('HEAD', container);
      expect(headersOf(shown, 'x-history-location', 'x-versions-location')).toEqual([null, null]);
    });

    it('refuses two places for versions, and one that is no container', async () => {
      const container = await swift().container();
      const both = { 'X-Versions-Location': 'a', 'X-History-Location': 'b' };
      const answer = await swift().call('POST', container, { headers: both });
      expect([answer.status, answer.body]).toEqual([
        ...[400, 'Only one of x-versions-location or x-history-location may be specified'],
      ]);
      const slash = await swift().call('POST', container, { headers: { 'X-Versions-Location': 'a/b' } });
      expect([slash.status, slash.body]).toEqual([412, 'Container name cannot contain slashes']);
    });

    it('keeps every version itself once it is enabled', async () => {
      const container = await swift().container({ 'X-Versions-Enabled': 'true' });
      expect((await swift().call('HEAD', container)).headers.get('x-versions-enabled')).toBe('True');
      const first = (await put(`${container}/o`, 'one')).headers.get('x-object-version-id') ?? '';
      const second = (await put(`${container}/o`, 'four')).headers.get('x-object-version-id') ?? '';
      expect((await swift().call('GET', `${container}/o`)).headers.get('x-object-version-id')).toBe(second);
      expect((await swift().call('GET', `${container}/o?version-id=${first}`)).body).toBe('one');
      const deleted = await swift().call('DELETE', `${container}/o`);
      expect((await swift().call('GET', `${container}/o`)).status).toBe(404);
      const rows = await swift().rows(`${container}?versions`);
      expect(rows.map((row) => [row.version_id, row.is_latest, row.bytes])).toEqual([
        [deleted.headers.get('x-object-version-id'), true, 0],
        [second, false, 4],
        [first, false, 3],
      ]);
      const shown = await swift().call('HEAD', container);
      expect(headersOf(shown, 'x-container-object-count', 'x-container-bytes-used')).toEqual(['0', '7']);
      const full = await swift().call('DELETE', container);
      expect([full.status, full.body]).toEqual([409, 'Delete all versions before deleting container.']);
      const wrong = await swift().call('GET', `${container}/o?version-id=x`);
      expect([wrong.status, wrong.body]).toEqual([400, 'Invalid version parameter']);
    });

    it('goes on with one version without an id when versions are switched off', async () => {
      const container = await swift().container({ 'X-Versions-Enabled': 'true' });
      await put(`${container}/o`, 'one');
      await swift().call('POST', container, { headers: { 'X-Versions-Enabled': 'false' } });
      expect((await put(`${container}/o`, 'plain')).headers.get('x-object-version-id')).toBeNull();
      const rows = await swift().rows(`${container}?versions`);
      expect(rows.map((row) => [row.version_id === 'null', row.is_latest, row.bytes])).toEqual([
        [true, true, 5],
        [false, false, 3],
      ]);
      expect((await swift().call('DELETE', `${container}/o?version-id=null`)).status).toBe(204);
      expect(await swift().rows(container)).toEqual([]);
    });
  });
}
