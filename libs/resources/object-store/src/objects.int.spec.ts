import { createHash, randomBytes } from 'node:crypto';
import { isFailure, type JsonObject } from '@osm/kernel';
import { inMemory, PolicySchema, readOne, type Cloud, type StepContext } from '@osm/resource';
import { openClouds, type Clouds } from '@osm/testing/harness';
import { unheard } from '@osm/testing/ports';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerId, objectPath } from './container-name.ts';
import { emptyOriginal } from './empty-original.ts';
import { objectContainer } from './object-container.ts';
import { seal } from './seal.ts';
import { transferObjects } from './transfer-objects.ts';

const service = 'object-store';
const run = randomBytes(3).toString('hex');
const md5 = (bytes: Buffer): string => createHash('md5').update(bytes).digest('hex');
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

type Headers = { readonly [name: string]: string };

const put = (cloud: Cloud, container: string, name: string, body: Buffer | string, headers: Headers = {}) =>
  cloud.send(service, { method: 'PUT', path: objectPath(container, name), body, headers });

const get = async (cloud: Cloud, container: string, name: string): Promise<Buffer> =>
  inMemory(await cloud.download(service, { method: 'GET', path: objectPath(container, name) }));

const head = async (cloud: Cloud, container: string, name: string, query: Headers = {}): Promise<Headers> => {
  const answer = await cloud.download(service, { method: 'HEAD', path: objectPath(container, name), query });
  answer.close();
  return answer.headers;
};

const putLarge = (cloud: Cloud, container: string, name: string, segments: readonly JsonObject[], headers: Headers) =>
  cloud.send(service, {
    method: 'PUT',
    path: objectPath(container, name),
    query: { 'multipart-manifest': 'put' },
    body: JSON.stringify(segments),
    headers,
  });

