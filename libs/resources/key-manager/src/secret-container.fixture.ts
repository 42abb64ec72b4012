import type { Fixture } from '@osm/testing/resource-contract';

const id = '7a2183ed-8840-4db9-8085-f601e1a5a953';
const projectId = '45e7987ff31b43ce9af7992ac6991e56';
const certificate = 'b089047f-ebff-4ccf-9f0d-f005ba25fb55';
const key = 'eb14290c-4ea0-4ca6-8c9d-1cce1ee4d884';
const alice = '5d1b2f0c9f7e4a0d8a3f5a2f7f3d8c11';
const creator = '3998fd3ea04742259ad31c0f9b038029';

const minimal = {
  created: '2026-11-23T01:32:43',
  updated: '2026-11-23T01:32:43',
  status: 'ACTIVE',
  name: null,
  type: 'generic',
  creator_id: creator,
  secret_refs: [],
  consumers: [],
  container_ref: 'http://keys.source.example:9311/v1/containers/c8a7c538-f6ad-447b-81e4-962ffef5133a',
  id: 'c8a7c538-f6ad-447b-81e4-962ffef5133a',
  project_id: projectId,
  acl: { read: { 'project-access': true, users: [] } },
};

const at = (cloud: string, secret: string): string => `http://keys.${cloud}.example:9311/v1/secrets/${secret}`;

const full = {
  ...minimal,
  id,
  container_ref: `http://keys.source.example:9311/v1/containers/${id}`,
  name: 'shop-tls',
  type: 'certificate',
  secret_refs: [
    { name: 'certificate', secret_ref: at('source', certificate) },
    { name: 'private_key', secret_ref: at('source', key) },
  ],
  consumers: [{ name: 'octavia', URL: 'https://lb.source.example/1' }],
  acl: { read: { 'project-access': true, users: [alice] } },
};

const refs = [
  { name: 'certificate', secret_ref: at('destination', `twin-of-secret-${certificate}`) },
  { name: 'private_key', secret_ref: at('destination', `twin-of-secret-${key}`) },
];
const body = { name: 'shop-tls', type: 'certificate', secret_refs: refs };
const acl = { read: { 'project-access': true, users: [`twin-of-user-${alice}`] } };
const twinId = `twin-of-secret-container-${id}`;

const twin = {
  ...minimal,
  ...body,
  secret_refs: refs.toReversed(),
  id: twinId,
  container_ref: `http://keys.destination.example:9311/v1/containers/${twinId}`,
  project_id: `twin-of-project-${projectId}`,
  creator_id: '52678c9d59544d1590d1292541c1b76c',
  acl,
};

/** A container as Zed shows it, with its ACL; the twin as Epoxy does. */
export const secretContainerFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: projectId },
    { name: 'secrets', type: 'secret', id: certificate },
    { name: 'secrets', type: 'secret', id: key },
    { name: 'users', type: 'user', id: alice },
  ],
  outputs: { locate: { root: 'http://keys.destination.example:9311/v1' } },
  body,
  expect: { project_id: `twin-of-project-${projectId}`, acl },
  finish: [{ method: 'PUT', path: `/containers/${twinId}/acl`, body: acl }],
  fresh: { ...twin, acl: minimal.acl },
  twin,
  refused: [{ attributes: { ...full, acl: null }, says: 'keeps it private' }],
  trace: { ...twin, id: '36909096-8a0f-4260-9e0b-0aedfa04b28f', acl: minimal.acl },
  traps: [
    { ...twin, name: 'shop-tls-2' },
    { ...twin, type: 'generic' },
    { ...twin, secret_refs: refs.slice(0, 1) },
    { ...twin, secret_refs: full.secret_refs },
  ],
};

/** A private one that holds nothing yet. */
export const emptyContainerFixture: Fixture = {
  minimal,
  full: { ...minimal, acl: { read: { 'project-access': false, users: [] } } },
  needs: [
    { name: 'project', type: 'project', id: projectId },
    { name: 'users', type: 'user', id: creator },
  ],
  body: { name: null, type: 'generic', secret_refs: [] },
  expect: {
    project_id: `twin-of-project-${projectId}`,
    acl: { read: { 'project-access': false, users: [`twin-of-user-${creator}`] } },
  },
  finish: [
    {
      method: 'PUT',
      path: `/containers/twin-of-secret-container-${minimal.id}/acl`,
      body: { read: { 'project-access': false, users: [`twin-of-user-${creator}`] } },
    },
  ],
  trace: { ...minimal, id: '36909096-8a0f-4260-9e0b-0aedfa04b28f' },
  traps: [{ ...minimal, name: '' }],
};
