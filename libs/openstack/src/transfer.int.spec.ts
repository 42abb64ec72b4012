import { inMemory, writeAll, type Answer, type Cloud, type Writer } from '@osm/resource';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { json, loopbackCloud, type Handler, type LoopbackOptions } from './loopback-cloud.ts';
import { openCloud } from './open-cloud.ts';

/** A certificate for the loopback address, made anew for each run. */
const certificate = (folder: string) => {
  const [key, file] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const asked = `-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ${key} -out ${file} -days 2 -subj /CN=loop`;
  execFileSync('openssl', ['req', ...asked.split(' '), '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(file, 'utf8'), file };
};

describe.each(['plain', 'TLS'])('over %s:', (scheme) => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-transfer-'));
  let tls: LoopbackOptions['tls'];
  beforeAll(() => {
    if (scheme === 'TLS') tls = certificate(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const open = async (handler: Handler, options: LoopbackOptions & { timeoutMs?: number } = {}) => {
    const server = await loopbackCloud(handler, { ...options, tls });
    const cloud = openCloud('loop', server.config(), { timeoutMs: options.timeoutMs ?? 5000 });
    return {
      server,
      cloud,
      [Symbol.asyncDispose]: async () => {
        cloud.close();
        await server[Symbol.asyncDispose]();
      },
    };
  };

  type Upload = { readonly stream: Readable; readonly size: number };

  /** Sends a whole stream, as a mover does. */
  const upload = async ({ cloud }: { readonly cloud: Cloud }, { stream, size }: Upload): Promise<Answer> => {
    const writer = await cloud.upload('network', put, size);
    try {
      for await (const chunk of stream) await writer.write(Buffer.from(chunk));
      return await writer.end();
    } catch (error) {
      writer.abort(error);
      throw error;
    }
  };

  /** Breaks a connection as hard as it can be broken: TLS knows no reset. */
  const reset = (socket: Socket): void => void ('encrypted' in socket ? socket.destroy() : socket.resetAndDestroy());

  const put = { method: 'PUT', path: '/file' } as const;
  const get = { method: 'GET', path: '/file' } as const;
  const megabyte = Buffer.alloc(1_000_000, 7);

  /** A stream of so many megabytes that counts what was taken out of it. */
  const megabytes = (count: number) => {
    const taken = { chunks: 0 };
    const stream = Readable.from(
      (function* () {
        for (; taken.chunks < count; taken.chunks += 1) yield megabyte;
      })(),
      { objectMode: false },
    );
    return { stream, size: count * megabyte.length, taken };
  };

  const sink: Handler = (request, response) => {
    const hash = createHash('sha256');
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      hash.update(chunk);
      bytes += chunk.length;
    });
    request.once('end', () =>
      json(response, 201, { bytes, sha256: hash.digest('hex'), type: request.headers['content-type'] }),
    );
  };

  describe('an upload', () => {
    it('arrives whole, with its size announced', async () => {
      await using loop = await open(sink);
      const { stream, size } = megabytes(20);
      const whole = createHash('sha256').update(Buffer.concat(Array.from({ length: 20 }, () => megabyte)));
      expect((await upload(loop, { stream, size })).body).toEqual({
        bytes: size,
        sha256: whole.digest('hex'),
        type: 'application/octet-stream',
      });
    });

    it('of nothing arrives too', async () => {
      await using loop = await open(sink);
      const answer = await upload(loop, { stream: Readable.from([]), size: 0 });
      expect(answer.body).toMatchObject({ bytes: 0 });
    });

    it('takes no more out of its stream than the cloud takes in', async () => {
      let go = (): void => undefined;
      await using loop = await open((request, response, url) => {
        go = () => sink(request, response, url);
      });
      const { stream, size, taken } = megabytes(100);
      const sent = upload(loop, { stream, size });
      await expect.poll(() => taken.chunks).toBeGreaterThan(2);
      let before = -1;
      while (before !== taken.chunks) {
        before = taken.chunks;
        for (let turns = 0; turns < 200; turns += 1) await turn();
      }
      expect(taken.chunks).toBeLessThan(50);
      go();
      expect((await sent).body).toMatchObject({ bytes: size });
    });

    it('defect 37: that is refused beforehand leaves its stream unread, and is tried again with a new token', async () => {
      const handler: Handler = (request, response, url) => {
        if (request.headers['x-auth-token'] === 'token-1') return json(response, 401, {});
        response.writeContinue();
        sink(request, response, url);
      };
      await using loop = await open(handler, { holdBodies: true });
      const { stream, size } = megabytes(3);
      expect((await upload(loop, { stream, size })).body).toMatchObject({ bytes: size });
      expect(loop.server.count('PUT', '/net/v2.0/file')).toBe(2);
    });

    it('that is refused beforehand takes nothing out of its stream', async () => {
      await using loop = await open((_, response) => json(response, 409, { conflict: { message: 'it has data' } }), {
        holdBodies: true,
      });
      const { stream, size, taken } = megabytes(3);
      await expect(upload(loop, { stream, size })).rejects.toMatchObject({ code: 'conflict' });
      expect(taken.chunks).toBe(0);
    });

    it('is not sent again once its stream was read', async () => {
      await using loop = await open((request) => {
        request.once('data', () => reset(request.socket));
      });
      const { stream, size } = megabytes(50);
      await expect(upload(loop, { stream, size })).rejects.toMatchObject({ code: 'unavailable' });
      expect(loop.server.count('PUT', '/net/v2.0/file')).toBe(1);
      expect(stream.destroyed).toBe(true);
    });

    it.each([
      ['short', 4_000_000],
      ['long', 2_000_000],
    ])('whose stream is too %s fails, and the cloud never has a whole one', async (_, size) => {
      let whole = 0;
      await using loop = await open((request) => {
        request
          .on('error', () => undefined)
          .once('end', () => (whole += request.complete ? 1 : 0))
          .resume();
      });
      const { stream } = megabytes(3);
      await expect(upload(loop, { stream, size })).rejects.toMatchObject({ code: 'wrong-size' });
      expect(whole).toBe(0);
    });

    it('fails with what its stream fails with', async () => {
      await using loop = await open((request) => void request.on('error', () => undefined).resume());
      const broken = new Error('disk on fire');
      const stream = Readable.from(
        (function* () {
          yield megabyte;
          throw broken;
        })(),
        { objectMode: false },
      );
      await expect(upload(loop, { stream, size: 2_000_000 })).rejects.toBe(broken);
    });

    it('fails when the cloud takes nothing in any more, but waits for a slow stream', async () => {
      await using stuck = await open(() => undefined, { timeoutMs: 300 });
      const { stream, size } = megabytes(100);
      await expect(upload(stuck, { stream, size })).rejects.toMatchObject({ code: 'unavailable' });
      await using loop = await open(sink, { timeoutMs: 100 });
      const slow = new Readable({ read: () => undefined });
      const sent = upload(loop, { stream: slow, size: 2 });
      slow.push('a');
      setTimeout(() => slow.push('b') && slow.push(null), 500);
      expect((await sent).body).toMatchObject({ bytes: 2 });
    });

    it('of an unknown size arrives whole', async () => {
      await using loop = await open(sink);
      const writer = await loop.cloud.upload('network', put, undefined);
      for (let count = 0; count < 5; count += 1) await writer.write(megabyte);
      expect((await writer.end()).body).toMatchObject({ bytes: 5 * megabyte.length });
      const empty = await loop.cloud.upload('network', put, undefined);
      expect((await empty.end()).body).toMatchObject({ bytes: 0 });
    });

    it('hears the cloud’s words where it is refused half-way', async () => {
      await using loop = await open((request, response) => {
        request.once('data', () => json(response, 413, { message: 'too large for us' }));
      });
      const { stream, size } = megabytes(100);
      await expect(upload(loop, { stream, size })).rejects.toMatchObject({
        message: expect.stringContaining('too large for us'),
        http: { status: 413 },
      });
    });

    it('that is said to be done before the end is not done', async () => {
      await using loop = await open((request, response) => {
        request.once('data', () => response.writeHead(201).end());
      });
      const { stream, size } = megabytes(100);
      await expect(upload(loop, { stream, size })).rejects.toMatchObject({ code: 'unexpected-answer' });
    });

    it.each([
      ['announced', 2_000_000],
      ['unknown', undefined],
    ])('of %s size that is broken off after its last byte is not whole for the cloud', async (_, size) => {
      const ends: boolean[] = [];
      let bytes = 0;
      await using loop = await open((request) => {
        request
          .on('error', () => undefined)
          .on('data', (chunk: Buffer) => (bytes += chunk.length))
          .once('close', () => ends.push(request.complete));
      });
      const writer = await loop.cloud.upload('network', put, size);
      await writer.write(megabyte);
      await writer.write(megabyte);
      await expect.poll(() => bytes).toBeGreaterThan(1_500_000);
      writer.abort(new Error('the hash differs'));
      await expect(writer.end()).rejects.toThrow('the hash differs');
      await expect.poll(() => ends).toEqual([false]);
    });

    it('waits longer for the answer than for the last byte', async () => {
      await using loop = await open(
        (request, response) => {
          request.resume().once('end', () => setTimeout(() => json(response, 201, { late: true }), 1500));
        },
        { timeoutMs: 400 },
      );
      expect(await writeAll(await loop.cloud.upload('network', put, 5), Buffer.from('abcde'))).toMatchObject({
        body: { late: true },
      });
    });

    it('is asked for again where the connection was lost before its first byte', async () => {
      let first: Socket | undefined;
      const handler: Handler = (request, response, url) => {
        response.writeContinue();
        if (first !== undefined) return sink(request, response, url);
        first = request.socket;
      };
      await using loop = await open(handler, { holdBodies: true });
      const writer: Writer<Answer> = await loop.cloud.upload('network', put, 3);
      first?.destroy();
      // The client must hear of it before it writes.
      for (let turns = 0; turns < 200; turns += 1) await turn();
      expect((await writeAll(writer, Buffer.from('abc'))).body).toMatchObject({ bytes: 3 });
    });

    it('defect 38: uses a connection again, and a copy outlives its token', async () => {
      const sockets = new Set<Socket>();
      const tokens = new Set<unknown>();
      const handler: Handler = (request, response, url) => {
        sockets.add(request.socket);
        tokens.add(request.headers['x-auth-token']);
        if (request.method === 'PUT') return sink(request, response, url);
        response.writeHead(200, { 'Content-Length': '6' }).write('abc');
        setTimeout(() => response.end('def'), 1200);
      };
      await using loop = await open(handler, { tokenSeconds: 1 });
      const copy = async (): Promise<unknown> => {
        const reader = await loop.cloud.download('network', get);
        const writer = await loop.cloud.upload('network', put, reader.size);
        await reader.read((chunk) => writer.write(chunk), new AbortController().signal);
        return (await writer.end()).body;
      };
      const sha256 = createHash('sha256').update('abcdef').digest('hex');
      expect(await copy()).toMatchObject({ bytes: 6, sha256 });
      expect(await copy()).toMatchObject({ bytes: 6, sha256 });
      expect(tokens.size).toBeGreaterThan(1);
      // The control plane has its own; one for each direction is enough for two copies.
      expect(sockets.size).toBe(2);
    });
  });

  describe('a download', () => {
    const raw =
      (text: string): Handler =>
      (_, response) =>
        void response.socket?.end(text, 'latin1');

    it.each([
      [
        'chunks',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n00A\r\n0123456789\r\n0\r\nX: y\r\n\r\n',
        'abc0123456789',
      ],
      ['nothing but its end', 'HTTP/1.1 200 OK\r\n\r\nabc', 'abc'],
      ['HTTP/1.0', 'HTTP/1.0 200 OK\nContent-Length: 3\n\nabc', 'abc'],
      [
        'an interim answer before it',
        'HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc',
        'abc',
      ],
    ])('is understood with %s', async (_, text, whole) => {
      await using loop = await open(raw(text));
      const reader = await loop.cloud.download('network', get);
      expect((await inMemory(reader)).toString()).toBe(whole);
    });

    it.each([
      ['breaks off in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nabc', 'unavailable'],
      [
        'breaks off before its last chunk',
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
        'unavailable',
      ],
      ['has garbled chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcdef\r\n', 'unavailable'],
      [
        'is followed by another',
        'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n',
        'unexpected-answer',
      ],
    ])('that %s is a failure, never a short file', async (_, text, code) => {
      await using loop = await open(raw(text));
      const reader = await loop.cloud.download('network', get);
      await expect(inMemory(reader)).rejects.toMatchObject({ code, disposition: 'retry' });
    });

    it('is never a part that nobody asked for', async () => {
      await using loop = await open((_, response) => response.writeHead(206, { 'Content-Length': '3' }).end('abc'));
      await expect(loop.cloud.download('network', get)).rejects.toMatchObject({ code: 'unexpected-answer' });
      const part = await loop.cloud.download('network', { ...get, headers: { Range: 'bytes=0-2' } });
      expect([part.status, (await inMemory(part)).toString()]).toEqual([206, 'abc']);
    });

    it('reads no further than it is lent memory for', async () => {
      let sent = 0;
      await using loop = await open((_, response) => {
        response.writeHead(200, { 'Content-Length': String(64 * megabyte.length) });
        const more = (): void => {
          sent += 1;
          const numbered = Buffer.alloc(megabyte.length, sent);
          if (sent === 64) response.end(numbered);
          else response.write(numbered, more);
        };
        more();
      });
      const reader = await loop.cloud.download('network', get);
      const waiting: (() => void)[] = [];
      let isOpen = false;
      let bytes = 0;
      const read = reader.read((chunk) => {
        const first = chunk[0];
        bytes += chunk.length;
        if (isOpen) return undefined;
        return new Promise((resolve) => waiting.push(() => (expect(chunk[0]).toBe(first), resolve())));
      }, new AbortController().signal);
      let before = -1;
      await expect
        .poll(() => (before === bytes && bytes > 0) || ((before = bytes), false), { interval: 200 })
        .toBe(true);
      expect(bytes).toBeLessThanOrEqual(4 * 1024 * 1024);
      isOpen = true;
      for (const resolve of waiting.splice(0)) resolve();
      await read;
      expect(bytes).toBe(64 * megabyte.length);
    });

    it('is a stream of an announced size', async () => {
      await using loop = await open((_, response) => {
        response.writeHead(200, { 'Content-Length': String(megabyte.length), 'X-Md5': 'm' }).end(megabyte);
      });
      const { size, headers, ...reader } = await loop.cloud.download('network', get);
      expect([size, headers['x-md5']]).toEqual([megabyte.length, 'm']);
      expect((await inMemory({ size, ...reader })).equals(megabyte)).toBe(true);
    });

    it('that is refused is a failure in the cloud’s words', async () => {
      await using loop = await open((_, response) =>
        response.writeHead(404).end('<h1>404 Not Found</h1>No such image<br/>'),
      );
      await expect(loop.cloud.download('network', get)).rejects.toMatchObject({
        code: 'not-found',
        message: `cannot GET ${loop.server.url}/net/v2.0/file (network of loop): No such image (status 404)`,
      });
    });

    it('that breaks off is a failure of its stream, never a short file', async () => {
      await using loop = await open((request, response) => {
        response.writeHead(200, { 'Content-Length': '2000000' });
        response.write(megabyte, () => request.socket.destroy());
      });
      const reader = await loop.cloud.download('network', get);
      await expect(inMemory(reader)).rejects.toMatchObject({ code: 'unavailable', disposition: 'retry' });
    });

    it('that stalls is a failure of its stream, unless it is the reader who is slow', async () => {
      await using loop = await open(
        (_, response, url) => {
          response.writeHead(200, { 'Content-Length': '4000000' });
          response.write(megabyte);
          if (url.searchParams.has('whole')) response.end(Buffer.alloc(3_000_000));
        },
        { timeoutMs: 200 },
      );
      const stalled = await loop.cloud.download('network', get);
      await expect(inMemory(stalled)).rejects.toMatchObject({ code: 'unavailable' });
      const slow = await loop.cloud.download('network', { ...get, query: { whole: 'yes' } });
      await new Promise((resolve) => setTimeout(resolve, 700));
      expect(await inMemory(slow)).toHaveLength(4_000_000);
    });

    it('is asked for again until its head has come', async () => {
      let asked = 0;
      await using loop = await open((request, response) => {
        asked += 1;
        if (asked === 1) reset(request.socket);
        else response.end('x');
      });
      expect((await inMemory(await loop.cloud.download('network', get))).toString()).toBe('x');
    });

    it('that is called off stops', async () => {
      await using loop = await open((_, response) => void response.writeHead(200).write(megabyte));
      const controller = new AbortController();
      const reader = await loop.cloud.download('network', get, controller.signal);
      const read = expect(inMemory(reader, controller.signal)).rejects;
      controller.abort(new Error('enough'));
      await read.toThrow('enough');
    });
  });
});
