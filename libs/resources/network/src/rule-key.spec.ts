import { describe, expect, it } from 'vitest';
import { ruleKey, samePrefix, sameProtocol } from './rule-key.ts';

const rule = { direction: 'ingress', ethertype: 'IPv4', protocol: 'tcp', port_range_min: 22, port_range_max: 22 };

describe('the key of a rule', () => {
  it('is one for what Neutron refuses as equal', () => {
    expect(sameProtocol('tcp', '6')).toBe(true);
    expect(sameProtocol('any', null)).toBe(true);
    expect(sameProtocol('icmpv6', 'ipv6-icmp')).toBe(true);
    expect(samePrefix('0.0.0.0/0', null)).toBe(true);
    expect(samePrefix('::/0', null)).toBe(true);
  });

  it('tells apart what lets other traffic through', () => {
    expect(sameProtocol('0', null)).toBe(false);
    expect(sameProtocol('icmp', 'ipv6-icmp')).toBe(false);
    expect(samePrefix('10.0.0.0/8', null)).toBe(false);
    expect(ruleKey({ ...rule, port_range_min: 0 }, 'a')).not.toBe(ruleKey({ ...rule, port_range_min: null }, 'a'));
  });

  it('knows the group itself by whichever id it has', () => {
    expect(ruleKey({ ...rule, remote_group_id: 'a' }, 'a')).toBe(ruleKey({ ...rule, remote_group_id: 'b' }, 'b'));
    expect(ruleKey({ ...rule, remote_group_id: 'a' }, 'a')).not.toBe(ruleKey({ ...rule, remote_group_id: 'a' }, 'b'));
    expect(ruleKey({ ...rule, remote_group_id: null }, 'a')).not.toBe(ruleKey({ ...rule, remote_group_id: 'a' }, 'a'));
  });
});
