import { describe, expect, it } from 'vitest';
import { eventTone, eventWords, whoDid } from './event-words.ts';

describe('an event in one line', () => {
  it.each([
    ['PlanDrafted', { steps: 1, resources: 2 }, 'Drafted: 1 step for 2 resources'],
    ['PlanPaused', { by: 'ann', reason: 'the link is full' }, 'Paused: the link is full'],
    ['StepUnneeded', { step: 'create', reason: 'it has its twin' }, 'create has nothing to do: it has its twin'],
    ['StepStarted', { step: 'transfer', attempt: 2 }, 'transfer begins, attempt 2'],
    ['StepFailed', { step: 'create', attempt: 1, failure: { message: 'no room' } }, 'create failed: no room'],
    ['TwinVerified', { equal: ['a', 'b'], others: [{}] }, 'Compared with its original: 2 equal, 1 other'],
    ['MigrationForgotten', { hard: false, reason: 'made by hand' }, 'Set aside: made by hand'],
    ['SunRisen', { at: 6 }, 'SunRisen'],
  ])('%s', (type, data, words) => {
    expect(eventWords({ type, data })).toBe(words);
  });

  it('says who did it: the person, or else the program', () => {
    expect(whoDid({ actor: 'ann', data: {}, producer: 'planner/1' })).toBe('ann');
    expect(whoDid({ data: { by: 'bob' }, producer: 'planner/1' })).toBe('bob');
    expect(whoDid({ data: {}, producer: 'planner/1' })).toBe('planner/1');
  });

  it('stands out where something went wrong or was taken away', () => {
    expect(eventTone({ type: 'StepSettled', data: { outcome: 'failed' } })).toBe('bad');
    expect(eventTone({ type: 'StepSettled', data: { outcome: 'succeeded' } })).toBe('idle');
    expect(eventTone({ type: 'SourceRemoved', data: {} })).toBe('warn');
  });
});
