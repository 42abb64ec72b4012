import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** What the peer's process is told. */
export type PatternOrder =
  | { readonly kind: 'listen' }
  | { readonly kind: 'serve'; readonly pathEnd: string; readonly bytes: number }
  | { readonly kind: 'answer'; readonly path: string; readonly before: unknown; readonly after: unknown }
  | { readonly kind: 'received' };

/** What it answers, to anything. */
export interface PatternAnswer {
  readonly url: string;
  readonly bytes: number;
  readonly equal: boolean;
}

/** Of a prime length, so that no buffer's length divides it: what is left out, doubled or in the wrong order shows. */
const pattern = Buffer.alloc(1_048_583);
for (let at = 0, value = 1; at < pattern.length; at += 1) {
  value = (value * 48_271) % 2_147_483_647;
  pattern[at] = value & 255;
}

const served = new Map<string, number>();
const answers = new Map<string, { readonly before: unknown; readonly after: unknown }>();
let received = { bytes: 0, equal: false };
let uploads = 0;

const give = (response: ServerResponse, bytes: number): void => {
  response.writeHead(200, { 'Content-Type': 'application/octet-stream', 'Content-Length': String(bytes) });
  let left = bytes;
  const go = (): void => {
    while (left > 0) {
      const chunk = left < pattern.length ? pattern.subarray(0, left) : pattern;
      left -= chunk.length;
      if (!response.write(chunk)) return void response.once('drain', go);
    }
    response.end();
  };
  go();
};

const swallow = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0;
  let equal = true;
  request.on('data', (chunk: Buffer) => {
    for (let at = 0; at < chunk.length;) {
      const from = (bytes + at) % pattern.length;
      const length = Math.min(chunk.length - at, pattern.length - from);
      equal &&= chunk.compare(pattern, from, from + length, at, at + length) === 0;
      at += length;
    }
    bytes += chunk.length;
  });
  request.once('end', () => {
    received = { bytes, equal };
    uploads += 1;
    response.writeHead(204).end();
  });
};

const server = createServer((request, response) => {
  const url = new URL(request.url ?? '', 'http://peer');
  if (request.method !== 'GET') return swallow(request, response);
  const answer = answers.get(url.pathname);
  if (answer !== undefined) {
    const body = JSON.stringify(uploads === 0 ? answer.before : answer.after);
    return void response.writeHead(200, { 'Content-Type': 'application/json' }).end(body);
  }
  const known = [...served].find(([end]) => url.pathname.endsWith(end));
  const bytes = url.searchParams.get('bytes') ?? known?.[1];
  if (bytes === undefined) return void response.writeHead(404).end();
  give(response, Number(bytes));
});

const obey = (order: PatternOrder, tell: () => void): void => {
  if (order.kind === 'listen') return void server.listen(0, '127.0.0.1', tell);
  if (order.kind === 'serve') served.set(order.pathEnd, order.bytes);
  if (order.kind === 'answer') {
    answers.set(order.path, { before: order.before, after: order.after });
    uploads = 0;
  }
  tell();
};

process.on('message', (order: PatternOrder) =>
  obey(order, () => {
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    process.send?.({ url, ...received } satisfies PatternAnswer);
  }),
);
process.once('disconnect', () => process.exit(0));
