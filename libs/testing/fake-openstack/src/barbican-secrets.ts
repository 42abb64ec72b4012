import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { aclRoutes } from './barbican-acls.ts';
import { enforce, enforceRole, rules } from './barbican-policy.ts';
import { hrefOf, isLive, pageOf, secretOf, secrets, time, type Secret } from './barbican-rows.ts';
import { checkSecret, expirationOf, jsonOf } from './barbican-validation.ts';
import type { Call, JsonObject, Reply, Route } from './frame.ts';
import { isObject, Refusal } from './frame.ts';

/** Secrets, their payloads, ACLs, metadata and consumers. */
export const secretRoutes: readonly Route[] = [
  { method: 'GET', path: '/v1/secrets', handle: list },
  { method: 'POST', path: '/v1/secrets', handle: create },
  { method: 'GET', path: '/v1/secrets/:id', handle: show },
  { method: 'PUT', path: '/v1/secrets/:id', stream: true, handle: fill },
  { method: 'DELETE', path: '/v1/secrets/:id', handle: remove },
  { method: 'GET', path: '/v1/secrets/:id/payload', handle: showPayload },
  { method: 'GET', path: '/v1/secrets/:id/metadata', handle: showMetadata },
  { method: 'PUT', path: '/v1/secrets/:id/metadata', handle: setMetadata },
  { method: 'POST', path: '/v1/secrets/:id/consumers', handle: addConsumer },
  ...aclRoutes({ collection: 'secrets', word: 'SecretACL(s)', find: secretOf, keep }),
];

const BINARY = ['application/octet-stream', 'application/pkcs8'];

function keep(call: Call, secret: Secret): void {
  secrets(call.cloud).set(secret.id, secret);
}

function shown(call: Call, secret: Secret): JsonObject {
  return {
    created: time(secret.created),
    updated: time(secret.updated),
    status: 'ACTIVE',
    name: secret.name,
    secret_type: secret.secretType,
    expiration: secret.expiration === null ? null : time(secret.expiration),
    algorithm: secret.algorithm,
    bit_length: secret.bitLength,
    mode: secret.mode,
    creator_id: secret.creatorId,
    ...(call.atLeast('1.1') ? { consumers: [...secret.consumers] } : {}),
    ...(secret.contentType === null ? {} : { content_types: { default: secret.contentType } }),
    secret_ref: hrefOf(call, 'secrets', secret.id),
  };
}

function list(call: Call): Reply {
  const projectId = enforceRole(call.context, ['admin', 'creator', 'observer'], 'Secret(s) retrieval');
  const name = call.query.get('name') ?? '';
  const fitting = [...secrets(call.cloud).values()].filter(
    (secret) => secret.projectId === projectId && isLive(call.cloud, secret) && (name === '' || secret.name === name),
  );
  return { status: 200, body: pageOf(call, 'secrets', fitting, (secret) => shown(call, secret)) };
}

function create(call: Call): Reply {
  const projectId = enforceRole(call.context, ['admin', 'creator'], 'Secret creation');
  const asked = jsonOf(call);
  checkSecret(call.cloud, asked);
  const now = call.cloud.now();
  const id = call.cloud.newId();
  const isBinary = BINARY.includes(String(asked.payload_content_type));
  const payload = typeof asked.payload === 'string' ? asked.payload.trim() : undefined;
  keep(call, {
    id,
    projectId,
    creatorId: call.context.userId,
    name: typeof asked.name === 'string' ? asked.name.trim() : null,
    created: now,
    updated: now,
    acl: null,
    secretType: typeof asked.secret_type === 'string' ? asked.secret_type : 'opaque',
    algorithm: typeof asked.algorithm === 'string' ? asked.algorithm : null,
    bitLength: typeof asked.bit_length === 'number' ? asked.bit_length : null,
    mode: typeof asked.mode === 'string' ? asked.mode : null,
    expiration: expirationOf(asked),
    contentType: payload === undefined ? null : normal(String(asked.payload_content_type)),
    payload: Buffer.from(payload ?? '', isBinary ? 'base64' : 'utf8'),
    metadata: {},
    consumers: [],
  });
  const href = hrefOf(call, 'secrets', id);
  return { status: 201, headers: { Location: href }, body: { secret_ref: href } };
}

function show(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.get, call.context, secret, 'Secret retrieval');
  return { status: 200, body: shown(call, secret) };
}

async function fill(call: Call): Promise<Reply> {
  const secret = secretOf(call);
  enforce(rules.put, call.context, secret, 'Secret update');
  const type = call.headers['content-type']?.split(';')[0]?.trim() ?? '';
  if (!['application/octet-stream', 'text/plain'].includes(type)) {
    const expected = "['application/octet-stream', 'text/plain']";
    throw new Refusal(415, `Unexpected content type. Expected content types are: ${expected}`);
  }
  const payload = await buffer(call.request);
  if (payload.length === 0) throw new Refusal(400, 'Secret update issue seen - No data supplied to process..');
  if (secret.contentType !== null) throw new Refusal(409, 'Secret already has data, cannot modify it.');
  const encoded = call.headers['content-encoding'] === 'base64';
  keep(call, {
    ...secret,
    contentType: type,
    payload: encoded ? Buffer.from(payload.toString('latin1'), 'base64') : payload,
    updated: call.cloud.now(),
  });
  return { status: 204 };
}

function showPayload(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.decrypt, call.context, secret, 'Secret payload retrieval');
  if (secret.contentType === null) throw new Refusal(404, 'Not Found. Sorry but your secret has no payload.');
  const accept = call.headers.accept ?? 'application/octet-stream';
  if (normal(accept) !== secret.contentType) {
    throw new Refusal(406, 'Secret payload retrieval issue seen - Wrong payload content-type.');
  }
  const type = secret.contentType === 'text/plain' ? 'text/plain; charset=UTF-8' : secret.contentType;
  return {
    status: 200,
    headers: { 'Content-Type': type, 'Content-Length': String(secret.payload.length) },
    stream: Readable.from([secret.payload]),
  };
}

function normal(type: string): string {
  return type.split(';')[0]?.trim().toLowerCase() ?? '';
}

function remove(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.change, call.context, secret, 'Secret deletion');
  secrets(call.cloud).delete(secret.id);
  return { status: 204 };
}

function showMetadata(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.get, call.context, secret, 'Secret metadata retrieval');
  return { status: 200, body: { metadata: { ...secret.metadata } } };
}

function setMetadata(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.change, call.context, secret, 'Secret metadata creation');
  const { metadata } = jsonOf(call);
  const entries = isObject(metadata) ? Object.entries(metadata) : [];
  if (entries.some(([key]) => !/^[A-Za-z0-9_-]*$/.test(key))) {
    throw new Refusal(400, 'Invalid Key. Key must be URL safe.');
  }
  const lowered = Object.fromEntries(entries.map(([key, value]) => [key.toLowerCase(), String(value)]));
  keep(call, { ...secret, metadata: lowered });
  return { status: 201, body: { metadata_ref: `${hrefOf(call, 'secrets', secret.id)}/metadata` } };
}

function addConsumer(call: Call): Reply {
  const secret = secretOf(call);
  enforce(rules.get, call.context, secret, 'SecretConsumer(s) creation');
  const { service = null, resource_type = null, resource_id = null } = jsonOf(call);
  const changed = { ...secret, consumers: [...secret.consumers, { service, resource_type, resource_id }] };
  keep(call, changed);
  return { status: 200, body: shown(call, changed) };
}
