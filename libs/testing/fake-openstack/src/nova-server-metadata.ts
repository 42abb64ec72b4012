import { object, validate } from './cinder-nova-validation.ts';
import type { Call, Reply } from './frame.ts';
import { isObject, Refusal } from './frame.ts';
import { metadataOf } from './nova-create-server.ts';
import type { Server, VmState } from './nova-server-rows.ts';
import { needState, needUnlocked, serverOf } from './nova-server-rows.ts';
import { SERVER_METADATA, TAG, TAGS } from './nova-server-schema.ts';

const CHANGEABLE: readonly VmState[] = ['active', 'paused', 'suspended', 'stopped'];

/** GET, POST (adds) and PUT (replaces all) /servers/:id/metadata. */
export function serverMetadata(call: Call): Reply {
  if (call.method === 'GET') return { status: 200, body: { metadata: { ...serverOf(call).metadata } } };
  const body = validate(object({ metadata: SERVER_METADATA }, ['metadata']), call.body);
  const server = changeable(call);
  const wanted = metadataOf(body.metadata);
  server.metadata = call.method === 'PUT' ? wanted : { ...server.metadata, ...wanted };
  return { status: 200, body: { metadata: { ...server.metadata } } };
}

/** GET, PUT and DELETE /servers/:id/metadata/:key. */
export function serverMetadataKey(call: Call): Reply {
  const key = call.params.key ?? '';
  if (call.method === 'PUT') {
    const one = { ...SERVER_METADATA, minProperties: 1, maxProperties: 1 };
    const { meta } = validate(object({ meta: one }, ['meta']), call.body);
    const value = isObject(meta) ? meta[key] : undefined;
    if (value === undefined) throw new Refusal(400, 'Request body and URI mismatch');
    changeable(call).metadata[key] = String(value);
    return { status: 200, body: { meta: { [key]: value } } };
  }
  const server = call.method === 'GET' ? serverOf(call) : changeable(call);
  const value = server.metadata[key];
  if (value === undefined) throw new Refusal(404, 'Metadata item was not found');
  if (call.method === 'GET') return { status: 200, body: { meta: { [key]: value } } };
  delete server.metadata[key];
  return { status: 204 };
}

function changeable(call: Call): Server {
  const server = serverOf(call);
  needUnlocked(call, server);
  needState(server, 'update metadata', CHANGEABLE);
  return server;
}

/** GET, PUT (replaces all) and DELETE /servers/:id/tags, since 2.26. */
export function serverTags(call: Call): Reply {
  refuseOld(call);
  if (call.method === 'GET') return { status: 200, body: { tags: [...taggedServer(call).tags] } };
  if (call.method === 'DELETE') {
    taggable(call).tags = [];
    return { status: 204 };
  }
  const { tags } = validate(object({ tags: TAGS }, ['tags']), call.body);
  const server = taggable(call);
  server.tags = [...new Set(Array.isArray(tags) ? tags.map(String) : [])].sort();
  return { status: 200, body: { tags: [...server.tags] } };
}

/** GET, PUT and DELETE /servers/:id/tags/:tag. */
export function serverTag(call: Call): Reply {
  refuseOld(call);
  const tag = call.params.tag ?? '';
  const server = call.method === 'GET' ? taggedServer(call) : taggable(call);
  const isThere = server.tags.includes(tag);
  if (call.method === 'PUT') {
    validate(object({ tag: TAG }), { tag });
    if (isThere) return { status: 204 };
    if (server.tags.length >= 50) throw new Refusal(400, 'The number of tags exceeded the per-server limit 50');
    server.tags = [...server.tags, tag].sort();
    return { status: 201, headers: { Location: `${call.baseUrl}/v2.1/servers/${server.id}/tags/${tag}` } };
  }
  const noun = call.method === 'GET' ? 'Server' : 'Instance';
  if (!isThere) throw new Refusal(404, `${noun} ${server.id} has no tag '${tag}'`);
  if (call.method === 'DELETE') server.tags = server.tags.filter((other) => other !== tag);
  return { status: 204 };
}

function refuseOld(call: Call): void {
  if (!call.atLeast('2.26')) throw new Refusal(404, 'The resource could not be found.');
}

/** A lock does not keep tags from changing. */
function taggable(call: Call): Server {
  const server = taggedServer(call);
  needState(server, 'update tags', CHANGEABLE, false);
  return server;
}

function taggedServer(call: Call): Server {
  return serverOf(call, 'has no mapping to a cell.');
}
