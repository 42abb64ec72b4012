import { describeEngineLaws, type GivenRow } from '@osm/testing/engine-laws';
import { describeResource, type Fixture } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { addressGroupFixture } from './address-group.fixture.ts';
import { balancerFloatingIpFixture, floatingIpFixture } from './floating-ip.fixture.ts';
import {
  addressGroup,
  floatingIp,
  network,
  networkResources,
  port,
  router,
  securityGroup,
  securityGroupRule,
  subnet,
} from './index.ts';
import { networkFixture } from './network.fixture.ts';
import { portFixture } from './port.fixture.ts';
import { routerFixture } from './router.fixture.ts';
import { addressGroupRuleFixture, securityGroupRuleFixture } from './security-group-rule.fixture.ts';
import { defaultSecurityGroupFixture, securityGroupFixture } from './security-group.fixture.ts';
import { servedSubnetFixture, subnetFixture } from './subnet.fixture.ts';

const fixtures = [
  [network, networkFixture],
  [subnet, subnetFixture],
  [subnet, servedSubnetFixture],
  [router, routerFixture],
  [securityGroup, securityGroupFixture],
  [securityGroup, defaultSecurityGroupFixture],
  [addressGroup, addressGroupFixture],
  [securityGroupRule, securityGroupRuleFixture],
  [securityGroupRule, addressGroupRuleFixture],
  [port, portFixture],
  [floatingIp, floatingIpFixture],
  [floatingIp, balancerFloatingIpFixture],
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

/** The port that the floating IP leads to, on both sides. */
const doors: readonly GivenRow[] = [
  { cloud: 'source', path: '/ports', row: { id: '5e4ee58f-365b-4215-98a9-49d64746271e' } },
  { cloud: 'destination', path: '/ports', row: { id: 'twin-of-port-5e4ee58f-365b-4215-98a9-49d64746271e' } },
].map(({ cloud, path, row }): GivenRow => ({
  cloud: cloud === 'source' ? 'source' : 'destination',
  path,
  row: { ...row, network_id: 'elsewhere', fixed_ips: [{ subnet_id: 's', ip_address: '10.10.1.50' }] },
}));

/** The pool outside, which holds the address at the destination. */
const pool: GivenRow = {
  cloud: 'destination',
  path: '/subnets',
  row: {
    id: 'pool',
    network_id: 'twin-of-network-8da8ac19-92ea-4673-a6b8-62cc9d624a8c',
    cidr: '198.18.1.0/24',
    gateway_ip: '198.18.1.1',
  },
};

const givenFor = new Map([
  [router, [...subnets, ...ports]],
  [floatingIp, [...doors, pool]],
]);

/**
 * Only Octavia could say which port is a load balancer's; and turning DHCP on reads nothing but the subnet itself, which one
 * of the laws wants a later step to do. Both are tried on whole clouds, by the journeys.
 */
const elsewhere: readonly Fixture[] = [balancerFloatingIpFixture, servedSubnetFixture];

for (const [handler, fixture] of fixtures) {
  if (elsewhere.includes(fixture)) continue;
  describeEngineLaws(handler, fixture, givenFor.get(handler) ?? []);
}

describe('the list of network resources', () => {
  it('has a fixture for each type', () => {
    expect(new Set(fixtures.map(([handler]) => handler))).toEqual(new Set(networkResources));
  });
});
