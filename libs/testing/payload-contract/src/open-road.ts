import { once } from 'node:events';
import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PayloadFault } from './payload-driver.ts';

/**
 * An HTTP road to a fake cloud on which bytes can come to harm: what stands behind it is reached under its URL instead. Give
 * it to a cloud as the `endpointOverrides` of one service.
 */
export interface Road extends AsyncDisposable {
  readonly url: string;
  /** Lets this happen to the next request for which `isData` says that it carries an item's bytes. Settles when it has. */
  spoil(fault: PayloadFault): Promise<void>;
}

/** Which requests carry an item's bytes, downwards (GET) or upwards (PUT, POST). */
export type IsData = (method: string, path: string) => boolean;

interface Harm {
  readonly fault: PayloadFault;
  happened(): void;
}

export const openRoad = async (target: string, isData: IsData): Promise<Road> => {
  const harms: Harm[] = [];
  const harmOf = (request: IncomingMessage): Harm | undefined => {
    const { method = '', url = '' } = request;
    const wanted = harms[0];
    if (wanted === undefined || !isData(method, url.split('?')[0] ?? '')) return undefined;
    return upward.has(wanted.fault) === (method !== 'GET') ? harms.shift() : undefined;
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const harm = harmOf(request);
    const onward = httpRequest(new URL(request.url ?? '', target), {
      method: request.method,
      headers: request.headers,
    });
    onward.on('error', () => response.destroy());
    response.once('close', () => onward.destroy());
    const answered = once(onward, 'response');
    answered.catch(() => undefined);
    const length = Number(request.headers['content-length'] ?? 0);
    const sent = pipeline([request, ...harmed(harm, upward, length), onward]);
    sent.catch(() => onward.destroy());
    const [answer] = (await answered) as [IncomingMessage];
    const { 'content-length': size, ...headers } = answer.headers;
    const open = harm?.fault === 'unknown-size' || size === undefined;
    response.writeHead(answer.statusCode ?? 502, open ? headers : { ...headers, 'content-length': size });
    if (harm?.fault === 'garbage-after') return await withGarbage(answer, response, harm);
    await pipeline([answer, ...harmed(harm, downward, Number(size ?? 0)), response]);
    harm?.happened();
  };
  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    spoil: (fault) => new Promise((resolve) => harms.push({ fault, happened: resolve })),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const upward: ReadonlySet<PayloadFault> = new Set(['corrupted', 'slow-destination']);
const downward: ReadonlySet<PayloadFault> = new Set(['truncated', 'stuck', 'slow-source', 'unknown-size']);

const harmed = (harm: Harm | undefined, way: ReadonlySet<PayloadFault>, size: number): readonly Transform[] =>
  harm !== undefined && way.has(harm.fault) ? [harmful(harm, size)] : [];

/** Some pieces of the body with pauses between them are slow enough to be told from a fast peer. */
const pieces = 40;

const harmful = (harm: Harm, size: number): Transform => {
  const { fault, happened } = harm;
  const half = Math.floor(size / 2);
  let passed = 0;
  const slowly = async (chunk: Buffer, stream: Transform): Promise<void> => {
    const length = Math.max(1, Math.ceil(size / pieces));
    for (let at = 0; at < chunk.length; at += length) {
      stream.push(chunk.subarray(at, at + length));
      await sleep(5);
    }
  };
  return new Transform({
    transform(chunk: Buffer, _, done) {
      const at = half - passed;
      passed += chunk.length;
      const meets = at >= 0 && at < chunk.length;
      if (fault === 'slow-source' || fault === 'slow-destination') {
        slowly(chunk, this).then(() => done(), done);
      } else if (fault === 'corrupted' && meets) {
        const other = Buffer.from(chunk);
        other[at] = (other[at] ?? 0) ^ 1;
        happened();
        done(null, other);
      } else if ((fault === 'truncated' || fault === 'stuck') && meets) {
        this.push(chunk.subarray(0, at));
        happened();
        // Stuck: `done` is never called. What was passed must leave this process before the connection breaks.
        if (fault === 'truncated') setTimeout(() => done(new Error('the source breaks off')), 50);
      } else done(null, chunk);
    },
    flush(done) {
      happened();
      done();
    },
  });
};

/** The end of the body and what follows it go in one piece, as a broken server would send them. */
const withGarbage = async (answer: IncomingMessage, response: ServerResponse, { happened }: Harm): Promise<void> => {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  const { socket } = response;
  response.flushHeaders();
  socket?.write(Buffer.concat([...chunks, Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad')]), happened);
};
