import { describe, expect, it } from 'vitest';
import { inGuestOrder, networksAsked } from './nics.ts';

const card = (port_id: string, tag: string | null = null) => ({ port_id, tag, mac: `fa:16:3e:00:00:${port_id}` });
const address = (port_id: string) => ({ version: 4, addr: '10.0.0.1', 'OS-EXT-IPS-MAC:mac_addr': card(port_id).mac });

describe('the cards of a server', () => {
  it('are in the order of its addresses, not in that of the ports', () => {
    const addresses = { zebra: [address('0a'), address('0a')], apple: [address('0b')] };
    expect(inGuestOrder(addresses, [card('0b'), card('0a', 'front')])).toEqual([
      { port_id: '0a', tag: 'front' },
      { port_id: '0b', tag: null },
    ]);
  });

  it('come last where they have no address, in the order in which they are listed', () => {
    const cards = [card('0c'), card('0d'), card('0a')];
    expect(inGuestOrder({ zebra: [], apple: [address('0a')] }, cards).map(({ port_id }) => port_id)).toEqual([
      ...['0a', '0c', '0d'],
    ]);
  });

  it('are asked for one by one; where there are none, Nova is told to make none', () => {
    const to = (id: string): string => `twin-${id}`;
    expect(networksAsked([{ port_id: 'a', tag: 'front' }], to)).toEqual([{ port: 'twin-a', tag: 'front' }]);
    expect(networksAsked([], to)).toBe('none');
  });
});
