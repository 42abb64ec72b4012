import type { Fixture } from '@osm/testing/resource-contract';

const id = '140b81c4-9bc5-4c9f-a66d-864c56f23de2';
const projectId = '45e7987ff31b43ce9af7992ac6991e56';
const alice = '5d1b2f0c9f7e4a0d8a3f5a2f7f3d8c11';
const creator = '3998fd3ea04742259ad31c0f9b038029';

const minimal = {
  created: '2026-11-23T01:32:42',
  updated: '2026-11-23T01:32:42',
  status: 'ACTIVE',
  name: null,
  secret_type: 'opaque',
  expiration: null,
  algorithm: null,
  bit_length: null,
  mode: null,
  creator_id: creator,
  consumers: [],
  secret_ref: 'http://keys.source.example:9311/v1/secrets/2d6860e0-3674-46fc-bd3c-1425ac150f4f',
  id: '2d6860e0-3674-46fc-bd3c-1425ac150f4f',
  project_id: projectId,
  acl: { read: { 'project-access': true, users: [] } },
  metadata: {},
};

const full = {
  ...minimal,
  id,
  secret_ref: `http://keys.source.example:9311/v1/secrets/${id}`,
  name: 'aes-key',
  secret_type: 'symmetric',
  expiration: '2090-01-01T00:00:00',
  algorithm: 'aes',
  bit_length: 256,
  mode: 'cbc',
  consumers: [{ service: 'image', resource_type: 'images', resource_id: '123' }],
  content_types: { default: 'application/octet-stream' },
  acl: { read: { 'project-access': false, users: [alice] } },
  metadata: { owner: 'team blue' },
};

const body = {
  name: 'aes-key',
  secret_type: 'symmetric',
  algorithm: 'aes',
  bit_length: 256,
  mode: 'cbc',
  expiration: '2090-01-01T00:00:00',
};

const twinId = `twin-of-secret-${id}`;
const acl = { read: { 'project-access': false, users: [`twin-of-user-${creator}`, `twin-of-user-${alice}`] } };

/** What the first write leaves: everything but the payload. */
const trace = {
  ...minimal,
  ...body,
  id: '3651877f-56d3-4d66-a1a5-749a7f726661',
  secret_ref: 'http://keys.destination.example:9311/v1/secrets/3651877f-56d3-4d66-a1a5-749a7f726661',
};

const twin = {
  ...trace,
  id: twinId,
  secret_ref: `http://keys.destination.example:9311/v1/secrets/${twinId}`,
  project_id: `twin-of-project-${projectId}`,
  creator_id: '52678c9d59544d1590d1292541c1b76c',
  content_types: { default: 'application/octet-stream' },
  acl,
  metadata: { owner: 'team blue' },
};

const lacking = 'Barbican refuses null here; what is left out is null';

/** A secret as Zed shows it, with its ACL and metadata; the twin as Epoxy does. */
export const secretFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: projectId },
    { name: 'users', type: 'user', id: alice },
    { name: 'users', type: 'user', id: creator },
  ],
  body,
  omitted: { algorithm: lacking, bit_length: lacking, mode: lacking, expiration: lacking },
  expect: { project_id: `twin-of-project-${projectId}`, acl, metadata: { owner: 'team blue' } },
  finish: [
    { method: 'PUT', path: `/secrets/${twinId}/metadata`, body: { metadata: { owner: 'team blue' } } },
    { method: 'PUT', path: `/secrets/${twinId}/acl`, body: acl },
  ],
  fresh: trace,
  twin,
  refused: [
    { attributes: { ...full, expiration: '2020-01-01T00:00:00' }, says: 'expired at 2020-01-01T00:00:00' },
    { attributes: { ...full, acl: null, metadata: null }, says: 'keeps it private' },
  ],
  trace,
  traps: [twin, { ...trace, bit_length: 128 }, { ...trace, name: 'aes-key-2' }],
};

const { content_types: _payload, ...withoutPayload } = full;

/** One that was made and never filled: a record without a payload. */
export const emptySecretFixture: Fixture = {
  ...secretFixture,
  full: withoutPayload,
  twin: { ...twin, content_types: null },
  traps: [twin],
};
