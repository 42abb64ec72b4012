import { describe, expect, it } from 'vitest';
import {
  contains,
  eui64,
  formatAddress,
  formatBlock,
  overlaps,
  parseAddress,
  parseBlock,
} from './neutron-addresses.ts';
import type { Block } from './neutron-addresses.ts';

function block(text: string): Block {
  const parsed = parseBlock(text);
  if (parsed === undefined) throw new Error(`${text} is no block`);
  return parsed;
}

describe('addresses', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['FD00:0:0:0:0:0:0:1', 'fd00::1'],
    ['fd00:0:0:1::', 'fd00:0:0:1::'],
    ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
    ['::', '::'],
  ])('writes %s as %s', (text, canonical) => {
    const address = parseAddress(text);
    expect(address === undefined ? undefined : formatAddress(address)).toBe(canonical);
  });

  it.each(['', '10.0.0', '10.0.0.256', '10.0.0.01', '1::2::3', 'fd00:1', 'g::1'])('does not read %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
  });

  it('drops the bits of the host from a block, and takes an address as a block of one', () => {
    expect(formatBlock(block('10.1.2.3/16'))).toBe('10.1.0.0/16');
    expect(formatBlock(block('10.1.2.3'))).toBe('10.1.2.3/32');
    expect(formatBlock(block('fd00::5/64'))).toBe('fd00::/64');
    expect(parseBlock('10.0.0.0/33')).toBeUndefined();
  });

  it('never mixes the families', () => {
    expect(overlaps(block('0.0.0.0/0'), block('::/0'))).toBe(false);
    expect(overlaps(block('10.0.0.0/8'), block('10.9.0.0/16'))).toBe(true);
    const address = parseAddress('::a');
    expect(address !== undefined && contains(block('0.0.0.0/0'), address)).toBe(false);
  });

  it('makes the address that a host gives itself', () => {
    expect(eui64(block('fd00:71::/64'), 'fa:16:3e:9e:ee:d4')).toBe('fd00:71::f816:3eff:fe9e:eed4');
  });
});
