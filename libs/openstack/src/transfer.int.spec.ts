import { inMemory, type Answer, type Cloud } from '@osm/resource';
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { json, loopbackCloud, type Handler, type LoopbackOptions } from './loopback-cloud.ts';
import { openCloud } from './open-cloud.ts';

const open = async (handler: Handler, options: LoopbackOptions & { timeoutMs?: number } = {}) => {
  const server = await loopbackCloud(handler, options);
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

  it('that fails destroys its stream', async () => {
    await using loop = await open((_, response) => json(response, 409, { conflict: { message: 'it has data' } }), {
      holdBodies: true,
    });
    const { stream, size, taken } = megabytes(3);
    await expect(upload(loop, { stream, size })).rejects.toMatchObject({ code: 'conflict' });
    expect([stream.destroyed, taken.chunks]).toEqual([true, 0]);
  });

  it('is not sent again once its stream was read', async () => {
    await using loop = await open((request) => {
      request.once('data', () => request.socket.resetAndDestroy());
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
});

describe('a download', () => {
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
      if (asked === 1) request.socket.resetAndDestroy();
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
