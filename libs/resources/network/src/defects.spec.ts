import type { JsonObject } from '@osm/kernel';
import { contextOf, namedTwins, twinFor } from '@osm/testing/resource-contract';
import { describe, expect, it } from 'vitest';
import { addressGroup, port, router, securityGroup, securityGroupRule, subnet } from './index.ts';
import { addressGroupFixture } from './address-group.fixture.ts';
import { portFixture } from './port.fixture.ts';
import { routerFixture } from './router.fixture.ts';
import { addressGroupRuleFixture } from './security-group-rule.fixture.ts';
import { defaultSecurityGroupFixture } from './security-group.fixture.ts';
import { servedSubnetFixture } from './subnet.fixture.ts';

describe('what a plain copy gets wrong', () => {
  it('defect 4: a port without groups is asked for without groups, and one that is down stays down', () => {
    const source = { ...portFixture.minimal, port_security_enabled: false, admin_state_up: false };
    const body = port.create(source, namedTwins, contextOf(portFixture));
    expect(body).toMatchObject({ security_groups: [], port_security_enabled: false, admin_state_up: false });
  });

  it('defect 10: the extra rules of a new group go, those of a default group too', () => {
    const { full } = defaultSecurityGroupFixture;
    for (const reused of [false, true]) {
      const twin = twinFor(securityGroup, defaultSecurityGroupFixture, full, namedTwins, reused);
      const requests = securityGroup.finish(full, namedTwins, twin, contextOf(defaultSecurityGroupFixture));
      expect(requests.filter(({ method }) => method === 'DELETE')).toHaveLength(2);
    }
  });

  it('defect 21: an address pair that names the port’s own MAC address names none, so that it gets the new one', () => {
    const body = port.create(portFixture.full, namedTwins, contextOf(portFixture));
    const pairs = body['allowed_address_pairs'];
    expect(pairs).toEqual([
      { ip_address: '10.10.1.60' },
      { ip_address: '10.10.1.61', mac_address: '00:00:5e:00:01:07' },
    ]);
  });

  it('defect 23: a router is asked for without what the destination has no extension for', () => {
    const body = (extensions: readonly string[]): JsonObject =>
      router.create(routerFixture.full, namedTwins, contextOf(routerFixture, {}, extensions));
    expect(Object.keys(body(['router']))).not.toEqual(expect.arrayContaining(['distributed']));
    expect(Object.keys(body(['router']))).not.toEqual(expect.arrayContaining(['ha']));
    expect(body(['router', 'dvr', 'l3-ha'])).toMatchObject({ distributed: false, ha: false });
  });

  it('a rule is refused with its address group where the destination can have none, and only then', () => {
    const rule = (extensions: readonly string[]) => () =>
      securityGroupRule.create(
        addressGroupRuleFixture.full,
        namedTwins,
        contextOf(addressGroupRuleFixture, {}, extensions),
      );
    expect(rule(['security-group'])).toThrow('address-group ffabbb85-663a-4cc8-89ab-77c7f86a5d4b');
    expect(rule(['security-groups-remote-address-group'])).not.toThrow();
    // While a plan is drafted nobody has asked the destination yet.
    expect(rule([])).not.toThrow();
    const group = () =>
      addressGroup.create(addressGroupFixture.full, namedTwins, contextOf(addressGroupFixture, {}, ['router']));
    expect(group).toThrow('offices');
  });

  it('DHCP of a subnet waits for its ports, and for nothing where there are none', () => {
    const { full } = servedSubnetFixture;
    const context = contextOf(servedSubnetFixture);
    const steps = (source: JsonObject) => subnet.steps(source, context.policy).map(({ name }) => name);
    expect(steps(full)).toEqual(['create', 'turn-on-dhcp']);
    for (const changed of [{ ports: [] }, { enable_dhcp: false }]) {
      const source = { ...full, ...changed };
      expect(steps(source)).toEqual(['create']);
      expect(subnet.create(source, namedTwins, context)).toMatchObject({ enable_dhcp: !('enable_dhcp' in changed) });
    }
  });
});
