import { Failure } from '@osm/kernel';
import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import type { Connections } from './connections.ts';
import { lossOf, plainHeaders, type Exchange, type Wire } from './wire.ts';

/** The head of an answer whose body is still to come. */
export interface Head {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly stream: IncomingMessage;
}

export interface UploadBody {
  readonly stream: Readable;
  readonly size: number;
}

/** An upload's answer. As long as nothing was read of the stream, the same upload can be tried again. */
export interface Uploaded {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly text: string;
}

/** After its last byte an upload waits this many times longer: Glance answers when its store has taken it all. */
const patience = 10;
/** How long an upload waits for the word to go on before it goes on by itself. Not every proxy passes the word. */
const continueMs = 1000;
const longestText = 1_000_000;

/**
 * Asks for a body as a stream. Resolves with the head; the stream fails with a `Failure` when the connection breaks, and
 * when nothing comes for `timeoutMs` although somebody reads.
 */
export const openDownload = async (wire: Wire, pool: Connections, exchange: Exchange): Promise<Head> => {
  const { timeoutMs, cloud } = wire.options;
  const startedMs = performance.now();
  const request = open(pool, exchange, {});
  const stream = await new Promise<IncomingMessage>((resolve, reject) => {
    request.once('response', resolve);
    request.on('error', reject);
    request.on('timeout', () => request.destroy(timedOut(timeoutMs)));
    request.setTimeout(timeoutMs);
    request.end(exchange.body);
  }).catch((error: unknown) => {
    wire.report(exchange, startedMs);
    throw lossOf(cloud, exchange, error, pool);
  });
  const head = { status: stream.statusCode ?? 0, headers: plainHeaders(stream.headers) };
  wire.report(exchange, startedMs, head);
  request.removeAllListeners('timeout');
  request.on('timeout', () => {
    // Bytes that wait to be read are the reader's slowness, not the cloud's.
    if (stream.readableLength > 0) request.setTimeout(timeoutMs);
    else stream.destroy(timedOut(timeoutMs));
  });
  failInWords(stream, (error) => lossOf(cloud, exchange, error, pool));
  return { ...head, stream };
};

/**
 * Sends a stream of an announced size. The service is asked first (`Expect: 100-continue`), so that a refusal comes
 * before anything of the stream is read. What the stream itself fails with is thrown as it is.
 */
export const sendUpload = async (
  wire: Wire,
  pool: Connections,
  exchange: Exchange,
  body: UploadBody,
): Promise<Uploaded> => {
  const { timeoutMs, cloud } = wire.options;
  const startedMs = performance.now();
  const expect: { readonly [name: string]: string } = body.size === 0 ? {} : { Expect: '100-continue' };
  const request = open(pool, exchange, { ...expect, 'Content-Length': String(body.size) });
  const source: { error?: Error } = {};
  const sourceFailed = (error: Error): void => {
    source.error = error;
    request.destroy(error);
  };
  body.stream.once('error', sourceFailed);
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      request.once('response', resolve);
      request.on('error', reject);
      limitIdleTime(request, timeoutMs);
      whenAllowed(request, body.size === 0, () => pump(body, request, sourceFailed));
    });
    const head = { status: response.statusCode ?? 0, headers: plainHeaders(response.headers) };
    wire.report(exchange, startedMs, head);
    return { ...head, text: await textOf(response) };
  } catch (error) {
    if (source.error !== undefined) throw source.error;
    wire.report(exchange, startedMs);
    throw lossOf(cloud, exchange, error, pool);
  } finally {
    body.stream.off('error', sourceFailed);
    // An answer before the end of the body leaves a connection that nothing else can use.
    if (!request.writableFinished) request.destroy();
  }
};

const open = (pool: Connections, exchange: Exchange, headers: { readonly [name: string]: string }): ClientRequest => {
  const url = new URL(exchange.url);
  const secure = url.protocol === 'https:';
  return (secure ? httpsRequest : httpRequest)(url, {
    method: exchange.method,
    headers: { ...exchange.headers, ...headers },
    agent: secure ? pool.https : pool.http,
    ...(exchange.signal && { signal: exchange.signal }),
  });
};

/** Calls back when the service wants the body: at its word, or some time after the connection stands. */
const whenAllowed = (request: ClientRequest, atOnce: boolean, go: () => void): void => {
  if (atOnce) return go();
  let timer: NodeJS.Timeout | undefined;
  const settle = (then: () => void) => (): void => {
    clearTimeout(timer);
    request.off('continue', allowed);
    then();
  };
  const allowed = settle(go);
  const wait = (): void => {
    timer = setTimeout(allowed, continueMs);
  };
  request.once('continue', allowed);
  request.once(
    'response',
    settle(() => undefined),
  );
  request.once(
    'close',
    settle(() => undefined),
  );
  request.once('socket', (socket) => {
    if (socket.connecting) socket.once('encrypted' in socket ? 'secureConnect' : 'connect', wait);
    else wait();
  });
  request.flushHeaders();
};

const pump = (body: UploadBody, request: ClientRequest, failed: (error: Error) => void): void => {
  let bytes = 0;
  const wrongSize = (): void =>
    failed(
      new Failure(
        'wrong-size',
        `cannot send ${body.size} bytes: the stream has ${bytes > body.size ? 'more' : `only ${bytes}`}.`,
        {
          disposition: 'retry',
          remedy: 'Look whether what is being copied changes, or whether its connection breaks.',
        },
      ),
    );
  body.stream.on('data', (chunk: string | Uint8Array) => {
    bytes += Buffer.byteLength(chunk);
    if (bytes > body.size) wrongSize();
  });
  body.stream.once('end', () => {
    if (bytes < body.size) wrongSize();
  });
  // The request's own events tell how it ends; only an end of the stream that nobody announced has to be said here.
  pipeline(body.stream, request, (error) => {
    if (error?.code === 'ERR_STREAM_PREMATURE_CLOSE' && !request.destroyed) failed(error);
  });
};

const limitIdleTime = (request: ClientRequest, timeoutMs: number): void => {
  let waited = 0;
  request.on('timeout', () => {
    const sent = request.writableFinished;
    waited = sent ? waited + 1 : 0;
    const sourceIsSlow = !sent && !request.writableNeedDrain && request.writableLength === 0;
    if (sourceIsSlow || (sent && waited < patience)) request.setTimeout(timeoutMs);
    else request.destroy(timedOut(sent ? timeoutMs * patience : timeoutMs));
  });
  request.setTimeout(timeoutMs);
};

const timedOut = (ms: number): Error => Object.assign(new Error(`no byte within ${ms} ms`), { code: 'ETIMEDOUT' });

/** A connection that breaks is Node's `aborted`; whoever reads the stream gets it in our words. */
const failInWords = (stream: IncomingMessage, failure: (error: Error) => unknown): void => {
  const destroy = stream.destroy.bind(stream);
  stream.destroy = (error?: Error) => {
    const broken =
      error !== undefined && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'ETIMEDOUT');
    const said = broken ? failure(error) : error;
    return destroy(said instanceof Error ? said : error);
  };
};

/** The text of an answer that is not wanted as a stream; of an endless one, its beginning. */
export const textOf = async (stream: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk));
    length += chunks.at(-1)?.length ?? 0;
    if (length > longestText) break;
  }
  return Buffer.concat(chunks).toString('utf8');
};
