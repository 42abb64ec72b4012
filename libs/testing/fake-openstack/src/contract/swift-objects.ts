/** Laws of plain objects: their bytes, what is said of them, conditions, ranges, copies and expiry. */
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Answer } from './glance-session.ts';
import { until } from './glance-session.ts';
import type { Given } from './swift.ts';
import { encoded, headersOf, html, md5 } from './swift-session.ts';

const META = ['x-object-meta-a', 'x-object-meta-b', 'content-encoding', 'content-disposition'];

/** Plain objects. */
export function swiftObjects({ swift }: Given): void {
  describe('objects', () => {
    const put = (path: string, bytes: string | Uint8Array, headers = {}): Promise<Answer> =>
      swift().call('PUT', path, { bytes, headers });
    const said = async (answer: Promise<Answer>): Promise<[number, unknown]> => {
      const { status, body } = await answer;
      return [status, body];
    };

    it('gives back the bytes that it took, with their MD5', async () => {
      const path = `${await swift().container()}/some/thing.bin`;
      const bytes = randomBytes(300_000);
      const made = await put(path, bytes, { 'Content-Type': 'a/b', ETag: md5(bytes), 'X-Object-Meta-A': '1' });
      expect([made.status, made.headers.get('etag')]).toEqual([201, md5(bytes)]);
      for (const method of ['GET', 'HEAD']) {
        const answer = await swift().call(method, path);
        const names = ['content-type', 'etag', 'content-length', 'x-object-meta-a', 'accept-ranges'];
        expect(headersOf(answer, ...names)).toEqual(['a/b', md5(bytes), '300000', '1', 'bytes']);
        expect(answer.headers.get('x-timestamp')).toMatch(/^\d{10}\.\d{5}$/);
        expect(answer.bytes.equals(method === 'GET' ? bytes : Buffer.alloc(0))).toBe(true);
      }
    });

    it('takes bytes of unannounced length, and none at all', async () => {
      const container = await swift().container();
      const stream = new Blob(['one', 'two']).stream();
      const url = `${swift().session.endpoint('object-store')}${container}/streamed`;
      const headers = { 'X-Auth-Token': swift().session.token };
      const made = await fetch(url, { method: 'PUT', headers, body: stream, duplex: 'half' });
      expect([made.status, made.headers.get('etag')]).toEqual([201, md5('onetwo')]);
      expect((await swift().call('GET', `${container}/streamed`)).body).toBe('onetwo');
      expect((await put(`${container}/empty`, '')).headers.get('etag')).toBe(md5());
      const empty = await swift().call('GET', `${container}/empty`);
      expect([empty.status, empty.bytes.length]).toEqual([200, 0]);
    });

    it('keeps names with slashes, spaces and other letters as they are', async () => {
      const container = await swift().container();
      const names = ['a b', 'a//b', 'a/', '%41', 'ü/\u{1f600}', 'q?x=1&y#z', "it's+(1)*!"];
      for (const name of names)
        expect([name, (await put(`${container}/${encoded(name)}`, name)).status]).toEqual([name, 201]);
      for (const name of names) {
        const answer = await swift().call('GET', `${container}/${encoded(name)}`);
        expect(answer.bytes.toString('utf8')).toBe(name);
      }
      expect((await swift().rows(container)).map((row) => row.name).toSorted()).toEqual(names.toSorted());
      expect(await said(put(`${container}/${'a'.repeat(1025)}`, 'x'))).toEqual([
        ...[400, 'Object name length of 1025 longer than 1024'],
      ]);
    });

    it('refuses bytes whose MD5 is another than announced, and keeps what was there', async () => {
      const path = `${await swift().container()}/x`;
      await put(path, 'old');
      expect(await said(put(path, 'new', { ETag: md5('other') }))).toEqual([
        ...[422, html('Unprocessable Entity', 'Unable to process the contained instructions')],
      ]);
      expect((await swift().call('GET', path)).body).toBe('old');
    });

    it('guesses the type of what comes without one', async () => {
      const container = await swift().container();
      const type = async (name: string, headers = {}): Promise<string | null> => {
        await put(`${container}/${name}`, 'x', headers);
        return (await swift().call('HEAD', `${container}/${name}`)).headers.get('content-type');
      };
      expect(await type('x.txt')).toBe('text/plain');
      expect(await type('x.json')).toBe('application/json');
      expect(await type('x')).toBe('application/octet-stream');
      expect(await type('y.txt', { 'Content-Type': 'a/b' })).toBe('a/b');
      expect(await type('z.txt', { 'Content-Type': 'a/b', 'X-Detect-Content-Type': 'true' })).toBe('text/plain');
    });

    it('replaces all metadata with a POST, but the type unless it is named', async () => {
      const path = `${await swift().container()}/x`;
      const headers = { 'X-Object-Meta-A': '1', 'Content-Encoding': 'gzip', 'Content-Disposition': 'inline' };
      await put(path, 'x', { ...headers, 'Content-Type': 'a/b' });
      expect(headersOf(await swift().call('HEAD', path), ...META)).toEqual(['1', null, 'gzip', 'inline']);
      const changed = await swift().call('POST', path, { headers: { 'X-Object-Meta-B': '2' } });
      expect(changed.status).toBe(202);
      const shown = await swift().call('HEAD', path);
      expect(headersOf(shown, ...META, 'content-type', 'etag')).toEqual([null, '2', null, null, 'a/b', md5('x')]);
      await swift().call('POST', path, { headers: { 'Content-Type': 'c/d' } });
      expect(headersOf(await swift().call('HEAD', path), ...META, 'content-type')).toEqual([
        null,
        null,
        null,
        null,
        'c/d',
      ]);
    });

    it('writes only where nothing is when asked so', async () => {
      const path = `${await swift().container()}/x`;
      expect((await put(path, 'x', { 'If-None-Match': '*' })).status).toBe(201);
      expect(await said(put(path, 'y', { 'If-None-Match': '*' }))).toEqual([
        ...[412, html('Precondition Failed', 'A precondition for this request was not met.')],
      ]);
      expect((await put(path, 'y', { 'If-None-Match': 'x' })).status).toBe(400);
      expect((await swift().call('GET', path)).body).toBe('x');
    });

    it('reads under conditions', async () => {
      const path = `${await swift().container()}/x`;
      await put(path, 'x');
      const get = async (headers: Record<string, string>): Promise<number> =>
        (await swift().call('GET', path, { headers })).status;
      expect(await get({ 'If-None-Match': `"${md5('x')}"` })).toBe(304);
      expect(await get({ 'If-None-Match': '"other"' })).toBe(200);
      expect(await get({ 'If-Match': md5('x') })).toBe(200);
      expect(await get({ 'If-Match': 'other' })).toBe(412);
      expect(await get({ 'If-Modified-Since': 'Wed, 01 Jan 2020 00:00:00 GMT' })).toBe(200);
      expect(await get({ 'If-Unmodified-Since': 'Wed, 01 Jan 2020 00:00:00 GMT' })).toBe(412);
    });

    it('reads in ranges', async () => {
      const path = `${await swift().container()}/x`;
      await put(path, '0123456789', { 'Content-Type': 'a/b' });
      const get = async (range: string): Promise<unknown[]> => {
        const answer = await swift().call('GET', path, { headers: { Range: `bytes=${range}` } });
        return [answer.status, answer.headers.get('content-range'), answer.body];
      };
      expect(await get('2-4')).toEqual([206, 'bytes 2-4/10', '234']);
      expect(await get('7-')).toEqual([206, 'bytes 7-9/10', '789']);
      expect(await get('-2')).toEqual([206, 'bytes 8-9/10', '89']);
      expect(await get('5-99')).toEqual([206, 'bytes 5-9/10', '56789']);
      expect(await get('nonsense')).toEqual([200, null, '0123456789']);
      expect(await get('10-')).toEqual([
        ...[416, 'bytes */10', html('Requested Range Not Satisfiable', 'The Range requested is not available.')],
      ]);
      const [status, range, body] = await get('0-1,8-9');
      expect([status, range]).toEqual([206, null]);
      expect(body).toMatch(/^--\w+\r\nContent-Type: a\/b\r\nContent-Range: bytes 0-1\/10\r\n\r\n01\r\n--/);
    });

    it('lets objects expire: gone for readers at once, in lists until later', async () => {
      const container = await swift().container();
      const path = `${container}/x`;
      expect(await said(put(path, 'x', { 'X-Delete-At': '1' }))).toEqual([400, 'X-Delete-At in past']);
      expect(await said(put(path, 'x', { 'X-Delete-At': 'soon' }))).toEqual([400, 'Non-integer X-Delete-At']);
      expect(await said(put(path, 'x', { 'X-Delete-After': '0' }))).toEqual([400, 'X-Delete-After in past']);
      const at = Math.ceil(Date.now() / 1000) + 3600;
      await put(path, 'x', { 'X-Delete-At': String(at) });
      expect((await swift().call('HEAD', path)).headers.get('x-delete-at')).toBe(String(at));
      await swift().call('POST', path, { headers: { 'X-Object-Meta-A': '1' } });
      expect((await swift().call('HEAD', path)).headers.get('x-delete-at')).toBeNull();
      await put(path, 'x', { 'X-Delete-After': '1000' });
      expect((await swift().call('HEAD', path)).headers.get('x-delete-at')).toMatch(/^\d{10}$/);
      await put(path, 'x', { 'X-Delete-After': '1' });
      await until(
        () => swift().call('GET', path),
        ({ status }) => status === 404,
      );
      expect((await swift().rows(container)).map((row) => row.name)).toEqual(['x']);
      // The first deletion finds nothing either, but takes it out of the list.
      expect((await swift().call('DELETE', path)).status).toBe(404);
      expect(await swift().rows(container)).toEqual([]);
    });

    it('copies with all that is said of an object, or afresh', async () => {
      const container = await swift().container();
      await put(`${container}/x`, 'x', { 'X-Object-Meta-A': '1', 'Content-Type': 'a/b' });
      const copied = await swift().call('PUT', `${container}/y`, {
        bytes: '',
        headers: { 'X-Copy-From': `${container}/x`, 'X-Object-Meta-B': '2' },
      });
      expect([copied.status, copied.headers.get('x-copied-from')]).toEqual([201, `${container.slice(1)}/x`]);
      const shown = await swift().call('HEAD', `${container}/y`);
      expect(headersOf(shown, 'x-object-meta-a', 'x-object-meta-b', 'content-type')).toEqual(['1', '2', 'a/b']);
      const headers = { Destination: `${container}/z`, 'X-Fresh-Metadata': 'true' };
      expect((await swift().call('COPY', `${container}/x`, { headers })).status).toBe(201);
      const fresh = await swift().call('GET', `${container}/z`);
      expect([fresh.body, ...headersOf(fresh, 'x-object-meta-a', 'content-type')]).toEqual(['x', null, 'a/b']);
      const none = { 'X-Copy-From': `${container}/none` };
      expect((await swift().call('PUT', `${container}/y`, { bytes: '', headers: none })).status).toBe(404);
      const wrong = { 'X-Copy-From': container };
      expect(await said(put(`${container}/y`, '', wrong))).toEqual([
        ...[412, 'X-Copy-From header must be of the form <container name>/<object name>'],
      ]);
    });

    it('keeps to the quotas of a container', async () => {
      const container = await swift().container({ 'X-Container-Meta-Quota-Bytes': '10' });
      const full = [413, 'Upload exceeds quota.'];
      expect(await said(put(`${container}/a`, '12345678901'))).toEqual(full);
      expect((await put(`${container}/a`, '1234567890')).status).toBe(201);
      const none = await swift().container({ 'X-Container-Meta-Quota-Count': '0' });
      expect(await said(put(`${none}/a`, '1'))).toEqual(full);
      const wrong = swift().call('POST', container, { headers: { 'X-Container-Meta-Quota-Bytes': 'many' } });
      expect(await said(wrong)).toEqual([400, 'Invalid bytes quota.']);
    });

    it('deletes an object once, and has none without a container', async () => {
      const path = `${await swift().container()}/x`;
      await put(path, 'x');
      expect((await swift().call('DELETE', path)).status).toBe(204);
      expect((await swift().call('DELETE', path)).status).toBe(404);
      expect((await swift().call('POST', path)).status).toBe(404);
      expect((await put('/contract-none/x', 'x')).status).toBe(404);
    });
  });
}
