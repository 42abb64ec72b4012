import { describe, expect, it } from 'vitest';
import { entriesAtDestination, projectsIn, usersIn } from './container-acl.ts';
import { attributesOf, headersOf } from './container-headers.ts';
import { objectContainerFixture } from './object-container.fixture.ts';
import { manifestOf, segmentsOf } from './slo-manifest.ts';

const [shop, guest] = ['0780ddda7b02428c86d0eae8cc664de3', '0f6751acf9444dacb429ab7855ad5dda'];
const alice = '318a164edc9a4006ba61f8925f4ae45f';

describe('the headers of a container', () => {
  it('say the same after they were read and written', () => {
    const {
      id: _id,
      project_id: _owner,
      name: _name,
      segments_in: _segments,
      ...attributes
    } = objectContainerFixture.full;
    expect(attributesOf(headersOf(attributes))).toEqual(attributes);
  });

  it('keep values that are empty or nothing, and metadata whose bytes are no UTF-8', () => {
    const shown = { 'X-Container-Meta-Odd': '\xff\xfe', 'X-Container-Meta-Quota-Bytes': '0', 'X-Container-Read': '' };
    expect(attributesOf(shown)).toEqual({ metadata: { odd: '\xff\xfe' }, quota_bytes: 0, read_acl: [] });
  });

  it('of releases to come are shown under their own names, and the key of container sync never is', () => {
    const shown = { 'X-Container-Of-2031': 'yes', 'X-Container-Sync-Key': 'Secret', Date: 'today' };
    expect(attributesOf(shown)).toEqual({ metadata: {}, 'x-container-of-2031': 'yes' });
  });
});

describe('an access list', () => {
  const entries = [
    '.r:*',
    '.r:-bad.example',
    '.rlistings',
    'reader',
    'demo:ann',
    `${shop}:${alice}`,
    `${guest}:*`,
    `*:${alice}`,
  ];

  it('names the projects and users whose ids mean nothing elsewhere', () => {
    expect(projectsIn(entries)).toEqual([shop, guest]);
    expect(usersIn(entries)).toEqual([alice, alice]);
  });

  it('has their twins at the destination, and nobody who has none', () => {
    const twins = { project: (id: string) => (id === shop ? 'SHOP' : undefined), user: () => 'ALICE' };
    expect(entriesAtDestination(entries, twins)).toEqual([...entries.slice(0, 5), 'SHOP:ALICE', null, '*:ALICE']);
  });
});

describe('the manifest of a large object', () => {
  it('is read as Swift writes it, and as it shows it', () => {
    const raw = [{ path: '/c/a/1', etag: 'e1', size_bytes: 5, range: '0-3' }, { data: 'aGVsbG8=' }];
    const shown = [{ name: '/c/a/1', hash: 'e1', bytes: 5, range: '0-3', content_type: 'x' }, { data: 'aGVsbG8=' }];
    expect(segmentsOf(raw)).toEqual([
      { container: 'c', name: 'a/1', etag: 'e1', bytes: 5, range: '0-3' },
      { data: 'aGVsbG8=' },
    ]);
    expect(segmentsOf(shown)).toEqual(segmentsOf(raw));
    expect(manifestOf(segmentsOf(raw))).toEqual(raw);
    expect(() => segmentsOf({})).toThrow('names no segments');
  });
});
