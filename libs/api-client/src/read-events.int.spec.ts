import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openApi } from './open-api.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

/** A gateway that answers each connection in its own way. */
const serve = async (...ways: readonly ((request: IncomingMessage, response: ServerResponse) => void)[]) => {
  let count = 0;
  const made = createServer((request, response) => ways[Math.min(count++, ways.length - 1)]?.(request, response));
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const { port } = made.address() as AddressInfo;
  return openApi({ url: `http://127.0.0.1:${port}`, token: () => 'osm_x' });
};

const begun = (response: ServerResponse, text: string): void => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(text);
};

it('a stream that breaks goes on after the last id, and says so meanwhile', async () => {
  const asked: (string | undefined)[] = [];
  const troubles: (string | undefined)[] = [];
  const hear = (request: IncomingMessage): void =>
    void asked.push(`${request.headers.authorization} ${String(request.headers['last-event-id'])}`);
  const api = await serve(
    (request, response) => {
      hear(request);
      begun(response, ': here\n\nid: 4\nevent: A\ndata: {"n":1}\n\nid: 7\n: here\n\nid: 9\ndata: {"cut o');
      setImmediate(() => response.destroy());
    },
    (_, response) => void response.writeHead(503).end('a page of whatever stands between'),
    (request, response) => {
      hear(request);
      begun(response, 'id: 9\nevent: B\ndata: {"n":\ndata: 2}\n\n');
    },
  );
  const told: unknown[] = [];
  const onTrouble = (problem: { code: string } | undefined): void => void troubles.push(problem?.code);
  for await (const { id, type, data } of api.events({ signal: new AbortController().signal, onTrouble })) {
    told.push([id, type, data]);
    if (told.length === 2) break;
  }
  expect(told).toEqual([
    ['4', 'A', { n: 1 }],
    ['9', 'B', { n: 2 }],
  ]);
  expect(asked).toEqual(['Bearer osm_x undefined', 'Bearer osm_x 7']);
  expect(troubles).toEqual([undefined, 'unreachable', 'no-problem', undefined]);
});

it('a stream ends when its reader wants no more', async () => {
  const api = await serve((_, response) => begun(response, ': here\n\n'));
  const ending = new AbortController();
  const reading = Array.fromAsync(
    api.events({ signal: ending.signal, onTrouble: (problem) => problem ?? ending.abort() }),
  );
  expect(await reading).toEqual([]);
});

it('a refusal is raised, and nothing is asked again', async () => {
  let count = 0;
  const api = await serve((_, response) => {
    count += 1;
    const problem = { status: 401, title: 'Unauthorized', detail: 'no', code: 'unauthorised', remedy: 'sign in' };
    response.writeHead(401, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem));
  });
  await expect(Array.fromAsync(api.events({ signal: new AbortController().signal }))).rejects.toMatchObject({
    ...{ name: 'ApiProblem', status: 401, code: 'unauthorised', remedy: 'sign in' },
  });
  expect(count).toBe(1);
});

it('a request that nobody answers is a problem as well', async () => {
  const api = openApi({ url: 'http://127.0.0.1:1', token: () => undefined });
  await expect(api.ask('route')).rejects.toMatchObject({ code: 'unreachable', remedy: expect.stringMatching(/\w/) });
});
