import type { Event } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { filterOf, isWanted, queryOf, searchOf, subjectWords, typesOf, type AuditFilter } from './audit-filter.ts';

const event = (at: string, actor: string): Event => ({
  ...{ id: 'e', type: 'PlanPaused', version: 1, subject: 'osm.evt.plan.p', position: 1 },
  ...{ at, actor, data: {}, producer: 'planner' },
});

describe('which events are shown', () => {
  const first = filterOf(new URLSearchParams());

  it('is the same after it has been an address', () => {
    const filter: AuditFilter = {
      ...{ who: 'ann b', of: 'all', kind: 'plan', type: 'PlanPaused', plan: 'p', subject: 'osm.evt.plan.p' },
      ...{ from: '2026-11-23T02:00', to: '2026-11-23T03:00' },
    };
    expect(filterOf(new URLSearchParams(searchOf(filter).toString()))).toEqual(filter);
  });

  it('is, at first, what people did', () => {
    expect(searchOf(first).toString()).toBe('');
    expect(queryOf(first).type?.split(',')).toContain('PlanApproved');
    expect(queryOf(first).type?.split(',')).not.toContain('StepDispatched');
  });

  it('is everything where that is wanted', () => {
    expect(queryOf({ ...first, of: 'all' })).toEqual({});
  });

  it('is one type, though no person writes it, where that is wanted', () => {
    expect(queryOf({ ...first, type: 'StepFailed' })).toEqual({ type: 'StepFailed' });
  });

  it('is of one subject rather than of its kind', () => {
    expect(queryOf({ ...first, of: 'all', kind: 'plan' })).toEqual({ subject: 'osm.evt.plan.>' });
    expect(queryOf({ ...first, of: 'all', kind: 'plan', subject: 'osm.evt.plan.p' })).toEqual({
      subject: 'osm.evt.plan.p',
    });
    expect(subjectWords('osm.evt.migration.a--b.volume.1')).toBe('volume 1');
  });

  it('is asked for again only when one may have come that belongs into it', () => {
    expect(typesOf(first).test('PlanPaused')).toBe(true);
    expect(typesOf(first).test('StepDispatched')).toBe(false);
    expect(typesOf({ ...first, type: 'StepFailed' }).test('PlanPaused')).toBe(false);
    expect(typesOf({ ...first, of: 'all' }).test('StepDispatched')).toBe(true);
  });

  it('is of whom the name has the letters in it', () => {
    expect(isWanted(event('2026-11-23T02:00:00Z', 'Ann'), { ...first, who: ' an' })).toBe(true);
    expect(isWanted(event('2026-11-23T02:00:00Z', 'Ann'), { ...first, who: 'bob' })).toBe(false);
  });

  it('is from a time on, and before another', () => {
    const between = { ...first, from: '2026-11-23T02:00:00Z', to: '2026-11-23T03:00:00Z' };
    expect(isWanted(event('2026-11-23T02:00:00.000Z', 'ann'), between)).toBe(true);
    expect(isWanted(event('2026-11-23T01:59:59.999Z', 'ann'), between)).toBe(false);
    expect(isWanted(event('2026-11-23T03:00:00.000Z', 'ann'), between)).toBe(false);
  });
});
