import type { CloudReport } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { whatIsLacking } from './what-is-lacking.ts';

const report = (services: CloudReport['services'], extensions: readonly string[]): CloudReport => ({
  cloud: 'c',
  reachable: true,
  failure: null,
  user_id: null,
  project_id: null,
  roles: [],
  is_admin: true,
  clock_ahead_seconds: 0,
  services,
  extensions: [...extensions],
  quotas: [],
  refusals: [],
});

const service = (name: string | null, failure: CloudReport['failure'] = null): CloudReport['services'][number] => ({
  ...{ type: name ?? 'other', host: null, service: name, newest_microversion: null, latency_ms: 3, failure },
});

describe('what the destination lacks', () => {
  it('is what the source has and it has not', () => {
    const source = report([service('network'), service('dns')], ['trunk', 'qos']);
    const destination = report([service('network')], ['qos', 'dvr']);
    expect(whatIsLacking(source, destination)).toEqual({ services: ['dns'], extensions: ['trunk'] });
  });

  it('is a service too that is there and does not answer', () => {
    const failure = { code: 'unreachable', message: 'no answer', remedy: 'Look.' };
    const destination = report([service('dns', failure)], []);
    expect(whatIsLacking(report([service('dns')], []), destination).services).toEqual(['dns']);
  });

  it('is no service with which nothing is done', () => {
    expect(whatIsLacking(report([service(null)], []), report([], [])).services).toEqual([]);
  });
});
