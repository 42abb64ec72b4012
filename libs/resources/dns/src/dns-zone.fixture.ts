import type { JsonObject } from '@osm/kernel';
import type { Fixture } from '@osm/testing/resource-contract';

const owner = '5e638294cdf1404c85bad2f1de39acf4';
const theParent = {
  id: '0bd9edd2-5d73-4fdd-b723-81be81c65e85',
  name: 'probe.example.',
  project_id: owner,
};

const minimal: JsonObject = {
  id: '47c4509a-3872-4301-ad9f-09e5b6dbad2e',
  pool_id: '794ccc2c-d751-44fe-b57f-8894c9f5c842',
  // Rows of the cloud in memory are made of this one, and what a token of the twin's project makes belongs to it.
  project_id: `twin-of-project-${owner}`,
  name: 'ttl0.example.',
  email: 'a@b.c',
  description: null,
  ttl: 3600,
  serial: 1795398053,
  status: 'ACTIVE',
  action: 'NONE',
  version: 1,
  attributes: {},
  type: 'PRIMARY',
  masters: [],
  created_at: '2026-11-23T01:40:53.000000',
  updated_at: null,
  transferred_at: null,
  links: { self: 'http://127.0.1.1:9001/v2/zones/47c4509a-3872-4301-ad9f-09e5b6dbad2e' },
  recordsets: [],
  parent_zone: null,
};

const recordsets: JsonObject[] = [
  set('_s._tcp', 'SRV', ['10 5 80 www.c.probe.example.']),
  set('caa', 'CAA', ['0 issue ca.example.net']),
  // A zone below, on other servers.
  set('deleg', 'NS', ['ns1.other.example.']),
  set('txt', 'TXT', ['"a \\"b\\" c"', '"semi;colon"'], 60, 'd'),
  set('www', 'A', ['192.0.2.1', '192.0.2.2'], 0),
];

function set(
  label: string,
  type: string,
  records: string[],
  ttl: number | null = null,
  description: string | null = null,
) {
  return { name: `${label}.c.probe.example.`, type, records, ttl, description };
}

const full: JsonObject = {
  ...minimal,
  project_id: owner,
  id: 'e7c3c733-a438-48be-9d9f-dfb392e83c60',
  name: 'c.probe.example.',
  email: 'h@probe.example',
  description: 'the zone below',
  ttl: 600,
  shared: false,
  status: 'ACTIVE',
  version: 12,
  attributes: { tier: 'gold' },
  updated_at: '2026-11-23T01:41:53.000000',
  links: { self: 'http://127.0.2.1:9001/v2/zones/e7c3c733-a438-48be-9d9f-dfb392e83c60' },
  recordsets,
  parent_zone: theParent,
};

const body = {
  name: 'c.probe.example.',
  type: 'PRIMARY',
  email: 'h@probe.example',
  description: 'the zone below',
  ttl: 600,
  attributes: { tier: 'gold' },
};

const twin: JsonObject = {
  ...full,
  id: 'twin-of-dns-zone-e7c3c733-a438-48be-9d9f-dfb392e83c60',
  project_id: `twin-of-project-${owner}`,
  serial: 1795398068,
  version: 7,
  recordsets: recordsets.toReversed(),
  parent_zone: {
    id: '8e8a1cde-3141-4808-ad6d-27b265b0a68b',
    name: 'probe.example.',
    project_id: `twin-of-project-${owner}`,
  },
};

/** A primary zone below another one, as Epoxy shows it, with what is added to it. */
export const dnsZoneFixture: Fixture = {
  minimal,
  full,
  needs: [
    { name: 'project', type: 'project', id: owner },
    { name: 'parent', type: 'dns-zone', id: theParent.id },
  ],
  body,
  omitted: { ttl: 'Designate refuses null; what is left out is its default' },
  expect: { recordsets, project_id: `twin-of-project-${owner}` },
  twin,
  traps: [
    { ...full, id: '90fdbaf9-9b9d-42fb-b905-c057e507fc95', name: 'd.probe.example.' },
    // Shared with the project, and not its own.
    {
      ...full,
      id: 'b5b95cfa-cec6-4d1e-a1ac-b1cf25d8e1ed',
      project_id: '7040c0df313e4494af4625456af91156',
      shared: true,
    },
  ],
  candidates: [
    { candidate: { ...twin, email: 'else@probe.example' }, says: null },
    { candidate: { ...twin, type: 'SECONDARY' }, says: 'SECONDARY' },
    { candidate: { ...twin, status: 'PENDING', action: 'DELETE' }, says: 'being deleted' },
  ],
  refused: [
    {
      attributes: { ...full, parent_zone: { ...theParent, project_id: '7040c0df313e4494af4625456af91156' } },
      says: 'zone transfer request',
    },
  ],
  policyBodies: [{ policy: { multitenant_mode: false }, body }],
  ready: [
    { body: { status: 'PENDING', action: 'CREATE' }, expected: 'pending' },
    { body: { status: 'ACTIVE', action: 'NONE' }, expected: 'ready' },
    { body: { status: 'ERROR', action: 'CREATE' }, expected: { failed: 'ERROR' } },
  ],
};

const secondary: JsonObject = {
  ...minimal,
  project_id: owner,
  id: 'b6c04c8b-9828-4082-9796-bea9cd1218af',
  name: 'sec.example.',
  type: 'SECONDARY',
  email: 'hostmaster@example.com',
  description: 'kept elsewhere',
  shared: false,
  masters: ['192.0.2.53', '192.0.2.54:5353'],
  attributes: { pool_id: '794ccc2c-d751-44fe-b57f-8894c9f5c842', tier: 'gold' },
  transferred_at: '2026-11-23T01:40:53.000000',
};

const secondaryBody = {
  name: 'sec.example.',
  type: 'SECONDARY',
  masters: ['192.0.2.53', '192.0.2.54:5353'],
  description: 'kept elsewhere',
  attributes: { tier: 'gold' },
};

/** A zone that is kept elsewhere, and chose its pool by an id. */
export const secondaryZoneFixture: Fixture = {
  minimal,
  full: secondary,
  needs: [{ name: 'project', type: 'project', id: owner }],
  body: secondaryBody,
  omitted: {},
  expect: { recordsets: [], project_id: `twin-of-project-${owner}` },
  twin: {
    ...secondary,
    ...secondaryBody,
    id: 'twin-of-dns-zone-b6c04c8b-9828-4082-9796-bea9cd1218af',
    project_id: `twin-of-project-${owner}`,
    email: 'hostmaster@example.org',
    transferred_at: null,
  },
  traps: [{ ...secondary, id: '90fdbaf9-9b9d-42fb-b905-c057e507fc95', name: 'sec2.example.' }],
};
