import type { CloudReport } from '@osm/contracts';
import { describe, expect, it } from 'vitest';
import { compareClouds, type Seen } from './compare-clouds.ts';

const service = (name: string, newest: string | null = null): CloudReport['services'][number] => ({
  ...{ type: name, service: name, host: 'api.example', newest_microversion: newest, latency_ms: 1, failure: null },
});
const report = (cloud: string, more: Partial<CloudReport> = {}): CloudReport => ({
  ...{ cloud, reachable: true, failure: null, user_id: 'u', project_id: 'p', roles: ['admin'], is_admin: true },
  ...{ clock_ahead_seconds: 0, services: [], extensions: [], quotas: [], refusals: [] },
  ...more,
});
const shares = {
  ...{ domain_id: 'd', domain_name: 'D', project_id: 'p', project_name: 'P' },
  ...{ resource_type: 'share', present: 2, vanished: 0 },
};
const seen = (source: CloudReport, destination: CloudReport, more: Partial<Seen> = {}): Seen => ({
  ...{ source, destination, inventory: [shares], uncovered: undefined, multitenant: true },
  types: [{ type: 'share', service: 'shared-file-system', write: '2.60' }],
  ...more,
});
const codes = (given: Seen): readonly string[] =>
  compareClouds(given)
    .filter(({ severity }) => severity !== 'ok')
    .map(({ severity, code }) => `${severity} ${code}`);
const manila = (newest: string) => ({ services: [service('shared-file-system', newest)] });

describe('what a look at both clouds finds', () => {
  it('is nothing where nothing is in the way', () => {
    expect(codes(seen(report('a', manila('2.75')), report('b', manila('2.60'))))).toEqual([]);
  });

  it('is an error where the destination lacks a service of which the source has something, else a warning', () => {
    const [a, b] = [report('a', manila('2.75')), report('b')];
    expect(codes(seen(a, b))).toEqual(['error missing-service']);
    const gone = [{ ...shares, present: 0, vanished: 2 }];
    expect(codes(seen(a, b, { inventory: gone }))).toEqual(['warning missing-service']);
  });

  it('is an error where a type is written with a newer microversion than the destination offers', () => {
    expect(codes(seen(report('a', manila('2.75')), report('b', manila('2.9'))))).toEqual([
      'error microversion-too-old',
    ]);
  });

  it('asks an administrator of one who migrates for all tenants, and of nobody else', () => {
    const plain = report('b', { roles: ['member'], is_admin: false, ...manila('2.75') });
    expect(codes(seen(report('a', manila('2.75')), plain))).toEqual(['error missing-role']);
    expect(codes(seen(report('a', manila('2.75')), plain, { multitenant: false }))).toEqual([]);
  });

  it('compares nothing with a cloud that does not answer', () => {
    expect(codes(seen(report('a', manila('2.75')), report('b', { reachable: false })))).toEqual(['error unreachable']);
  });

  it('holds each project against what a new one gets where limits are not migrated', () => {
    const quota = { service: 'network', name: 'network', limit: 100, default_limit: 1, in_use: 0 };
    const networks = [{ ...shares, resource_type: 'network' }];
    const given = seen(report('a'), report('b', { quotas: [quota] }), { inventory: networks });
    expect(codes(given)).toEqual(['warning quota-too-small']);
    expect(codes({ ...given, multitenant: false })).toEqual([]);
    const without = seen(report('a'), report('b', { quotas: [{ ...quota, default_limit: null }] }), {
      inventory: networks,
    });
    expect(codes(without)).toEqual([]);
  });
});
