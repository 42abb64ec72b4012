import { describe } from 'vitest';
import { appendLaws } from './log/append.ts';
import { concurrencyLaws } from './log/concurrency.ts';
import { durabilityLaws } from './log/durability.ts';
import { fidelityLaws } from './log/fidelity.ts';
import { orderLaws } from './log/order.ts';
import { readLaws } from './log/read.ts';
import { repetitionLaws } from './log/repetition.ts';
import { subscribeLaws } from './log/subscribe.ts';
import { tailLaws } from './log/tail.ts';
import type { Open } from './opened.ts';

/** The laws of an event log: what every adapter must keep. `open` gives a fresh, empty one each time. */
export const describeEventLog = (name: string, open: Open): void => {
  describe(`${name} as an event log`, () => {
    describe('append', () => appendLaws(open));
    describe('concurrent appends', () => concurrencyLaws(open));
    describe('a repeated append', () => repetitionLaws(open));
    describe('order', () => orderLaws(open));
    describe('fidelity', () => fidelityLaws(open));
    describe('read', () => readLaws(open));
    describe('tail', () => tailLaws(open));
    describe('subscribe', () => subscribeLaws(open));
    describe('durability', () => durabilityLaws(open));
  });
};
