import type { Plan } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { nextAct, takesAway } from './next-act.ts';

const plan = (part: Partial<Plan>): Plan => ({
  ...{
    plan_id: 'p',
    source_cloud: 's',
    destination_cloud: 'd',
    intent: 'migrate',
    clean_up: 'never',
    status: 'drafted',
    digest: 'd1',
  },
  ...{ steps: 1, resources: 1, succeeded: 0, failed: 0, skipped: 0, findings: [], requested_by: 'ann' },
  ...{ approved_by: null, needs_second: false, seconded_by: null, created_at: '', updated_at: '' },
  ...part,
});

describe('what comes next for a plan', () => {
  it('is to approve what is drafted, and to start what is approved', () => {
    expect(nextAct(plan({}), 'ann')).toEqual({ act: 'approve' });
    expect(nextAct(plan({ status: 'approved', approved_by: 'ann' }), 'ann')).toEqual({ act: 'start' });
  });

  it('is nothing while it is drafted, runs or is over', () => {
    for (const status of ['requested', 'rejected', 'running', 'paused', 'completed', 'cancelled'] as const) {
      expect(nextAct(plan({ status }), 'ann')).toEqual({ act: undefined });
    }
  });

  it('is the word of another person where one has to agree', () => {
    const approved = plan({ status: 'approved', approved_by: 'ann', needs_second: true });
    expect(nextAct(approved, 'ben')).toEqual({ act: 'second' });
    expect(nextAct(approved, 'ann')).toMatchObject({
      act: 'second',
      because: expect.stringContaining('another person'),
    });
    expect(nextAct({ ...approved, seconded_by: 'ben' }, 'ann')).toEqual({ act: 'start' });
  });
});

it('takes away what is removed, rolled back, or cleaned up after it was moved', () => {
  expect(takesAway({ intent: 'migrate', clean_up: 'never' })).toBe(false);
  expect(takesAway({ intent: 'migrate', clean_up: 'after-migration' })).toBe(true);
  expect(takesAway({ intent: 'remove', clean_up: 'never' })).toBe(true);
  expect(takesAway({ intent: 'roll-back', clean_up: 'never' })).toBe(true);
});
