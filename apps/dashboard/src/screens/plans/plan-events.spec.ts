import type { Event } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { planEvents } from './plan-events.ts';

const event = (type: string, data: Event['data'], actor?: string): Event => ({
  ...{ id: `${type}-1`, type, version: 1, at: '2026-03-14T02:00:00Z', subject: 'osm.plan.p', position: 1 },
  ...{ data, producer: 'planner' },
  ...(actor === undefined ? {} : { actor }),
});

describe('what the log tells of a plan', () => {
  it('is what somebody chose', () => {
    const roots = [
      { type: 'project', id: 'p' },
      { type: 'object-container', id: 'a/b' },
    ];
    const told = planEvents([event('PlanRequested', { roots })]);
    expect([...told.roots]).toEqual(['project/p', 'object-container/a/b']);
  });

  it('is who did what, and why', () => {
    const told = planEvents([
      event('PlanApproved', { by: 'ann', reason: 'window of Saturday' }),
      event('PlanCompleted', {}),
    ]);
    expect(told.history).toMatchObject([
      { what: 'approved', by: 'ann', reason: 'window of Saturday' },
      { what: 'completed', by: undefined, reason: undefined },
    ]);
  });

  it('is nothing where there is no event', () => {
    expect(planEvents([])).toEqual({ roots: new Set(), history: [] });
  });
});
