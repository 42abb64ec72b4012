import { randomBytes } from 'node:crypto';
import type { Call, Reply, Route, Service } from './frame.ts';
import { Refusal } from './frame.ts';
import * as accounts from './swift-accounts.ts';
import { authorize } from './swift-auth.ts';
import { bulkDelete, deleteManifest } from './swift-bulk.ts';
import * as containers from './swift-containers.ts';
import { copyHere, copyObject } from './swift-copy.ts';
import { infoOf } from './swift-info.ts';
import { asPython } from './swift-listing.ts';
import { putObject } from './swift-object-put.ts';
import * as objects from './swift-objects.ts';
import { refusalPage } from './swift-pages.ts';
import type { SwiftCall, SwiftPath } from './swift-request.ts';
import { headersOf, pathOf } from './swift-request.ts';
import type { Headers } from './swift-rows.ts';
import { putManifest } from './swift-slo-put.ts';
import { signatureOf } from './swift-temp-url.ts';

/**
 * Swift: accounts, containers and objects below `/v1/AUTH_<project>`. Its paths, and what a TempURL signs, begin at `/v1`:
 * the prefix of the endpoint is what a proxy in front of it would take away.
 */
export function objectService(): Service {
  return {
    prefix: 'object-store',
    type: 'object-store',
    name: 'swift',
    endpointPath: '/v1/AUTH_$(project_id)s',
    routes,
    refusal: (refusal) => {
      const page = refusalPage(refusal);
      return { ...page, headers: { ...page.headers, ...transaction() } };
    },
  };
}

type Handle = (request: SwiftCall) => Reply | Promise<Reply>;

const ACCOUNT: Readonly<Record<string, Handle>> = {
  GET: accounts.showAccount,
  HEAD: accounts.showAccount,
  POST: accounts.updateAccount,
  PUT: accounts.putAccount,
  DELETE: accounts.deleteAccount,
};

const CONTAINER: Readonly<Record<string, Handle>> = {
  GET: containers.showContainer,
  HEAD: containers.showContainer,
  POST: containers.updateContainer,
  PUT: containers.putContainer,
  DELETE: containers.deleteContainer,
};

const OBJECT: Readonly<Record<string, Handle>> = {
  GET: objects.showObject,
  HEAD: objects.showObject,
  POST: objects.updateObject,
  PUT: putObject,
  DELETE: objects.deleteObject,
};

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'DELETE', 'COPY', 'OPTIONS', 'PATCH'];

/** Every path is open and read as it was written: Swift decides itself who may what, and its names keep their slashes. */
const routes: readonly Route[] = METHODS.map((method) => ({
  ...{ method, path: '/*path', open: true, stream: true, raw: true },
  handle: async (call) => {
    const reply = await serve(call);
    return { ...reply, headers: { ...transaction(), ...reply.headers } };
  },
}));

/** The number of a request, which Swift shows under two names. */
function transaction(): Record<string, string> {
  const seconds = Math.floor(Date.now() / 1000)
    .toString(16)
    .padStart(10, '0');
  const id = `tx${randomBytes(11).toString('hex').slice(1)}-${seconds}`;
  return { 'X-Trans-Id': id, 'X-Openstack-Request-Id': id };
}

async function serve(call: Call): Promise<Reply> {
  if (call.path === '/info') {
    const headers = { 'Content-Type': 'application/json; charset=UTF-8' };
    return { status: 200, text: asPython(infoOf(call.cloud)), headers };
  }
  if (call.path === '/healthcheck') return { status: 200, text: 'OK', headers: { 'Content-Type': 'text/plain' } };
  if (call.path === '/') throw new Refusal(404, '');
  const path = pathOf(call.path);
  const headers = headersOf(call);
  const signed = signatureOf(call, path, headers);
  const reply = await answer(requestOf(call, path, headers, signed !== undefined), path);
  return signed === undefined ? reply : signed.dress(reply);
}

async function answer(request: SwiftCall, path: SwiftPath): Promise<Reply> {
  const handles = path.object !== undefined ? OBJECT : path.container !== undefined ? CONTAINER : ACCOUNT;
  const handle = special(request) ?? handles[request.method];
  if (handle !== undefined) return await handle(request);
  const headers = { Allow: ['OPTIONS', ...Object.keys(handles)].join(', ') };
  if (request.method === 'OPTIONS') return { status: 200, headers };
  throw new Refusal(405, '', '', headers);
}

/** What the query or a header makes of a request. */
function special({ method, query, headers, object, container }: SwiftCall): Handle | undefined {
  const manifest = query.get('multipart-manifest');
  if (container === undefined) return query.has('bulk-delete') && /POST|DELETE/.test(method) ? bulkDelete : undefined;
  if (object === undefined) return undefined;
  if (method === 'COPY') return copyObject;
  if (method === 'PUT' && headers['x-copy-from'] !== undefined) return copyHere;
  if (method === 'PUT' && manifest === 'put') return putManifest;
  return method === 'DELETE' && manifest === 'delete' ? deleteManifest : undefined;
}

/** A request whose caller may do it: by a signature, else by token or ACL. */
function requestOf(call: Call, path: SwiftPath, headers: Headers, signed: boolean): SwiftCall {
  const token = headers['x-auth-token'];
  const caller = token === undefined ? undefined : call.cloud.authenticate(token);
  const owner = !signed && authorize(call.cloud, caller, call.method, path, headers.referer);
  return { cloud: call.cloud, call, method: call.method, ...path, query: call.query, headers, caller, owner };
}
