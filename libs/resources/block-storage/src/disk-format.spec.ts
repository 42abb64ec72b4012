import type { JsonObject } from '@osm/kernel';
import { PolicySchema, type Cloud, type Policy } from '@osm/resource';
import { describe, expect, it } from 'vitest';
import { diskFormat, packsSooner } from './disk-format.ts';

const gib = 1024 ** 3;

describe('the form in which a volume crosses', () => {
  it.each([
    // GiB, share written, link in MB/s, packed?
    [10, 0.1, 100, true],
    [10, 0.1, 1000, false],
    [10, 0.5, 50, true],
    [10, 0.5, 100, false],
    [10, 0.9, 5, true],
    [10, 0.9, 10, false],
    [10, 1, 1, false],
    [1000, 0.01, 300, true],
    [1000, 0.01, 400, false],
    [1, 0, 399, true],
  ])('%d GiB, %d of it written, over %d MB/s: packed %s', (size, share, link, packed) => {
    const disk = { size: size * gib, written: size * share * gib };
    expect(packsSooner(disk, { link: link * 1e6, read: 400e6, pack: 150e6 })).toBe(packed);
  });

  const choose = (policy: Partial<Policy>, facts: JsonObject = {}) =>
    diskFormat.choose({ size: 10, 'os-vol-host-attr:host': 'a@b#c' }, PolicySchema.parse(policy), facts);

  it('is raw where nothing is said of the link, and what the operator wants where that is said', () => {
    expect(choose({})).toMatchObject({ name: 'raw' });
    expect(choose({ volume_disk_format: 'qcow2' })).toEqual({ name: 'qcow2', reason: 'volume_disk_format is qcow2' });
    expect(choose({ volume_disk_format: 'raw', link_mbytes_per_second: 1 })).toMatchObject({ name: 'raw' });
  });

  it('goes by how full the pool is, and says what was assumed', () => {
    const link = { link_mbytes_per_second: 100 };
    expect(choose(link)).toMatchObject({ name: 'raw' });
    expect(choose(link).reason).toContain('about 5 of 10 GiB allocated (assumed, Cinder tells nothing)');
    const told = choose(link, { fullness: { 'a@b#c': 0.1, 'a@b#d': 1 } });
    expect(told.name).toBe('qcow2');
    expect(told.reason).toContain('about 1 of 10 GiB allocated (assumed, as full as its pool)');
  });

  it('asks the pools only where that decides, and takes no numbers that cannot be', async () => {
    const pool = (name: string, capabilities: JsonObject) => ({
      name,
      capabilities: { thin_provisioning_support: true, total_capacity_gb: 100, free_capacity_gb: 70, ...capabilities },
    });
    const pools = [
      pool('thin', { provisioned_capacity_gb: 300 }),
      pool('thick', { provisioned_capacity_gb: 300, thin_provisioning_support: false }),
      pool('silent', {}),
      pool('odd', { provisioned_capacity_gb: 0 }),
      pool('boundless', { provisioned_capacity_gb: 300, free_capacity_gb: 'infinite' }),
    ];
    const asked: string[] = [];
    const send: Cloud['send'] = (_service, { path }) => {
      asked.push(path);
      return Promise.resolve({ status: 200, headers: {}, body: { pools } });
    };
    const { signal } = new AbortController();
    const cloud = { send } as Pick<Cloud, 'send'> as Cloud;
    const probe = (policy: Partial<Policy>) => diskFormat.probe(cloud, cloud, PolicySchema.parse(policy), signal);
    expect(await probe({ link_mbytes_per_second: 10 })).toEqual({ fullness: { thin: 0.1 } });
    expect(await probe({})).toEqual({});
    expect(asked).toHaveLength(1);
  });
});
