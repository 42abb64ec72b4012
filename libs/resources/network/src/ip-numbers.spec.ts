import { describe, expect, it } from 'vitest';
import { toAddress, toNumber } from './ip-numbers.ts';

describe('addresses as numbers', () => {
  it.each([
    ['10.0.0.1', 167_772_161n],
    ['0.0.0.0', 0n],
    ['255.255.255.255', 4_294_967_295n],
    ['::', 0n],
    ['::1', 1n],
    ['fd00::', 0xfd00n << 112n],
    ['fd00:1::2:3', (0xfd00n << 112n) + (1n << 96n) + (2n << 16n) + 3n],
    ['1:2:3:4:5:6:7:8', 0x0001_0002_0003_0004_0005_0006_0007_0008n],
  ])('%s is %d', (address, number) => {
    expect(toNumber(address)).toBe(number);
    expect(toNumber(toAddress(number, address))).toBe(number);
  });

  it('count across the border of an octet and of a word', () => {
    expect(toAddress(toNumber('10.0.0.255') + 1n, '10.0.0.255')).toBe('10.0.1.0');
    expect(toAddress(toNumber('fd00::ffff') + 1n, 'fd00::ffff')).toBe('fd00:0:0:0:0:0:1:0');
  });
});
