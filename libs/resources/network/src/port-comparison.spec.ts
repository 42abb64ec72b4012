import { describe, expect, it } from 'vitest';
import { sameAddresses, samePairs } from './port-comparison.ts';

const address = { subnet_id: 's', ip_address: '10.0.0.5' };
const automatic = { subnet_id: 's6', ip_address: 'fd00::5' };

describe('addresses of ports', () => {
  it('are compared in any order, where none was expected by their subnet only', () => {
    expect(sameAddresses([address, { subnet_id: 's6' }], [automatic, address])).toBe(true);
    expect(sameAddresses([{ subnet_id: 's' }, address], [address, { ...address, ip_address: '10.0.0.9' }])).toBe(true);
  });

  it('differ by address, by subnet and by number', () => {
    expect(sameAddresses([address], [{ ...address, ip_address: '10.0.0.6' }])).toBe(false);
    expect(sameAddresses([{ subnet_id: 's' }], [automatic])).toBe(false);
    expect(sameAddresses([address], [address, automatic])).toBe(false);
    expect(sameAddresses([address, address], [address, automatic])).toBe(false);
  });
});

describe('address pairs of ports', () => {
  const pair = { ip_address: '10.0.0.60', mac_address: '00:00:5e:00:01:07' };

  it('are one with the port’s own MAC address where none was expected', () => {
    expect(samePairs([{ ip_address: '10.0.0.60' }], [{ ...pair, mac_address: 'fa:16:3e:70:fe:05' }])).toBe(true);
    expect(samePairs([pair], [{ ...pair, mac_address: 'fa:16:3e:70:fe:05' }])).toBe(false);
    expect(samePairs([{ ip_address: '10.0.0.60' }], [{ ...pair, ip_address: '10.0.0.61' }])).toBe(false);
  });
});
