import { describe, expect, it } from 'vitest';
import { flowWith, noFlow, rateOf, secondsLeft, type Flow } from './flow.ts';

const mega = 1_000_000;

/** Reports that come as chunks do: at uneven times, of uneven size, around a steady rate. */
const steady = (seconds: number, rate: number, total: number, gap: (at: number) => number): Flow => {
  let flow = noFlow;
  for (let at = 0; at <= seconds * 1000; at += gap(at)) {
    flow = flowWith(flow, Math.floor((at / 1000) * rate), total, at);
  }
  return flow;
};

/** Of a fixed seed, between 0 and 1. */
const random = (at: number): number => Math.abs(Math.sin(at * 12.9898) * 43758.5453) % 1;

describe('a flow', () => {
  it.each([
    ['a report every 10 ms', () => 10],
    ['two reports a second', () => 500],
    ['reports at random', (at: number) => 5 + random(at) * 900],
  ])('at a steady rate tells the end within 20 % from a tenth of it on: %s', (_, gap) => {
    const [rate, total] = [25 * mega, 1500 * mega];
    for (let seconds = 6; seconds < 59; seconds += 1) {
      const left = secondsLeft(steady(seconds, rate, total, gap), seconds * 1000) ?? Infinity;
      const truth = 60 - seconds;
      expect(Math.abs(left - truth) / truth).toBeLessThanOrEqual(0.2);
    }
  });

  it('smooths chunks of which some take long', () => {
    let flow = noFlow;
    for (let at = 0, bytes = 0; at <= 30_000; at += 500) {
      flow = flowWith(flow, (bytes += (0.5 + random(at)) * 5 * mega), 1000 * mega, at);
    }
    expect(Math.abs((rateOf(flow, 30_000) ?? 0) - 10 * mega) / (10 * mega)).toBeLessThan(0.2);
  });

  it('follows a rate that changes within its ten seconds', () => {
    let flow = steady(20, 100 * mega, 10_000 * mega, () => 200);
    const { bytes } = flow;
    for (let at = 20_200; at <= 31_000; at += 200) {
      flow = flowWith(flow, bytes + ((at - 20_000) / 1000) * 10 * mega, 10_000 * mega, at);
    }
    expect(rateOf(flow, 31_000)).toBeCloseTo(10 * mega, -6);
  });

  it('is not deceived by the buffers that fill at first', () => {
    let flow = noFlow;
    for (let at = 0; at <= 3000; at += 100) {
      flow = flowWith(flow, 10 * mega + (at / 1000) * mega, 100 * mega, at);
    }
    expect(rateOf(flow, 3000)).toBeCloseTo(mega, -2);
    expect(secondsLeft(flow, 3000)).toBeCloseTo(87, 0);
  });

  it('has no rate at first, and none known of a total that nobody knows', () => {
    expect(rateOf(noFlow, 0)).toBeUndefined();
    const one = flowWith(noFlow, 100, undefined, 0);
    expect(rateOf(one, 100)).toBeUndefined();
    expect(secondsLeft(flowWith(one, 200, undefined, 1000), 1000)).toBeUndefined();
  });

  it('comes to nothing when nothing moves any more', () => {
    const flow = steady(20, 10 * mega, 1000 * mega, () => 100);
    expect(rateOf(flow, 21_000)).toBeCloseTo(10 * mega, -5);
    expect(rateOf(flow, 27_000) ?? 0).toBeLessThan(7 * mega);
    expect(rateOf(flow, 31_000)).toBe(0);
    expect(secondsLeft(flow, 31_000)).toBeUndefined();
  });

  it('begins again where the transfer did', () => {
    const flow = flowWith(
      steady(20, 10 * mega, 1000 * mega, () => 100),
      0,
      1000 * mega,
      20_100,
    );
    expect(rateOf(flow, 20_100)).toBeUndefined();
    expect(flow.bytes).toBe(0);
  });

  it('keeps only what it needs, however often it is told', () => {
    expect(steady(300, mega, 1000 * mega, () => 1).samples.length).toBeLessThan(50);
  });

  it('is at its end when all bytes are there', () => {
    expect(
      secondsLeft(
        steady(20, mega, 20 * mega, () => 1000),
        20_000,
      ),
    ).toBe(0);
  });
});
