/** Laws of large objects, static and dynamic, of symlinks, and of deleting many things at once. */
import { describe, expect, it } from 'vitest';
import type { Answer } from './glance-session.ts';
import type { Given } from './swift.ts';
import { headersOf, html, md5 } from './swift-session.ts';

const SLO = ['etag', 'content-length', 'content-type', 'x-static-large-object'];

/** Large objects and symlinks. */
export function swiftLargeObjects({ swift }: Given): void {
  describe('large objects', () => {
    const put = (path: string, bytes: string, headers = {}): Promise<Answer> =>
      swift().call('PUT', path, { bytes, headers });
    const manifest = (path: string, segments: unknown, headers = {}): Promise<Answer> =>
      put(`${path}?multipart-manifest=put`, JSON.stringify(segments), headers);
    const said = async (answer: Promise<Answer>): Promise<[number, unknown]> => {
      const { status, body } = await answer;
      return [status, body];
    };

    /** A container with two segments of 5 and 3 bytes, and an SLO of them. */
    async function withSlo(): Promise<{ container: string; slo: string; etag: string }> {
      const container = await swift().container();
      await put(`${container}/s/1`, 'aaaaa', { 'Content-Type': 'seg/ment' });
      await put(`${container}/s/2`, 'bbb', { 'Content-Type': 'seg/ment' });
      const segments = [{ path: `${container}/s/1`, etag: md5('aaaaa'), size_bytes: 5 }, { path: `${container}/s/2` }];
      const made = await manifest(`${container}/slo`, segments, { 'Content-Type': 'a/b', 'X-Object-Meta-A': '1' });
      const etag = `"${md5(md5('aaaaa'), md5('bbb'))}"`;
      expect([made.status, made.headers.get('etag')]).toEqual([201, etag]);
      return { container, slo: `${container}/slo`, etag };
    }

    it('reads a static large object as one, whole and in ranges', async () => {
      const { slo, etag } = await withSlo();
      for (const method of ['HEAD', 'GET']) {
        const answer = await swift().call(method, slo);
        expect(headersOf(answer, ...SLO)).toEqual([etag, '8', 'a/b', 'True']);
        expect(answer.headers.get('x-manifest-etag')).toMatch(/^[0-9a-f]{32}$/);
      }
      expect((await swift().call('GET', slo)).body).toBe('aaaaabbb');
      const part = await swift().call('GET', slo, { headers: { Range: 'bytes=3-6' } });
      expect([part.status, part.body, part.headers.get('content-range')]).toEqual([206, 'aabb', 'bytes 3-6/8']);
    });

    it('shows its manifest as it is kept and as it is written', async () => {
      const { container, slo } = await withSlo();
      const kept = await swift().call('GET', `${slo}?multipart-manifest=get`);
      expect(headersOf(kept, 'content-type', 'x-static-large-object', 'x-object-meta-a')).toEqual([
        ...['application/json; charset=utf-8', 'True', '1'],
      ]);
      expect(kept.headers.get('etag')).toBe(md5(kept.bytes));
      const segment = { content_type: 'seg/ment', last_modified: expect.stringMatching(/\.000000$/) };
      expect(kept.body).toEqual([
        { name: `${container}/s/1`, bytes: 5, hash: md5('aaaaa'), ...segment },
        { name: `${container}/s/2`, bytes: 3, hash: md5('bbb'), ...segment },
      ]);
      const raw = await swift().call('GET', `${slo}?multipart-manifest=get&format=raw`);
      expect(raw.headers.get('etag')).toBe(md5(raw.bytes));
      expect(JSON.parse(raw.bytes.toString())).toEqual([
        { path: `${container}/s/1`, etag: md5('aaaaa'), size_bytes: 5 },
        { path: `${container}/s/2`, etag: md5('bbb'), size_bytes: 3 },
      ]);
    });

    it('lists it with the size of the whole, the hash of its manifest and its ETag beside', async () => {
      const { container, slo, etag } = await withSlo();
      const kept = await swift().call('GET', `${slo}?multipart-manifest=get`);
      const row = (await swift().rows(container)).find(({ name }) => name === 'slo');
      expect(row).toMatchObject({ bytes: 8, hash: md5(kept.bytes), slo_etag: etag, content_type: 'a/b' });
      const used = 8 + kept.bytes.length;
      expect((await swift().call('HEAD', container)).headers.get('x-container-bytes-used')).toBe(String(used));
    });

    it('refuses a manifest that is none, or whose segments are not as it says', async () => {
      const { container } = await withSlo();
      const bad = `${container}/bad`;
      expect(await said(put(`${bad}?multipart-manifest=put`, 'xx'))).toEqual([400, 'Manifest must be valid JSON.\n']);
      expect(await said(manifest(bad, {}))).toEqual([400, 'Manifest must be a list.\n']);
      const one = { path: `${container}/s/1`, etag: md5('other'), size_bytes: 6 };
      expect(await said(manifest(bad, [one]))).toEqual([
        ...[400, `Errors:\n${container}/s/1, Size Mismatch\n${container}/s/1, Etag Mismatch\n`],
      ]);
      const json = { Accept: 'application/json' };
      expect(await said(manifest(bad, [{ path: `${container}/s/9` }], json))).toEqual([
        ...[400, { Errors: [[`${container}/s/9`, '404 Not Found']] }],
      ]);
      expect(await said(manifest(bad, [{ path: 'nonsense' }]))).toEqual([
        ...[400, 'Index 0: path does not refer to an object. Path must be of the form /container/object.\n'],
      ]);
      expect(await said(manifest(bad, [{ path: `${container}/s/1`, foo: 1 }]))).toEqual([
        ...[400, 'Index 0: extraneous keys "foo"\n'],
      ]);
      expect((await manifest(bad, [{ path: `${container}/s/1` }], { ETag: 'x' })).status).toBe(422);
      expect((await swift().call('HEAD', bad)).status).toBe(404);
    });

    it('takes ranges of segments, other large objects and bytes in the manifest', async () => {
      const { container, slo, etag } = await withSlo();
      const segments = [{ path: `${container}/s/1`, range: '1-2' }, { path: slo }, { data: 'aGVsbG8=' }];
      const made = await manifest(`${container}/mixed`, segments);
      const parts = [`${md5('aaaaa')}:1-2;`, etag.replaceAll('"', ''), md5('hello')];
      expect([made.status, made.headers.get('etag')]).toEqual([201, `"${md5(...parts)}"`]);
      expect((await swift().call('GET', `${container}/mixed`)).body).toBe('aaaaaaabbbhello');
      const kept = await swift().call('GET', `${container}/mixed?multipart-manifest=get`);
      expect(kept.body).toMatchObject([{ range: '1-2', bytes: 5 }, { sub_slo: true, bytes: 8 }, { data: 'aGVsbG8=' }]);
    });

    it('breaks with the segments that it is made of', async () => {
      const { container, slo } = await withSlo();
      await swift().call('DELETE', `${container}/s/1`);
      expect((await swift().call('HEAD', slo)).status).toBe(200);
      expect(await said(swift().call('GET', slo))).toEqual([
        ...[409, html('Conflict', 'There was a conflict when trying to complete your request.')],
      ]);
    });

    it('stays a large object through a POST, and through a copy only as a manifest', async () => {
      const { container, slo, etag } = await withSlo();
      await swift().call('POST', slo, { headers: { 'X-Object-Meta-B': '2' } });
      const changed = await swift().call('HEAD', slo);
      expect(headersOf(changed, ...SLO, 'x-object-meta-a')).toEqual([etag, '8', 'a/b', 'True', null]);
      const headers = { 'X-Copy-From': slo };
      await put(`${container}/flat`, '', headers);
      const flat = await swift().call('GET', `${container}/flat`);
      expect([flat.body, ...headersOf(flat, ...SLO)]).toEqual(['aaaaabbb', md5('aaaaabbb'), '8', 'a/b', null]);
      const kept = await put(`${container}/twin?multipart-manifest=get`, '', headers);
      expect([kept.status, kept.headers.get('etag')]).toEqual([201, etag]);
      expect(headersOf(await swift().call('HEAD', `${container}/twin`), ...SLO)).toEqual([etag, '8', 'a/b', 'True']);
    });

    it('deletes a large object alone, or with its segments', async () => {
      const { container, slo } = await withSlo();
      await put(`${container}/twin?multipart-manifest=get`, '', { 'X-Copy-From': slo });
      expect((await swift().call('DELETE', `${container}/twin`)).status).toBe(204);
      const headers = { Accept: 'application/json' };
      const gone = await swift().call('DELETE', `${slo}?multipart-manifest=delete`, { headers });
      expect(gone.status).toBe(200);
      expect(gone.body).toMatchObject({ 'Number Deleted': 3, 'Number Not Found': 0, 'Response Status': '200 OK' });
      expect(await swift().rows(container)).toEqual([]);
    });

    it('reads a dynamic large object as whatever begins with its prefix, until a POST forgets it', async () => {
      const container = await swift().container();
      const name = container.slice(1);
      await put(`${container}/s/1`, 'aaaaa');
      await put(`${container}/s/2`, 'bbb');
      const headers = { 'X-Object-Manifest': `${name}/s/`, 'Content-Type': 'a/b' };
      expect((await put(`${container}/dlo`, '', headers)).headers.get('etag')).toBe(md5());
      const whole = await swift().call('GET', `${container}/dlo`);
      const etag = `"${md5(md5('aaaaa'), md5('bbb'))}"`;
      expect([whole.body, ...headersOf(whole, 'etag', 'x-object-manifest')]).toEqual(['aaaaabbb', etag, `${name}/s/`]);
      const part = await swift().call('GET', `${container}/dlo`, { headers: { Range: 'bytes=4-5' } });
      expect([part.status, part.body]).toEqual([206, 'ab']);
      const own = await swift().call('GET', `${container}/dlo?multipart-manifest=get`);
      expect([own.body, ...headersOf(own, 'etag', 'content-length')]).toEqual(['', md5(), '0']);
      expect((await swift().rows(container)).find((row) => row.name === 'dlo')).toMatchObject({
        bytes: 0,
        hash: md5(),
      });
      await swift().call('POST', `${container}/dlo`, { headers: { 'X-Object-Meta-A': '1' } });
      const forgotten = await swift().call('HEAD', `${container}/dlo`);
      expect(headersOf(forgotten, 'content-length', 'x-object-manifest')).toEqual(['0', null]);
      const wrong = put(`${container}/bad`, '', { 'X-Object-Manifest': name });
      expect(await said(wrong)).toEqual([400, 'X-Object-Manifest must be in the format container/prefix']);
    });

    it('follows symlinks, and shows them as what they are when asked', async () => {
      const container = await swift().container();
      const name = container.slice(1);
      await put(`${container}/target`, 'bytes', { 'Content-Type': 'a/b' });
      const target = { 'X-Symlink-Target': `${name}/target`, 'Content-Type': 'application/symlink' };
      expect((await put(`${container}/link`, '', target)).status).toBe(201);
      const read = await swift().call('GET', `${container}/link`);
      const location = `/v1/${swift().account}/${name}/target`;
      expect([read.body, ...headersOf(read, 'content-type', 'content-location')]).toEqual(['bytes', 'a/b', location]);
      const itself = await swift().call('HEAD', `${container}/link?symlink=get`);
      expect(headersOf(itself, 'content-type', 'content-length', 'x-symlink-target')).toEqual([
        ...['application/symlink', '0', `${name}/target`],
      ]);
      expect((await swift().rows(container)).find((row) => row.name === 'link')).toMatchObject({
        ...{ bytes: 0, symlink_path: location },
      });
      const post = await swift().call('POST', `${container}/link`, { headers: { 'X-Object-Meta-A': '1' } });
      expect([post.status, post.headers.get('location')]).toEqual([307, location]);
      const wrong = { ...target, 'X-Symlink-Target-Etag': md5('other') };
      expect((await put(`${container}/static`, '', wrong)).status).toBe(409);
      expect((await put(`${container}/static`, '', { ...wrong, 'X-Symlink-Target-Etag': md5('bytes') })).status).toBe(
        201,
      );
      expect(await said(put(`${container}/bad`, '', { 'X-Symlink-Target': 'x' }))).toEqual([
        ...[412, 'X-Symlink-Target header must be of the form <container name>/<object name>'],
      ]);
      await put(`${container}/target`, 'others');
      expect((await swift().call('GET', `${container}/link`)).body).toBe('others');
      expect((await swift().call('GET', `${container}/static`)).status).toBe(409);
      await swift().call('DELETE', `${container}/target`);
      expect((await swift().call('GET', `${container}/link`)).status).toBe(404);
    });

    it('deletes many things at once, and says which it could not', async () => {
      const container = await swift().container();
      const name = container.slice(1);
      for (const object of ['a', 'b c', 'left']) await put(`${container}/${encodeURIComponent(object)}`, 'x');
      const answer = await swift().call('POST', '?bulk-delete', {
        bytes: `${name}/a\n${name}/b%20c\n${name}/none\n${name}\n`,
        headers: { 'Content-Type': 'text/plain', Accept: 'application/json' },
      });
      expect([answer.status, answer.body]).toEqual([
        200,
        {
          ...{ 'Number Deleted': 2, 'Number Not Found': 1, 'Response Body': '', 'Response Status': '400 Bad Request' },
          Errors: [[name, '409 Conflict']],
        },
      ]);
    });
  });
}