describe('the objects of a container', () => {
  let clouds: Clouds;
  const made: (readonly [Cloud, string])[] = [];
  beforeAll(async () => {
    clouds = await openClouds();
  });
  afterAll(async () => {
    for (const [cloud, name] of clouds.kind === 'real' ? made : []) {
      await cloud.send(service, { method: 'PUT', path: `/${name}` });
      const options = { key: 'objects', query: { format: 'json' } };
      for await (const item of cloud.list(service, `/${name}`, options)) {
        const path = objectPath(name, String(item['name']));
        await cloud.send(service, { method: 'DELETE', path, accept: [404] });
      }
      await cloud.send(service, { method: 'DELETE', path: `/${name}`, accept: [404] });
    }
    await clouds.close();
  });

  /** A container at both ends, as its step finds it. */
  const open = async (what: string, changes: Partial<StepContext> = {}) => {
    const [source, destination] = [clouds.source.admin, clouds.destination.admin];
    const name = `objects-${run}-${what}`;
    for (const cloud of [source, destination]) {
      made.push([cloud, name]);
      await cloud.send(service, { method: 'PUT', path: `/${name}` });
    }
    const [from, to] = await Promise.all([source.whoAmI(), destination.whoAmI()]);
    const id = containerId(from.projectId ?? '', name);
    const context = async (more: Partial<StepContext> = {}): Promise<StepContext> => ({
      route: { source: 'source', destination: 'destination' },
      ref: { type: 'object-container', id },
      handler: objectContainer,
      attributes: await readOne(source, objectContainer, id),
      policy: PolicySchema.parse({}),
      marker: 'osm-0123456789abcdef0123456',
      outputs: {},
      history: [],
      destinationId: containerId(to.projectId ?? '', name),
      twinOf: (ref) => (ref.type === 'project' && ref.id === from.projectId ? to.projectId : undefined),
      source,
      destination,
      clock: { now: () => new Date(), sleep: () => Promise.resolve() },
      signal: new AbortController().signal,
      ...unheard,
      ...changes,
      ...more,
    });
    return { name, source, destination, context };
  };

  it('arrive equal: plain, empty, of odd names, large in both ways, linked and expiring ones', async () => {
    const { name, source, destination, context } = await open('all');
    const bytes = randomBytes(100_000);
    const contents: { readonly [object: string]: Buffer } = {
      'plain.bin': bytes,
      empty: Buffer.alloc(0),
      'sn ☃w/ünï & 50%?#.txt': Buffer.from('odd'),
      'a/../b': Buffer.from('climbing'),
      '..': Buffer.from('up'),
      '/leading': Buffer.from('slash'),
      'trailing  ': Buffer.from('spaces'),
    };
    const meta = {
      'content-type': 'text/x-osm; charset=utf-8',
      'content-encoding': 'gzip',
      'content-disposition': 'attachment; filename="a.txt"',
      'x-object-meta-colour': Buffer.from('grün').toString('latin1'),
      'x-delete-at': String(Math.floor(Date.now() / 1000) + 86_400),
    };
    for (const [object, body] of Object.entries(contents)) await put(source, name, object, body, meta);
    for (const part of ['1', '2']) await put(source, name, `parts/${part}`, Buffer.concat([bytes, Buffer.from(part)]));
    await putLarge(
      source,
      name,
      'large',
      [
        { path: `/${name}/parts/1`, size_bytes: 100_001 },
        { path: `/${name}/parts/2`, range: '0-999' },
      ],
      { 'content-type': 'video/mp4', 'x-object-meta-kind': 'static' },
    );
    await put(source, name, 'dynamic', '', { 'x-object-manifest': `${name}/parts/`, 'content-type': 'video/ogg' });
    await put(source, name, 'link', '', { 'x-symlink-target': `${name}/plain.bin`, 'content-type': 'x/link' });

    const outputs = await transferObjects.run(await context());
    expect(outputs).toMatchObject({ objects: 12, passes: 2, copied: 12 });

    const all = [...Object.keys(contents), 'large', 'dynamic', 'link'];
    for (const object of all) {
      const [a, b] = [await get(source, name, object), await get(destination, name, object)];
      expect(sha256(b), object).toBe(sha256(a));
    }
    const shown = ['content-type', 'content-encoding', 'content-disposition', 'x-object-meta-colour', 'x-delete-at'];
    const copy = await head(destination, name, 'plain.bin');
    expect(Object.fromEntries(shown.map((header) => [header, copy[header]]))).toEqual(meta);
    expect(await head(destination, name, 'large')).toMatchObject({
      'x-static-large-object': 'True',
      'content-type': 'video/mp4',
      'x-object-meta-kind': 'static',
      'content-length': '101001',
    });
    expect(await head(destination, name, 'dynamic')).toMatchObject({ 'x-object-manifest': `${name}/parts/` });
    expect(await head(destination, name, 'link', { symlink: 'get' })).toMatchObject({
      'x-symlink-target': `${name}/plain.bin`,
    });
    expect(await transferObjects.run(await context())).toEqual({ ...outputs, passes: 1, copied: 0 });
  });

  it('are sent again only where they changed since: content, metadata, or both', async () => {
    const { name, source, destination, context } = await open('again');
    for (const object of ['a', 'b', 'c']) await put(source, name, object, `first ${object}`);
    const path = objectPath(name, 'c');
    // Between the passes: a client that writes.
    let sent: readonly string[] = [];
    const watching: Cloud = {
      ...destination,
      upload: async (of, request, size, signal) => {
        sent = [...sent, request.path];
        if (sent.length === 3) {
          await put(source, name, 'b', 'second b');
          await source.send(service, {
            method: 'POST',
            path,
            headers: { 'x-object-meta-new': 'yes' },
            repeatable: true,
          });
        }
        return destination.upload(of, request, size, signal);
      },
    };
    await transferObjects.run(await context({ destination: watching }));
    expect((await get(destination, name, 'b')).toString()).toBe('second b');
    expect(await head(destination, name, 'c')).toMatchObject({ 'x-object-meta-new': 'yes' });
    expect(sent.filter((one) => one === objectPath(name, 'a'))).toHaveLength(1);
  });

  /** The cloud with a clock so many milliseconds behind: what is written there now looks that much younger. */
  const behind = (cloud: Cloud, milliseconds: number): Cloud => ({
    ...cloud,
    send: async (of, request, signal) => {
      const answer = await cloud.send(of, request, signal);
      const date = Date.parse(answer.headers['date'] ?? '');
      return { ...answer, headers: { ...answer.headers, date: new Date(date - milliseconds).toUTCString() } };
    },
  });

  it('stay at the destination where somebody else has written them since: plain, segments, and attributes', async () => {
    const { name, source, destination, context } = await open('younger');
    const segment = Buffer.from('segment of the source');
    await put(source, name, 'plain', 'of the source');
    await put(source, name, 'part', segment);
    await putLarge(source, name, 'whole', [{ path: `/${name}/part`, etag: md5(segment) }], {});
    await put(source, name, 'kept', '', { 'x-object-meta-of': 'source' });
    await put(destination, name, 'plain', 'of somebody else');
    await put(destination, name, 'part', 'somebody else, too');
    await put(destination, name, 'kept', '', { 'x-object-meta-of': 'somebody' });

    const copied = transferObjects.run(await context({ destination: behind(destination, 120_000) }));

    await expect(copied).rejects.toMatchObject({ code: 'objects-differ' });
    await expect(copied).rejects.toThrow(/plain \(it is younger.*whole \(somebody has written/);
    expect((await get(destination, name, 'plain')).toString()).toBe('of somebody else');
    expect((await get(destination, name, 'part')).toString()).toBe('somebody else, too');
    expect(await head(destination, name, 'kept')).toMatchObject({ 'x-object-meta-of': 'somebody' });
    await expect(head(destination, name, 'whole')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are not brought back to life when they have expired', async () => {
    const { name, source, destination, context } = await open('expired');
    await put(source, name, 'mine', 'of the source');
    await put(source, name, 'soon', 'gone', { 'x-delete-at': String(Math.floor(Date.now() / 1000) + 2) });
    // Swift counts in seconds, and tells what has expired until somebody sweeps.
    await expect
      .poll(() => head(source, name, 'soon').catch((error: unknown) => isFailure(error) && error.code), {
        timeout: 20_000,
      })
      .toBe('not-found');
    expect(await transferObjects.run(await context())).toMatchObject({ objects: 1 });
    await expect(head(destination, name, 'soon')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('go on where a run was cut off: what is there is not sent again', async () => {
    const { name, source, destination, context } = await open('cut');
    const segment = randomBytes(500_000);
    const names = Array.from({ length: 20 }, (_, index) => `large/${String(index).padStart(3, '0')}`);
    for (const one of names) await put(source, name, one, segment);
    const manifest = names.map((one) => ({ path: `/${name}/${one}`, etag: md5(segment), size_bytes: segment.length }));
    await putLarge(source, name, 'whole', manifest, {});

    const lines = { cut: 0, sent: 0 };
    const counting = (after: number): Cloud => ({
      ...destination,
      upload: async (...asked) => {
        const writer = await destination.upload(...asked);
        return {
          ...writer,
          write: (chunk) => {
            if (lines.sent + chunk.length > after) throw new Error('the line is cut');
            lines.sent += chunk.length;
            return writer.write(chunk);
          },
        };
      },
    });
    const all = names.length * segment.length;
    await expect(transferObjects.run(await context({ destination: counting(all * 0.9) }))).rejects.toThrow();
    const before = lines.sent;
    const there = await Array.fromAsync(
      destination.list(service, `/${name}`, { key: 'objects', query: { format: 'json' } }),
    );
    lines.sent = 0;
    await transferObjects.run(await context({ destination: counting(Infinity) }));
    expect(before).toBeGreaterThan(all * 0.8);
    expect(lines.sent).toBe(all - there.length * segment.length);
    expect(sha256(await get(destination, name, 'whole'))).toBe(sha256(await get(source, name, 'whole')));
  });

  it('go from the source only when the twin has every one of them, and the container is empty then', async () => {
    const { name, source, destination, context } = await open('emptied');
    await put(source, name, 'one', 'one');
    await put(source, name, 'two', 'two');
    await transferObjects.run(await context());
    await seal.run(await context());
    const { destinationId = '', ...rest } = await context();
    await put(source, name, 'three', 'three');
    await expect(emptyOriginal({ ...rest, destinationId })).rejects.toMatchObject({ code: 'objects-differ' });
    expect((await get(source, name, 'one')).toString()).toBe('one');
    await transferObjects.run(await context());
    await emptyOriginal({ ...rest, destinationId });
    await emptyOriginal({ ...rest, destinationId });
    await source.send(service, { method: 'DELETE', path: `/${name}` });
    await emptyOriginal({ ...rest, destinationId });
    expect((await get(destination, name, 'three')).toString()).toBe('three');
  });
});
