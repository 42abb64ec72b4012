import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Answer, Request } from '@osm/resource';
import { attributesOf, headersOf } from '@osm/resources/object-store';
import { Refused, shelfAt, type Store } from './memory-store.ts';

/**
 * Swift, whose containers and objects are names and headers. Containers are rows of the type itself, in whichever account;
 * objects are rows of `/objects`: `{ id: 'container/name', content, headers }`.
 */
export const objectAnswer = (
  store: Store,
  request: Request,
  overlaid: (row: JsonObject) => JsonObject,
  wrote: (request: Request) => void,
): Answer => {
  const [container = '', ...rest] = request.path.slice(1).split('/').map(decodeURIComponent);
  const name = rest.join('/');
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  const answer =
    container === ''
      ? ok({ date: 'Thu, 01 Jan 1970 00:00:00 GMT' })
      : name === ''
        ? containerAnswer(store, container, request, overlaid)
        : objectIn(store, `${container}/${name}`, request);
  // Where there was one already a PUT makes nothing.
  if (!isRead && answer.status !== 202) wrote(request);
  return answer;
};

/** What an object consists of. */
export const objectBytes = (store: Store, { method, path }: Request): Buffer => {
  const id = path.slice(1).split('/').map(decodeURIComponent).join('/');
  const content = shelfAt(store, '/objects').rows.get(id)?.['content'];
  return Buffer.from(method === 'HEAD' ? '' : String(content ?? ''));
};

const ok = (headers: { readonly [name: string]: string }, body: Json = null, status = 200): Answer => ({
  status,
  headers,
  body,
});

const containers = (store: Store) => shelfAt(store, '').rows;
const objects = (store: Store) => shelfAt(store, '/objects').rows;

const containerAnswer = (
  store: Store,
  name: string,
  request: Request,
  overlaid: (row: JsonObject) => JsonObject,
): Answer => {
  const row = [...containers(store).values()].find((one) => one['name'] === name);
  if (request.method === 'PUT') return putContainer(store, name, row, request);
  if (row === undefined) throw new Refused(404, `${store.name} has no container ${name}`);
  const within = [...objects(store).values()].filter(({ id }) => String(id).startsWith(`${name}/`));
  const id = shelfAt(store, '').id(row);
  switch (request.method) {
    case 'GET':
      return ok(headersOf(overlaid(row)), { objects: within.map(listed).sort(byName) });
    case 'POST':
      containers(store).set(id, merged(row, attributesOf(request.headers ?? {})));
      return ok({});
    default:
      if (within.length > 0) throw new Refused(409, `container ${name} is not empty`);
      containers(store).delete(id);
      return ok({});
  }
};

/** Whose account it is stands in the endpoint: here it is the twin of the one project that there is. */
const putContainer = (store: Store, name: string, row: JsonObject | undefined, { headers = {} }: Request): Answer => {
  if (row !== undefined) return ok({}, null, 202);
  const { metadata: _none, ...given } = attributesOf(headers);
  const owner = [...shelfAt(store, '/projects').rows.keys()].find((id) => id.startsWith('twin-of-project-'));
  const made = { ...shelfAt(store, '').blank, ...given, name, project_id: owner ?? 'mine' };
  containers(store).set(shelfAt(store, '').id(made), made);
  return ok({}, null, 201);
};

/** A header that is not sent leaves what there is; metadata are each a header of their own. */
const merged = (row: JsonObject, changes: JsonObject): JsonObject => ({
  ...row,
  ...changes,
  metadata: { ...inner(row['metadata']), ...inner(changes['metadata']) },
});

const inner = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});

const md5 = (content: string): string => createHash('md5').update(content).digest('hex');

const listed = ({ id, content, headers }: JsonObject): JsonObject => ({
  name: String(id).slice(String(id).indexOf('/') + 1),
  bytes: Buffer.byteLength(String(content)),
  hash: md5(String(content)),
  content_type: inner(headers)['content-type'] ?? 'application/octet-stream',
  last_modified: '1970-01-01T00:00:00.000000',
});

const byName = (a: JsonObject, b: JsonObject): number => (String(a['name']) < String(b['name']) ? -1 : 1);

const objectIn = (store: Store, id: string, { method, headers = {}, body }: Request): Answer => {
  const row = objects(store).get(id);
  if (method === 'PUT') {
    const content = Buffer.isBuffer(body) ? body.toString() : String(body ?? '');
    objects(store).set(id, { id, content, headers: kept(headers) });
    return ok({ etag: md5(content) }, null, 201);
  }
  if (row === undefined) throw new Refused(404, `${store.name} has no object ${id}`);
  if (method === 'DELETE') objects(store).delete(id);
  if (method === 'POST') objects(store).set(id, { ...row, headers: kept(headers) });
  const shown = Object.fromEntries(Object.entries(inner(row['headers'])).map(([key, value]) => [key, String(value)]));
  return ok({ 'content-type': 'application/octet-stream', ...shown, etag: md5(String(row['content'])) });
};

const kept = (headers: { readonly [name: string]: string }): JsonObject =>
  Object.fromEntries(
    Object.entries(headers)
      .map(([key, value]) => [key.toLowerCase(), value] as const)
      .filter(([key]) => key === 'content-type' || key.startsWith('x-object-meta-')),
  );
