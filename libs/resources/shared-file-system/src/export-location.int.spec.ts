import { networkInterfaces } from 'node:os';
import { describe, expect, it } from 'vitest';
import { addressTowards, parseExport } from './export-location.ts';

describe('an export', () => {
  it.each([
    ['10.0.0.1:/shares/a', '10.0.0.1', '10.0.0.1:/shares/a'],
    ['nas.example.org:/a:/b', 'nas.example.org', 'nas.example.org:/a:/b'],
    ['[fd00::1]:/a', 'fd00::1', '[fd00::1]:/a'],
    ['fd00::1:/a', 'fd00::1', '[fd00::1]:/a'],
    ['10.0.0.1:/', '10.0.0.1', '10.0.0.1:/'],
  ])('defect of IPv6 exports: %s is at %s', (path, host, device) => {
    expect(parseExport(path)).toEqual({ host, device });
  });

  it.each(['\\\\10.0.0.1\\share', 'glusterfs', ':/a', '', '10.0.0.1:6789,10.0.0.2:6789:/volumes/a/b', '-o:/a'])(
    'of another kind is none: %s',
    (path) => {
      expect(parseExport(path)).toBeUndefined();
    },
  );

  const hasIPv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'));

  it('is reached from the address that the kernel takes, in either family', async () => {
    expect(await addressTowards('127.0.0.1')).toBe('127.0.0.1');
    expect(await addressTowards('::1')).toBe(hasIPv6 ? '::1' : undefined);
  });

  it('of a name that nobody knows is not reached', async () => {
    expect(await addressTowards('nobody.invalid')).toBeUndefined();
  });
});
