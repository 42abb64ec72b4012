import { describeResource } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { network, networkResources, router, securityGroup, securityGroupRule, subnet } from './index.ts';
import { networkFixture } from './network.fixture.ts';
import { routerFixture } from './router.fixture.ts';
import { securityGroupRuleFixture } from './security-group-rule.fixture.ts';
import { defaultSecurityGroupFixture, securityGroupFixture } from './security-group.fixture.ts';
import { subnetFixture } from './subnet.fixture.ts';

const fixtures = [
  [network, networkFixture],
  [subnet, subnetFixture],
  [router, routerFixture],
  [securityGroup, securityGroupFixture],
  [securityGroup, defaultSecurityGroupFixture],
  [securityGroupRule, securityGroupRuleFixture],
] as const;

for (const [handler, fixture] of fixtures) describeResource(handler, fixture);

describe('the list of network resources', () => {
  it('has a fixture for each type', () => {
    expect(new Set(fixtures.map(([handler]) => handler))).toEqual(new Set(networkResources));
  });
});
