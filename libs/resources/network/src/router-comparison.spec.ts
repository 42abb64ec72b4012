import { describe, expect, it } from 'vitest';
import { sameGateway, sameInterfaces } from './router-comparison.ts';

const address = { subnet_id: 's', ip_address: '198.18.1.9' };
const gateway = { network_id: 'n', enable_snat: false, external_fixed_ips: [address] };

describe('gateways', () => {
  it('differ by address only where one is expected', () => {
    const elsewhere = { ...gateway, external_fixed_ips: [{ ...address, ip_address: '198.18.1.10' }] };
    expect(sameGateway(gateway, elsewhere)).toBe(false);
    expect(sameGateway({ network_id: 'n', enable_snat: false }, elsewhere)).toBe(true);
  });

  it('differ by network, by translation and by being there at all', () => {
    expect(sameGateway(gateway, { ...gateway, network_id: 'm' })).toBe(false);
    expect(sameGateway(gateway, { ...gateway, enable_snat: true })).toBe(false);
    expect(sameGateway(gateway, null)).toBe(false);
    expect(sameGateway(null, gateway)).toBe(false);
    expect(sameGateway(null, null)).toBe(true);
  });
});

describe('interfaces', () => {
  const one = { subnet_id: 'a', ip_address: '10.0.0.1' };
  const other = { subnet_id: 'b', ip_address: '10.0.1.1' };

  it('are compared by subnet and address, in any order, whatever their ports', () => {
    const shown = [
      { ...other, port_id: 'q' },
      { ...one, port_id: 'p' },
    ];
    expect(sameInterfaces([one, other], shown)).toBe(true);
    expect(sameInterfaces([one], shown)).toBe(false);
    expect(sameInterfaces([one, { ...other, ip_address: '10.0.1.9' }], shown)).toBe(false);
  });
});
