import { describe, expect, it } from 'vitest';
import { mayGo } from './may-go.ts';

describe('an original may go', () => {
  it.each(['created', 'adopted', 'imported'])('when its twin is whole and ours: %s', (how) => {
    expect(mayGo({ status: 'completed', how }).may).toBe(true);
  });

  it('also where removing it has failed before', () => {
    const { may, why } = mayGo({ status: 'source-cleanup-failed', how: 'created' });
    expect(may).toBe(true);
    expect(why).toContain('failed before');
  });

  it.each(['reused', 'external', null])('not when its twin is not of our making: %s', (how) => {
    expect(mayGo({ status: 'completed', how }).may).toBe(false);
  });

  it.each(['in-progress', 'failed', 'pending-members', 'pending-cleanup', 'rolled-back'] as const)(
    'not when it is %s',
    (status) => {
      expect(mayGo({ status, how: 'created' }).may).toBe(false);
    },
  );
});
