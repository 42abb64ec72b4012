import type { Fixture } from '@osm/testing/resource-contract';

const owner = 'f25b8de9c69445f4ae42b9750a053a14';
const other = '609ca2874e8748819f6f590bf5a7853f';
const alice = '1f8ac63633234defaca6cb4dfdb0aff8';
const twinOf = (id: string): string => `twin-of-project-${id}`;

const minimal = {
  id: `${owner}/empty`,
  project_id: owner,
  name: 'empty',
  metadata: {},
  storage_policy: 'gold',
  count: 0,
  bytes: 0,
  segments_in: [],
};

const full = {
  ...minimal,
  id: `${owner}/media sn☃w`,
  name: 'media sn☃w',
  metadata: { colour: 'grün', 'web-index': 'index.html', 'access-control-allow-origin': '*' },
  read_acl: ['.r:*', '.rlistings', `${other}:*`, `*:${alice}`, 'reader'],
  write_acl: [`${other}:${alice}`, 'demo:demo'],
  temp_url_key: 'temp-url-Secret-1',
  temp_url_key_2: 'temp-url-Secret-2',
  quota_bytes: 1_000_000,
  quota_count: 100,
  versions_location: 'media_versions',
  history_location: 'media_history',
  versions_enabled: false,
  sync_to: '//realm/cluster/AUTH_x/media',
  count: 2,
  bytes: 7,
  segments_in: ['media sn☃w_segments'],
};

const readAcl = ['.r:*', '.rlistings', `${twinOf(other)}:*`, `*:twin-of-user-${alice}`, 'reader'];
const writeAcl = [`${twinOf(other)}:twin-of-user-${alice}`, 'demo:demo'];

const expect = {
  metadata: full.metadata,
  read_acl: readAcl,
  write_acl: writeAcl,
  quota_bytes: 1_000_000,
  quota_count: 100,
  versions_location: 'media_versions',
  history_location: 'media_history',
  versions_enabled: false,
};

const body = { name: full.name, storage_policy: 'gold', project_id: twinOf(owner) };

const { sync_to: _sync, segments_in: _segments, ...shown } = full;
const twin = { ...shown, ...expect, ...body, id: `${twinOf(owner)}/${full.name}` };

const { project_id: _owner, ...tenantBody } = body;

/** A container with everything that its headers can show, as Zed shows it. */
export const objectContainerFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: owner },
    { name: 'others', type: 'project', id: other },
    { name: 'users', type: 'user', id: alice },
    { name: 'segments', type: 'object-container', id: `${owner}/media sn☃w_segments` },
    { name: 'versions', type: 'object-container', id: `${owner}/media_versions` },
    { name: 'versions', type: 'object-container', id: `${owner}/media_history` },
  ],
  body,
  expect,
  finish: [
    {
      method: 'POST',
      path: `/${encodeURIComponent(full.name)}`,
      headers: {
        'x-container-read': readAcl.join(','),
        'x-container-write': writeAcl.join(','),
        'x-container-meta-temp-url-key': 'temp-url-Secret-1',
        'x-container-meta-temp-url-key-2': 'temp-url-Secret-2',
        'x-container-meta-colour': Buffer.from('grün').toString('latin1'),
        'x-container-meta-web-index': 'index.html',
        'x-container-meta-access-control-allow-origin': '*',
      },
      repeatable: true,
    },
  ],
  twin,
  policyBodies: [{ policy: { multitenant_mode: false }, body: tenantBody }],
  traps: [
    { ...twin, id: `${twinOf(owner)}/${full.name} 2`, name: `${full.name} 2` },
    { ...twin, id: `${twinOf(owner)}/media`, name: 'media' },
  ],
};
