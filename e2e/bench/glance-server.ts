/**
 * A Keystone and Glance of images whose bytes are a pattern: what the benchmarks move images between. It holds no bytes, so
 * that the machine has the processor and the memory for what is measured. Started by `startGlanceServer`, in a process of
 * its own.
 *
 * A source has every image that an id of `imageIdOf` names. A destination compares every byte that it is sent, and shows
 * size and hash of the image only where all of them were right: equal hashes mean equal bytes here too.
 */
import { createServer, type Socket } from 'node:net';
import { blockBytes, isPattern, patternAt, patternHash, readImageId } from './pattern.ts';
import { readHttp, type RequestBody, type RequestHead } from './read-http.ts';
import { tokenBucket, type TokenBucket } from './token-bucket.ts';

/** The argument of the program, as JSON. */
export interface GlanceServerOptions {
  /** Whether all images are here already. */
  readonly full: boolean;
  /** Bytes per second of each connection, either way; absent: as fast as it goes. */
  readonly connectionBytesPerSecond?: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as GlanceServerOptions;

/** Images of a destination: whether all bytes of them came, and were right. */
const images = new Map<string, 'queued' | 'saving' | 'active' | 'wrong'>();

const answer = (socket: Socket, status: number, body: object | undefined, headers: readonly string[] = []): void => {
  const text = body === undefined ? '' : JSON.stringify(body);
  const kind = text === '' ? [] : ['Content-Type: application/json'];
  const lines = [`HTTP/1.1 ${status} -`, ...kind, ...headers, `Content-Length: ${Buffer.byteLength(text)}`, '', text];
  socket.write(lines.join('\r\n'));
};

const token = (socket: Socket): void => {
  const url = `http://127.0.0.1:${socket.localPort}/v2`;
  const endpoint = { id: 'e', interface: 'public', region: 'bench', region_id: 'bench', url };
  const soon = new Date(Date.now() + 3_600_000).toISOString();
  answer(
    socket,
    201,
    {
      token: {
        issued_at: new Date().toISOString(),
        expires_at: soon,
        methods: ['password'],
        user: { id: 'u', name: 'bench', domain: { id: 'default', name: 'Default' } },
        project: { id: 'p', name: 'bench', domain: { id: 'default', name: 'Default' } },
        roles: [{ id: 'r', name: 'admin' }],
        catalog: [{ id: 's', type: 'image', name: 'glance', endpoints: [endpoint] }],
      },
    },
    ['X-Subject-Token: bench'],
  );
};

const show = (socket: Socket, id: string): void => {
  const known = readImageId(id);
  const status = options.full ? 'active' : images.get(id);
  if (known === undefined || status === undefined) return answer(socket, 404, { message: `no image ${id}` });
  const stored = status === 'active' || status === 'wrong';
  answer(socket, 200, {
    id,
    status: stored ? 'active' : status,
    disk_format: 'raw',
    container_format: 'bare',
    size: stored ? known.bytes : null,
    os_hash_algo: stored ? 'sha512' : null,
    os_hash_value: !stored ? null : status === 'active' ? patternHash(known.image, known.bytes) : 'other bytes came',
    checksum: null,
  });
};

/** A capped connection is filled little by little; one without a cap by whole blocks, two of them waiting. */
const sendImage = (socket: Socket, id: string, bucket: TokenBucket): void => {
  const known = readImageId(id);
  if (known === undefined || !options.full) return answer(socket, 404, { message: `no data of ${id}` });
  const capped = options.connectionBytesPerSecond !== undefined;
  const most = capped ? blockBytes / 4 : blockBytes;
  socket.write(`HTTP/1.1 200 -\r\nContent-Type: application/octet-stream\r\nContent-Length: ${known.bytes}\r\n\r\n`);
  let sent = 0;
  const sendNext = (): void => {
    if (sent === known.bytes || socket.destroyed) return;
    socket.cork();
    const parts = patternAt(known.image, sent, Math.min(most, known.bytes - sent));
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    sent += length;
    const pause = bucket.take(length);
    parts.forEach((part, index) => {
      const last = index === parts.length - 1;
      socket.write(part, last ? () => (pause === 0 ? sendNext() : setTimeout(sendNext, pause)) : undefined);
    });
    socket.uncork();
  };
  sendNext();
  if (!capped) sendNext();
};

const receiveImage = (socket: Socket, id: string, bucket: TokenBucket): RequestBody => {
  const known = readImageId(id);
  if (known === undefined || images.get(id) !== 'queued') {
    return { take: () => undefined, end: () => answer(socket, 409, { message: `image ${id} takes no data` }) };
  }
  images.set(id, 'saving');
  let received = 0;
  let right = true;
  return {
    take: (bytes) => {
      right &&= isPattern(known.image, received, bytes);
      received += bytes.length;
      const pause = bucket.take(bytes.length);
      if (pause === 0) return;
      socket.pause();
      setTimeout(() => socket.resume(), pause);
    },
    end: () => {
      images.set(id, right && received === known.bytes ? 'active' : 'wrong');
      answer(socket, 204, undefined);
    },
  };
};

/** A small body is gathered, then answered. */
const gather = (then: (body: string) => void): RequestBody => {
  const parts: Buffer[] = [];
  return { take: (bytes) => parts.push(Buffer.from(bytes)), end: () => then(Buffer.concat(parts).toString()) };
};

const create = (socket: Socket, text: string): void => {
  const { id } = JSON.parse(text) as { readonly id: string };
  images.set(id, 'queued');
  answer(socket, 201, { id, status: 'queued' });
};

const serve = (socket: Socket, { method, path }: RequestHead, bucket: TokenBucket): RequestBody => {
  const [, id = '', file] = /^\/v2\/images\/([^/]+)(\/file)?$/.exec(path) ?? [];
  if (method === 'PUT' && file !== undefined) return receiveImage(socket, id, bucket);
  return gather((body) => {
    if (method === 'POST' && path === '/v3/auth/tokens') token(socket);
    else if (method === 'POST' && path === '/v2/images') create(socket, body);
    else if (method === 'GET' && file !== undefined) sendImage(socket, id, bucket);
    else if (method === 'GET' && id !== '') show(socket, id);
    else if (method === 'DELETE' && images.delete(id)) answer(socket, 204, undefined);
    else answer(socket, 404, { message: `cannot ${method} ${path}` });
  });
};

const server = createServer({ noDelay: true }, (socket) => {
  const bucket = tokenBucket(options.connectionBytesPerSecond);
  // A client that breaks off has its reasons; the benchmark hears of them from the client.
  socket.on('error', () => socket.destroy());
  readHttp(socket, (head) => serve(socket, head, bucket));
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(address !== null && typeof address === 'object' ? address.port : 0);
});
process.on('disconnect', () => process.exit());
