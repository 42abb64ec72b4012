import { describe } from 'vitest';
import type { Open } from './opened.ts';
import { commandDurabilityLaws } from './queue/durability.ts';
import { pendingLaws } from './queue/pending.ts';
import { redeliveryLaws } from './queue/redelivery.ts';
import { withdrawLaws } from './queue/withdraw.ts';
import { workLaws } from './queue/work.ts';

/** The laws of a command queue. `open` gives a fresh, empty one each time. */
export const describeCommandQueue = (name: string, open: Open): void => {
  describe(`${name} as a command queue`, () => {
    describe('enqueue', () => pendingLaws(open));
    describe('work', () => workLaws(open));
    describe('redelivery', () => redeliveryLaws(open));
    describe('withdraw', () => withdrawLaws(open));
    describe('durability', () => commandDurabilityLaws(open));
  });
};
