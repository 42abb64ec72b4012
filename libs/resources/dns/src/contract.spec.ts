import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { dnsZoneFixture, secondaryZoneFixture } from './dns-zone.fixture.ts';
import { dnsResources, dnsZone } from './index.ts';

const fixtures = [
  [dnsZone, dnsZoneFixture],
  [dnsZone, secondaryZoneFixture],
] as const;

for (const [handler, fixture] of fixtures) {
  describeResource(handler, fixture);
  describeEngineLaws(handler, fixture);
}

describe('the list of DNS resources', () => {
  it('has a fixture for each type', () => {
    expect(new Set(fixtures.map(([handler]) => handler))).toEqual(new Set(dnsResources));
  });
});
