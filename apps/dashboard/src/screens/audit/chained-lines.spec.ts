import type { Event } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { chainedLines, plainLines } from './chained-lines.ts';

const event = (position: number, more: Partial<Event>): Event => ({
  ...{ id: `e${position}`, type: 'PlanPaused', version: 1, at: '2026-11-23T02:00:00.000Z', position },
  ...{ subject: 'osm.evt.plan.p', data: { by: 'ann', reason: 'schön' }, producer: 'planner/1', ...more },
});

async function* told(...events: readonly Event[]): AsyncGenerator<Event, void, void> {
  yield* events;
}

describe('an export that can be verified', () => {
  it('is, to the letter, what the archive of the registry has', async () => {
    const lines = await Array.fromAsync(
      chainedLines(told(event(1, {}), event(4, { correlation: 'p', causation: 'e1', actor: 'ann' }))),
    );
    const [first = '', second = ''] = lines;
    expect(first).toBe(
      '{"position":1,"subject":"osm.evt.plan.p","type":"PlanPaused","version":1,"id":"e1","at":"2026-11-23T02:00:00.000Z",' +
        '"producer":"planner/1","data":{"by":"ann","reason":"schön"},"before":"' +
        '00'.repeat(32) +
        '","hash":"6659bbf405d6340dfd5e34c85037443011704a94cc8264d542411df8a0b4eba4"}\n',
    );
    expect(second).toContain('"before":"6659bbf405d6340dfd5e34c85037443011704a94cc8264d542411df8a0b4eba4"');
    expect(second).toContain('"hash":"a9ef742fc9adf0ef7f0a94462dcf05e8d16276cf147d49ea0c14d1d3cf3fd4c4"}');
  });
});

describe('an export as it is', () => {
  it('is one event a line', async () => {
    const lines = await Array.fromAsync(plainLines(told(event(1, {}), event(2, {}))));
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([event(1, {}), event(2, {})]);
    expect(lines.every((line) => line.indexOf('\n') === line.length - 1)).toBe(true);
  });
});
