import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BLOCK_BYTES, blocksOf, head, payloadOf, resized, written, zeros } from './glance-payload.ts';
import type { Payload } from './glance-payload.ts';

const all = (payload: Payload): Buffer => Buffer.concat([...blocksOf(payload)]);

describe('a payload', () => {
  it('gives back what it was made of, whatever the pieces', () => {
    for (const size of [0, 1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, 3 * BLOCK_BYTES + 7]) {
      const bytes = randomBytes(size);
      expect([payloadOf(bytes).size, all(payloadOf(bytes)).equals(bytes)]).toEqual([size, true]);
    }
  });

  it('keeps zeros and repeated blocks only once', () => {
    const block = randomBytes(BLOCK_BYTES);
    const bytes = Buffer.concat([block, block, block, Buffer.alloc(5 * BLOCK_BYTES), block.subarray(0, 10)]);
    const payload = payloadOf(bytes);
    expect(payload.runs.map((run) => [run.block?.length, run.bytes])).toEqual([
      [BLOCK_BYTES, 3 * BLOCK_BYTES],
      [undefined, 5 * BLOCK_BYTES],
      [10, 10],
    ]);
    expect(all(payload).equals(bytes)).toBe(true);
    expect(zeros(1024 ** 4).runs).toHaveLength(1);
  });

  it('gives any range', () => {
    const bytes = randomBytes(2 * BLOCK_BYTES + 100);
    const payload = payloadOf(bytes);
    for (const [start, end] of [
      [0, 1],
      [BLOCK_BYTES - 1, BLOCK_BYTES + 1],
      [5, 2 * BLOCK_BYTES + 50],
    ] as const) {
      expect(Buffer.concat([...blocksOf(payload, start, end)]).equals(bytes.subarray(start, end))).toBe(true);
    }
    expect(head(payload, 4).equals(bytes.subarray(0, 4))).toBe(true);
  });

  it('grows with zeros, shrinks, and is written over without growing', () => {
    const bytes = randomBytes(BLOCK_BYTES + 3);
    const grown = all(resized(payloadOf(bytes), 2 * BLOCK_BYTES));
    expect(grown.equals(Buffer.concat([bytes, Buffer.alloc(BLOCK_BYTES - 3)]))).toBe(true);
    expect(all(resized(payloadOf(bytes), 10)).equals(bytes.subarray(0, 10))).toBe(true);
    const over = all(written(payloadOf(Buffer.alloc(10)), 7, Buffer.from('abcdef')));
    expect(over.toString('latin1')).toBe('\0\0\0\0\0\0\0abc');
  });
});
