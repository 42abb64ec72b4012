import { describeEngineLaws, type GivenRow } from '@osm/testing/engine-laws';
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

/** The subnets that the router is tied to; it answers at the gateway's address of the second one only. */
const subnets: readonly GivenRow[] = [
  { id: 'twin-of-subnet-06786911-e2e8-455c-8708-c499374ac59a', cidr: '10.10.1.0/24', gateway_ip: '10.10.1.1' },
  { id: 'twin-of-subnet-d37779ec-f0ef-4610-980e-fdb70f991268', cidr: 'fd10:1::/64', gateway_ip: 'fd10:1::' },
  { id: 'twin-of-subnet-9d90ae36-fff5-4833-8ba3-841176dc01ef', cidr: '198.18.1.0/24', gateway_ip: '198.18.1.1' },
].map((row) => ({ cloud: 'destination', path: '/subnets', row }));

/** Its interfaces at the source. */
const ports: readonly GivenRow[] = ['2bb870d7-6149-4794-a69a-b88c4c6e3508', '8a8203fd-406b-49bb-b78a-2d193977da45'].map(
  (id) => ({
    cloud: 'source',
    path: '/ports',
    row: {
      id,
      device_id: '0143d2bc-bd75-4f77-8a07-a9273a87984b',
      device_owner: 'network:router_interface',
      fixed_ips: [],
    },
  }),
);

for (const [handler, fixture] of fixtures) {
  describeEngineLaws(handler, fixture, handler === router ? [...subnets, ...ports] : []);
}

describe('the list of network resources', () => {
  it('has a fixture for each type', () => {
    expect(new Set(fixtures.map(([handler]) => handler))).toEqual(new Set(networkResources));
  });
});
