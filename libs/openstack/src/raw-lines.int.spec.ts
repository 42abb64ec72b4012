import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { Failure } from '@osm/kernel';
import { inMemory } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { cloudConfig } from './cloud-config.ts';
import { loopbackCloud } from './loopback-cloud.ts';
import { openCloud } from './open-cloud.ts';
import { openLines } from './raw-lines.ts';
import type { RequestRecord } from './wire.ts';

/** A server of which the test says what it does with each connection. */
const listening = async (serve: (socket: Socket) => void) => {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    port,
    sockets,
    [Symbol.asyncDispose]: async () => {
      sockets.forEach((socket) => socket.destroy());
      server.close();
      await once(server, 'close');
    },
  };
};

const config = cloudConfig(
  'loop',
  { auth: { auth_url: 'http://127.0.0.1:1', username: 'u', password: 'pass-1', project_id: 'p' } },
  { file: 'clouds.yaml', home: '/' },
);

const lines = (maxSockets = 1) =>
  openLines('loop', config, { maxSockets, connectTimeoutMs: 60_000 }, { slabBytes: 16 * 1024, slabs: 2 });

/** The network service of a cloud, at a server that speaks for itself. */
const speaking = async (serve: (socket: Socket) => void, records: RequestRecord[] = []) => {
  const raw = await listening(serve);
  const loop = await loopbackCloud(() => undefined, {
    catalogue: () => ({ network: `http://127.0.0.1:${raw.port}/v2.0` }),
  });
  const cloud = openCloud('loop', loop.config(), { timeoutMs: 5000, onRequest: (record) => records.push(record) });
  return {
    cloud,
    [Symbol.asyncDispose]: async () => {
      cloud.close();
      await loop[Symbol.asyncDispose]();
      await raw[Symbol.asyncDispose]();
    },
  };
};

const put = { method: 'PUT', path: '/file' } as const;

/** Writes the same again and again, until nobody is there. */
const endlessly = (socket: Socket, text: string): void => {
  const write = (): void => {
    if (socket.writable) socket.write(text, () => setImmediate(write));
  };
  write();
};

describe('lines', () => {
  it('that are closed in the TLS handshake let go of whoever waits for one', async () => {
    await using server = await listening(() => undefined);
    const open = lines();
    const taking = open.take(new URL(`https://127.0.0.1:${server.port}`), undefined, false);
    await expect.poll(() => server.sockets.size).toBe(1);
    open.close();
    await expect(taking).rejects.toMatchObject({ code: 'closed' });
  });

  it('that are closed connect no more, and whoever waited for a place hears of it', async () => {
    await using server = await listening(() => undefined);
    const open = lines();
    const url = new URL(`http://127.0.0.1:${server.port}`);
    const taken = await open.take(url, undefined, false);
    const waiting = open.take(url, undefined, false);
    open.close();
    taken.done(false);
    await expect(waiting).rejects.toMatchObject({ code: 'closed' });
    await expect(open.take(url, undefined, false)).rejects.toMatchObject({ code: 'closed' });
    expect(server.sockets.size).toBe(1);
  });
});

describe('an upload', () => {
  it.each([
    ['text', 'HTTP/1.1 400 Bad\r\n\r\n', 'x'.repeat(64 * 1024)],
    ['trailers', 'HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', `X: ${'y'.repeat(1000)}\r\n`],
    ['interim answers', '', 'HTTP/1.1 102 Processing\r\n\r\n'],
  ])('ends where its answer has %s without end', async (_, head, more) => {
    await using loop = await speaking((socket) => {
      socket.once('data', () => {
        if (head !== '') socket.write(head);
        endlessly(socket, more);
      });
    });
    const ended = loop.cloud.upload('network', put, 0).then((writer) => writer.end());
    await expect(ended).rejects.toBeInstanceOf(Failure);
  });

  it.each([Number.NaN, -1, 1.5, Infinity])('of %s bytes is none', async (size) => {
    await using loop = await speaking(() => undefined);
    await expect(loop.cloud.upload('network', put, size)).rejects.toMatchObject({ code: 'wrong-size' });
  });

  it('that is broken off here is reported', async () => {
    const records: RequestRecord[] = [];
    await using loop = await speaking((socket) => {
      socket.once('data', () => socket.write('HTTP/1.1 100 Continue\r\n\r\n'));
    }, records);
    const writer = await loop.cloud.upload('network', put, 5);
    writer.abort(new Error('no more'));
    await expect(writer.end()).rejects.toThrow('no more');
    expect(records.filter(({ method }) => method === 'PUT')).toHaveLength(1);
  });
});

describe('a 401', () => {
  it('that the caller takes is an answer, and of a new token', async () => {
    await using loop = await loopbackCloud((_, response) => response.writeHead(401).end());
    const cloud = openCloud('loop', loop.config());
    const answer = await cloud.send('network', { method: 'GET', path: '/x', accept: [401] });
    cloud.close();
    expect(answer.status).toBe(401);
    expect(loop.count('GET', '/net/v2.0/x')).toBe(2);
  });
});

describe('a download', () => {
  it('says no more of an unknown encoding than its beginning', async () => {
    const long = 'z'.repeat(10_000);
    await using loop = await speaking((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${long}\r\n\r\n`));
    });
    const read = loop.cloud.download('network', { method: 'GET', path: '/x' }).then((reader) => inMemory(reader));
    const error: unknown = await read.then(String, (cause: unknown) => cause);
    expect(error instanceof Failure ? error.message.length : Infinity).toBeLessThan(1000);
  });
});
