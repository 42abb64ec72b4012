import type { ServiceName } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { cloudConfig } from './cloud-config.ts';
import { checkedCatalogue, checkedEndpoint, isLinkLocal } from './endpoint-guard.ts';
import { endpointUrl, identityRoot } from './endpoint.ts';
import { compareMicroversions, microversionHeaders } from './microversion.ts';
import type { CatalogueEndpoint, Token } from './token.ts';
import { chosenSegment, newestMicroversion, versionDocument } from './version-document.ts';

const endpoint = (type: string, url: string, more: Partial<CatalogueEndpoint> = {}): CatalogueEndpoint => ({
  type,
  url,
  interface: 'public',
  region: 'R1',
  ...more,
});
const token = (...catalogue: readonly CatalogueEndpoint[]): Token => ({
  id: 't',
  catalogue,
  gotMs: 0,
  lifeMs: 1,
  identity: { userId: 'u', projectId: 'p1', roles: [] },
});
const config = (more: { readonly [key: string]: string } = {}) =>
  cloudConfig(
    'north',
    { auth: { auth_url: 'http://k/v3', username: 'u', password: 'x' }, region_name: 'R1', ...more },
    { file: 'clouds.yaml', home: '/' },
  );
const find = (
  service: ServiceName,
  catalogue: readonly CatalogueEndpoint[],
  more?: { readonly [key: string]: string },
) => endpointUrl(service, config(more), token(...catalogue));

describe('a service’s endpoint', () => {
  it('is that of the region and interface of the configuration', () => {
    const catalogue = [
      endpoint('network', 'http://wrong', { region: 'R2' }),
      endpoint('network', 'http://inside', { interface: 'internal' }),
      endpoint('network', 'http://right'),
    ];
    expect(find('network', catalogue)).toBe('http://right');
    expect(find('network', catalogue, { interface: 'internal' })).toBe('http://inside');
    expect(find('network', catalogue, { region_name: 'R3' })).toBe(undefined);
  });

  it('goes by any of the service’s types, but by old ones only for a version that we speak', () => {
    expect(find('block-storage', [endpoint('volumev3', 'http://h/v3/p')])).toBe('http://h/v3/p');
    expect(find('block-storage', [endpoint('volume', 'http://h/v3/p')])).toBe('http://h/v3/p');
    expect(find('block-storage', [endpoint('volume', 'http://h/v1/p')])).toBe(undefined);
    const shares = [endpoint('share', 'http://h/v1/p'), endpoint('sharev2', 'http://h/v2')];
    expect(find('shared-file-system', shares)).toBe('http://h/v2');
  });

  it('is the configuration’s own where it has one', () => {
    const catalogue = [endpoint('volumev3', 'http://h/v3/p')];
    expect(find('block-storage', catalogue, { volumev3_endpoint_override: 'http://o/v3/%(project_id)s' })).toBe(
      'http://o/v3/p1',
    );
    expect(find('block-storage', catalogue, { 'block-storage-endpoint-override': 'http://o' })).toBe('http://o');
  });

  it('of Keystone is the one that answered, where the catalogue leaves it out', () => {
    expect(find('identity', [])).toBe('http://k/v3');
  });

  it.each([
    ['http://k:5000', 'http://k:5000/v3'],
    ['http://k:5000/', 'http://k:5000/v3'],
    ['http://k/identity', 'http://k/identity/v3'],
    ['http://k/identity/v3/', 'http://k/identity/v3'],
    ['http://k:5000/v2.0', 'http://k:5000/v3'],
  ])('%s is Keystone at %s', (url, root) => {
    expect(identityRoot(url)).toBe(root);
  });
});

it.each([
  ['169.254.169.254', true],
  ['[fe80::1]', true],
  ['::ffff:169.254.169.254', true],
  ['169.253.0.1', false],
  ['127.0.0.1', false],
  ['metadata', false],
])('%s is link-local: %s', (address, expected) => {
  expect(isLinkLocal(address)).toBe(expected);
});

describe('a version document', () => {
  const self = (href: string) => [{ rel: 'self', href }];
  const nova = versionDocument({
    versions: [
      { id: 'v2.0', version: '', links: self('http://h/v2/') },
      { id: 'v2.1', version: '2.93', links: self('http://h/v2.1/') },
    ],
  });
  const glance = versionDocument({
    versions: ['v2.15', 'v2.2'].map((id) => ({ id, links: self('http://other/v2/') })),
  });
  const cinder = versionDocument({ versions: [{ id: 'v3.0', version: '3.70', links: self('http://h/v3/') }] });

  it('tells under which path the version stands', () => {
    expect(chosenSegment(nova, 'v2.1')).toBe('v2.1');
    expect(chosenSegment(glance, 'v2')).toBe('v2');
    expect(
      chosenSegment(versionDocument({ versions: { values: [{ id: 'v3.14', links: self('http://k/v3/') }] } }), 'v3'),
    ).toBe('v3');
    expect(chosenSegment(versionDocument({ versions: [{ id: 'v1.0' }] }), 'v2')).toBe(undefined);
  });

  it('tells the newest microversion', () => {
    expect(newestMicroversion(nova, 'v2.1')).toBe('2.93');
    expect(newestMicroversion(cinder, 'v3')).toBe('3.70');
    expect(newestMicroversion(versionDocument({ version: { id: 'v2.1', version: '2.100' } }), 'v2.1')).toBe('2.100');
    expect(newestMicroversion(versionDocument({ version: { id: 'v1' } }), 'v1')).toBe(undefined);
    expect(versionDocument('<html>')).toEqual([]);
  });
});

describe('a microversion', () => {
  it('is asked for in each service’s own header', () => {
    expect(microversionHeaders('compute', '2.90')).toEqual({
      'OpenStack-API-Version': 'compute 2.90',
      'X-OpenStack-Nova-API-Version': '2.90',
    });
    expect(microversionHeaders('block-storage', '3.70')).toEqual({ 'OpenStack-API-Version': 'volume 3.70' });
    expect(microversionHeaders('shared-file-system', '2.73')).toEqual({ 'X-OpenStack-Manila-API-Version': '2.73' });
    expect(microversionHeaders('network', '2.0')).toEqual({});
  });

  it('is compared by its numbers', () => {
    expect(compareMicroversions('2.9', '2.10')).toBeLessThan(0);
    expect(compareMicroversions('3.0', '2.93')).toBeGreaterThan(0);
  });
});

describe('an endpoint', () => {
  it.each([
    'http://169.254.169.254/v3',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://0251.0376.0251.0376/',
    'http://169.254.43518/',
    'http://[::ffff:169.254.169.254]/',
    'http://[::169.254.169.254]/',
    'http://[64:ff9b::169.254.169.254]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'file:///etc/passwd',
    'ftp://example.org/',
  ])('is never %s', (url) => {
    expect(() => checkedEndpoint(url, 'x')).toThrow(expect.objectContaining({ code: 'forbidden-endpoint' }));
  });

  it.each([
    'http://127.0.0.1:9696/',
    'http://0177.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://0/',
  ])('of a catalogue is %s only where Keystone is on this machine, too', (url) => {
    const forbidden = expect.objectContaining({
      code: 'forbidden-endpoint',
      remedy: expect.stringContaining('override'),
    });
    expect(() => checkedCatalogue(url, 'https://keystone.example.org/', 'x')).toThrow(forbidden);
    expect(checkedCatalogue(url, 'http://127.0.1.1/identity', 'x')).toMatch(/^http:/);
  });
});
