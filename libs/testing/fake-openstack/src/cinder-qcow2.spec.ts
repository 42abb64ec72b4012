import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromQcow2, isQcow2, toQcow2 } from './cinder-qcow2.ts';
import { blocksOf, head, payloadOf, resized, written, zeros, type Payload } from './glance-payload.ts';

const gib = 2 ** 30;
const bytesOf = (payload: Payload): Buffer => Buffer.concat([...blocksOf(payload)]);

describe('a volume as qcow2', () => {
  it('comes back as it was, whatever of it was written', () => {
    const disk = written(written(zeros(3_000_000), 70_000, randomBytes(200_000)), 2_999_000, randomBytes(1000));
    const file = toQcow2(disk);
    expect(isQcow2(file)).toBe(true);
    expect(Number(head(file, 32).readBigUInt64BE(24))).toBe(3_000_000);
    expect(bytesOf(fromQcow2(file)).equals(bytesOf(disk))).toBe(true);
  });

  it('of 10 GiB, a tenth of it written, is a tenth of it long and costs next to no memory', () => {
    const block = randomBytes(64 * 1024);
    const tenth = Math.ceil(gib / block.length) * block.length;
    const disk: Payload = {
      ...zeros(10 * gib),
      runs: [
        { block: undefined, bytes: gib },
        { block, bytes: tenth },
        { block: undefined, bytes: 9 * gib - tenth },
      ],
    };
    const file = toQcow2(disk);
    expect(file.size).toBeLessThan(1.001 * gib);
    const back = fromQcow2(file);
    expect(back.size).toBe(10 * gib);
    expect(back.runs.map(({ bytes }) => bytes)).toEqual([gib, tenth, 9 * gib - tenth]);
  });

  it('is refused where it leans on another file, and where it is none', () => {
    const leaning = written(toQcow2(zeros(100_000)), 8, Buffer.from([0, 0, 0, 0, 0, 0, 2, 0]));
    expect(() => fromQcow2(leaning)).toThrow('backing file');
    expect(() => fromQcow2(payloadOf(Buffer.alloc(200_000, 1)))).toThrow('no qcow2');
  });
});

describe('a payload of runs', () => {
  it('is written to and resized at any place as its bytes are', () => {
    const bytes = randomBytes(400_000);
    for (const offset of [0, 1, 65_536, 70_001, 399_990, 400_000]) {
      const wanted = Buffer.concat([bytes.subarray(0, offset), Buffer.alloc(20, 7), bytes.subarray(offset + 20)]);
      const found = bytesOf(written(payloadOf(bytes), offset, Buffer.alloc(20, 7)));
      expect(found.equals(wanted.subarray(0, bytes.length))).toBe(true);
    }
    expect(bytesOf(resized(payloadOf(bytes), 65_537)).equals(bytes.subarray(0, 65_537))).toBe(true);
    expect(bytesOf(resized(payloadOf(bytes), 500_000)).equals(Buffer.concat([bytes, Buffer.alloc(100_000)]))).toBe(
      true,
    );
  });
});
