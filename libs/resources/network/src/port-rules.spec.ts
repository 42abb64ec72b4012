import { describe, expect, it } from 'vitest';
import { portRules, ruleOf } from './port-rules.ts';

const copied = (device_owner: string, others: { readonly device_id?: string; readonly name?: string } = {}): boolean =>
  ruleOf({ device_owner, device_id: '', name: '', ...others }).isCopied;

describe('which ports are copied', () => {
  it.each(['', 'compute:nova', 'compute:az-2', 'compute:'])(
    'copies those of a tenant and of a server: "%s"',
    (owner) => {
      expect(copied(owner)).toBe(true);
    },
  );

  it('copies those of a server that is gone: an address is more easily freed than found again', () => {
    expect(copied('compute:nova', { device_id: '1e8c34e5-6950-43f0-960c-d6b0e005bb79' })).toBe(true);
  });

  it.each([
    'network:dhcp',
    'network:distributed',
    'network:router_interface',
    'network:router_interface_distributed',
    'network:ha_router_replicated_interface',
    'network:router_ha_interface',
    'network:router_gateway',
    'network:router_centralized_snat',
    'network:floatingip',
    'network:floatingip_agent_gateway',
    'network:local_ip',
    'network:routed',
    'network:vpn_router_gateway',
    'neutron:l2_gateway',
    'Octavia',
    'ovn-lb:vip',
    'trunk:subport',
    'manila:share',
    'baremetal:none',
    'kuryr:container',
    'compute:kuryr',
    'a-service:of-tomorrow',
  ])('leaves those of services to them: %s', (owner) => {
    expect(copied(owner)).toBe(false);
  });

  it.each([
    { device_id: 'lb-91aab51c-3a6e-4252-9755-d6c477ad8511' },
    { name: 'octavia-lb-91aab51c-3a6e-4252-9755-d6c477ad8511' },
    { name: 'octavia-lb-vrrp-53c2a8e8-e0ce-4842-be98-f891fca60c01' },
    { name: 'ovn-lb-vip-91aab51c-3a6e-4252-9755-d6c477ad8511' },
  ])('leaves the addresses of load balancers to them, though nobody is named as owner: %o', (others) => {
    expect(copied('', others)).toBe(false);
  });

  it('says why, for each rule', () => {
    for (const { why } of portRules) expect(why).toMatch(/^[a-zA-Z].{9,}[^.]$/);
  });
});
