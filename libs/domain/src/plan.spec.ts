import type { PlanEvent, PlanStep } from '@osm/contracts';
import type { Decider } from '@osm/event-log';
import { digest, type FailureRecord } from '@osm/kernel';
import { given as givenOf } from '@osm/testing/decider-spec';
import { describe, expect, it } from 'vitest';
import {
  openSteps,
  plan,
  plannedSteps,
  ready,
  stepOf,
  stepsToGiveUp,
  type PlanCommand,
  type PlanState,
} from './plan.ts';
import { progressAt } from './plan-progress.ts';

const rules: Decider<PlanCommand, PlanState, PlanEvent> = plan;
const given = (...events: readonly PlanEvent[]) => givenOf(rules, ...events);

/** `'c: a b'`: c waits for a and b. `'c!: a'`: c runs always. `'x/1/c: a'` names the resource x/1. */
const step = (text: string): PlanStep => {
  const [name = '', needs = ''] = text.split(':');
  const id = name.replace('!', '');
  const [type = '', source = 'x', what = 'create'] = id.split('/');
  return {
    id,
    ref: { type, id: source },
    name: null,
    step: what,
    service: 'network',
    needs: needs.trim() === '' ? [] : needs.trim().split(' '),
    always: name.endsWith('!'),
  };
};

const request = {
  route: { source: 'old', destination: 'new' },
  roots: [{ type: 'network', id: '1' }] as { type: string; id: string }[],
  include: { needs: true, members: false },
  intent: 'migrate',
  cleanUp: 'never',
  policy: {},
  asOf: 7,
  by: 'ann',
} as const;
const requested: PlanEvent = { type: 'PlanRequested', data: { ...request } };

const draftOf = (steps: readonly PlanStep[]): readonly PlanEvent[] => [
  requested,
  { type: 'PlanSectionDrafted', data: { index: 0, steps: [...steps] } },
  {
    type: 'PlanDrafted',
    data: { sections: 1, steps: steps.length, resources: 1, digest: digest(steps), findings: [] },
  },
];
const approvedOf = (steps: readonly PlanStep[]): readonly PlanEvent[] => [
  ...draftOf(steps),
  { type: 'PlanApproved', data: { digest: digest(steps), by: 'ann' } },
];
const approved = (...texts: readonly string[]) => given(...approvedOf(texts.map(step)));
const running = (...texts: readonly string[]) => approved(...texts).after({ type: 'StartPlan', by: 'ann' });

const started: PlanEvent = { type: 'PlanStarted', data: { by: 'ann' } };
const dispatched = (stepId: string, attempt = 1): PlanEvent => ({
  type: 'StepDispatched',
  data: { stepId, attempt, service: 'network' },
});
const settled = (stepId: string, outcome: 'succeeded' | 'failed', attempt = 1): PlanEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt, outcome, ...(outcome === 'failed' ? { failure } : {}) },
});
const skipped = (stepId: string, because: string, attempt = 1): PlanEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt, outcome: 'skipped', because },
});
const completed = (succeeded: number, failed = 0, skipped = 0): PlanEvent => ({
  type: 'PlanCompleted',
  data: { succeeded, failed, skipped },
});
const failure: FailureRecord = { code: 'refused', message: 'cannot: because', remedy: 'Do something.' };
const ok = (stepId: string, attempt = 1): PlanCommand => ({
  type: 'HearOutcome',
  stepId,
  attempt,
  outcome: 'succeeded',
});
const bad = (stepId: string, attempt = 1): PlanCommand => ({
  type: 'HearOutcome',
  stepId,
  attempt,
  outcome: 'failed',
  failure,
});
const retry = (stepId: string): PlanCommand => ({ type: 'RetryStep', stepId, by: 'ann', reason: 'fixed' });
const retried = (stepId: string): PlanEvent => ({
  type: 'StepRetryRequested',
  data: { stepId, by: 'ann', reason: 'fixed' },
});
const skip = (stepId: string): PlanCommand => ({ type: 'SkipStep', stepId, by: 'ann', reason: 'done by hand' });
const unwanted = (stepId: string): PlanEvent => ({
  type: 'StepSkipRequested',
  data: { stepId, by: 'ann', reason: 'done by hand' },
});
const settledSkipped = (stepId: string, attempt = 1): PlanEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt, outcome: 'skipped' },
});
const pause: PlanCommand = { type: 'PausePlan', by: 'ann' };
const resume: PlanCommand = { type: 'ResumePlan', by: 'ann' };

const diamond = ['a', 'b: a', 'c: a', 'd: b c'];

describe('a step that only waits for another one', () => {
  const steps = ['a', 'b: a', 'c: b', 'd: c'].map(step).map((one) => (one.id === 'd' ? { ...one, after: ['c'] } : one));

  it('runs however that ends: failed, or skipped because of something else', () => {
    given(...approvedOf(steps))
      .after({ type: 'StartPlan', by: 'ann' })
      .when(bad('a'))
      .then(settled('a', 'failed'), skipped('b', 'a'), skipped('c', 'a'), dispatched('d'));
  });
});

describe('a draft', () => {
  const steps = diamond.map(step);
  const finish = { type: 'FinishDraft', sections: 1, resources: 1, digest: digest(steps), findings: [] } as const;

  it('is written in sections, in order, each once', () => {
    const section = { type: 'DraftSection', index: 0, steps } as const;
    given(requested)
      .when(section)
      .then({ type: 'PlanSectionDrafted', data: { index: 0, steps } });
    given(requested).after(section).when(section).then();
    given(requested)
      .when({ ...section, index: 1 })
      .thenRefused('other-draft');
    given(requested)
      .after(section)
      .when({ ...section, steps: [] })
      .thenRefused('other-draft');
    given(...draftOf(steps))
      .when(section)
      .then();
  });

  it('asks the clouds once: a draft that starts again goes by the first answers', () => {
    const survey = { type: 'SurveyClouds', facts: { image: { fetches: true } } } as const;
    given(requested)
      .when(survey)
      .then({ type: 'PlanSurveyed', data: { facts: { image: { fetches: true } } } });
    given(requested)
      .after(survey)
      .when({ ...survey, facts: { image: { fetches: false } } })
      .then();
    given(...draftOf(steps))
      .when(survey)
      .thenRefused('wrong-status');
  });

  it('is complete with all sections and the digest of its steps', () => {
    const sections = given(...draftOf(steps).slice(0, 2));
    sections.when(finish).then(...draftOf(steps).slice(2));
    sections.when({ ...finish, sections: 2 }).thenRefused('other-draft');
    sections.when({ ...finish, digest: 'no' }).thenRefused('other-draft');
    given(...draftOf(steps))
      .when(finish)
      .then();
  });

  it('never waits for a step that it does not have', () => {
    const broken = [step('b: a')];
    given(requested, { type: 'PlanSectionDrafted', data: { index: 0, steps: broken } })
      .when({ ...finish, digest: digest(broken) })
      .thenRefused('broken-graph');
  });

  it('may spread the needs of one step over several sections', () => {
    const [first, second] = [step('z: a'), step('z: b')];
    const all = [step('a'), step('b'), step('z: a b')];
    given(requested)
      .after({ type: 'DraftSection', index: 0, steps: [step('a'), step('b'), first] })
      .after({ type: 'DraftSection', index: 1, steps: [second] })
      .after({ ...finish, sections: 2, digest: digest(all) })
      .after({ type: 'ApprovePlan', digest: digest(all), by: 'ann' })
      .after({ type: 'StartPlan', by: 'ann' })
      .after(ok('a'))
      .when(ok('b'))
      .then(settled('b', 'succeeded'), dispatched('z'));
  });

  it('may be refused, with the findings that say why', () => {
    const findings = [{ code: 'cycle', severity: 'error', message: 'm', remedy: 'r' } as const];
    const rejected: PlanEvent = { type: 'PlanRejected', data: { findings: [...findings] } };
    given(requested).when({ type: 'RejectDraft', findings }).then(rejected);
    given(requested, rejected).when({ type: 'RejectDraft', findings }).then();
    given(requested, rejected).when({ type: 'StartPlan', by: 'ann' }).thenRefused('wrong-status');
    expect(given(requested, rejected).state.findings).toEqual(findings);
  });

  it('is asked for once', () => {
    const command = { type: 'RequestPlan', ...request } as const;
    given().when(command).then(requested);
    given(requested).when(command).then();
    given(requested)
      .when({ ...command, intent: 'remove' })
      .thenRefused('plan-exists');
  });
});

describe('an approval', () => {
  const steps = diamond.map(step);
  const approve = (of: string): PlanCommand => ({ type: 'ApprovePlan', digest: of, by: 'ann' });

  it('names exactly the graph that is run', () => {
    given(...draftOf(steps))
      .when(approve('other'))
      .thenRefused('stale-digest');
    given(...draftOf(steps))
      .when(approve(digest(steps)))
      .then(...approvedOf(steps).slice(3));
    given(...approvedOf(steps))
      .when(approve(digest(steps)))
      .then();
    given(...approvedOf(steps))
      .when(approve('other'))
      .thenRefused('stale-digest');
  });

  it('comes after the draft and before the start', () => {
    given(requested).when(approve('any')).thenRefused('wrong-status');
    given(...draftOf(steps))
      .when({ type: 'StartPlan', by: 'ann' })
      .thenRefused('wrong-status');
  });
});

describe('a run', () => {
  it('begins with what waits for nothing', () => {
    approved(...diamond)
      .when({ type: 'StartPlan', by: 'ann' })
      .then(started, dispatched('a'));
    running(...diamond)
      .when({ type: 'StartPlan', by: 'bob' })
      .then();
  });

  it('of nothing is completed at once', () => {
    approved().when({ type: 'StartPlan', by: 'ann' }).then(started, completed(0));
  });

  it('dispatches a step when all that it waits for has succeeded', () => {
    const half = running(...diamond)
      .after(ok('a'))
      .after(ok('b'));
    running(...diamond)
      .when(ok('a'))
      .then(settled('a', 'succeeded'), dispatched('b'), dispatched('c'));
    running(...diamond)
      .after(ok('a'))
      .when(ok('b'))
      .then(settled('b', 'succeeded'));
    half.when(ok('c')).then(settled('c', 'succeeded'), dispatched('d'));
    half.after(ok('c')).when(ok('d')).then(settled('d', 'succeeded'), completed(4));
  });

  it('skips what stands on a failure, however far away, and counts it apart', () => {
    running('a', 'b: a', 'c: b', 'd: c', 'e')
      .after(ok('e'))
      .when(bad('a'))
      .then(settled('a', 'failed'), skipped('b', 'a'), skipped('c', 'a'), skipped('d', 'a'), completed(1, 1, 3));
  });

  it('skips the end of a diamond once both its sides have settled', () => {
    const half = running(...diamond).after(ok('a'));
    half.when(bad('b')).then(settled('b', 'failed'));
    half
      .after(bad('b'))
      .when(ok('c'))
      .then(settled('c', 'succeeded'), skipped('d', 'b'), completed(2, 1, 1));
  });

  it('hears an outcome once', () => {
    const heard = running(...diamond).after(ok('a'));
    heard.when(ok('a')).then();
    heard.when(bad('a')).then();
    heard.when(ok('b', 2)).then();
    heard.when(ok('d')).then();
    heard.when(ok('x')).thenRefused('no-such-step');
  });

  it('knows its open steps', () => {
    const { state } = running(...diamond).after(ok('a'));
    expect(openSteps(state).map(({ step: { id }, attempt }) => [id, attempt])).toEqual([
      ['b', 1],
      ['c', 1],
    ]);
    expect(stepOf(state, 'd')?.status).toBe('waiting');
    expect(stepOf(state, 'x')).toBeUndefined();
  });
});

describe('a pause', () => {
  it('dispatches nothing, and still hears', () => {
    const paused = running(...diamond).after(pause);
    paused.when(ok('a')).then(settled('a', 'succeeded'));
    paused.after(ok('a')).when({ type: 'Reconsider' }).then();
    paused
      .after(ok('a'))
      .when(resume)
      .then({ type: 'PlanResumed', data: { by: 'ann' } }, dispatched('b'), dispatched('c'));
    paused.when(pause).then();
    paused.when({ type: 'StartPlan', by: 'ann' }).thenRefused('wrong-status');
    running(...diamond)
      .when(resume)
      .then();
  });

  it('does not hold back the end', () => {
    running('a').after(pause).when(ok('a')).then(settled('a', 'succeeded'), completed(1));
  });
});

describe('a plan that is being cancelled', () => {
  const cancel: PlanCommand = { type: 'CancelPlan', by: 'ann', reason: 'enough' };
  const cancelling: PlanEvent = { type: 'PlanCancelling', data: { by: 'ann', reason: 'enough' } };
  const cancelled: PlanEvent = { type: 'PlanCancelled', data: { by: 'ann', reason: 'enough' } };
  const without = (stepId: string, attempt = 1): PlanEvent => ({
    type: 'StepSettled',
    data: { stepId, attempt, outcome: 'skipped' },
  });
  const abandoned = (stepId: string): PlanCommand => ({ type: 'HearAbandonment', stepId, attempt: 1, by: 'ann' });
  const givenUp = (stepId: string) => ({
    type: 'StepSettled',
    data: { stepId, attempt: 1, outcome: 'failed', failure: { code: 'given-up' } },
  });

  it('dispatches nothing more, does without what waits, and is over once all that was open has settled', () => {
    const plan = running('a', 'b', 'c: a b', 'd: c');
    plan.when(cancel).then(cancelling, without('c'), without('d'));
    const stopping = plan.after(cancel);
    expect(stopping.state.status).toBe('cancelling');
    expect(stepsToGiveUp(stopping.state).map(({ step: { id } }) => id)).toEqual(['a', 'b']);
    stopping.when(ok('a')).then(settled('a', 'succeeded'));
    const events = rules.decide(abandoned('b'), stopping.after(ok('a')).state);
    expect(events).toMatchObject([givenUp('b'), cancelled]);
    expect(stopping.after(ok('a')).after(abandoned('b')).state.status).toBe('cancelled');
  });

  it('collects what was begun, and only that', () => {
    const plan = running(
      'volume/1/stage',
      'volume/1/create: volume/1/stage',
      'volume/1/collect!: volume/1/create volume/1/stage',
    )
      .after(ok('volume/1/stage'))
      .after(cancel);
    expect(rules.decide(abandoned('volume/1/create'), plan.state)).toMatchObject([
      givenUp('volume/1/create'),
      dispatched('volume/1/collect'),
    ]);
    plan
      .after(abandoned('volume/1/create'))
      .when(ok('volume/1/collect'))
      .then(settled('volume/1/collect', 'succeeded'), cancelled);
  });

  it('has nothing to collect of what nobody ever had in hand, whatever else it would have waited for', () => {
    const plan = running('a', 'volume/1/stage: a', 'volume/1/collect!: volume/1/stage a');
    plan.when(cancel).then(cancelling, without('volume/1/stage'));
    const events = rules.decide(abandoned('a'), plan.after(cancel).state);
    expect(events).toMatchObject([givenUp('a'), without('volume/1/collect'), cancelled]);
  });

  it('still collects what an attempt before a retry may have left', () => {
    const plan = running('a', 'volume/1/stage', 'volume/1/collect!: a volume/1/stage')
      .after({ type: 'PausePlan', by: 'ann' })
      .after(bad('volume/1/stage'))
      .after(retry('volume/1/stage'))
      .after(ok('a'));
    plan.when(cancel).then(cancelling, without('volume/1/stage', 2), dispatched('volume/1/collect'));
  });

  it('lets what collects already go on', () => {
    const plan = running('a', 'c!: a').after(bad('a'));
    const stopping = plan.after(cancel);
    expect(stepsToGiveUp(stopping.state)).toEqual([]);
    stopping.when(ok('c')).then(settled('c', 'succeeded'), cancelled);
  });

  it('is over also where what collects has failed', () => {
    running('a', 'c!: a').after(cancel).after(abandoned('a')).when(bad('c')).then(settled('c', 'failed'), cancelled);
  });

  it('is neither paused, resumed, retried, started nor approved any more', () => {
    const stopping = running('a', 'c!: a').after(bad('a')).after(cancel);
    const digestOfIt = stopping.state.draft?.digest ?? '';
    for (const command of [
      { type: 'PausePlan', by: 'bob' },
      resume,
      retry('a'),
      { type: 'StartPlan', by: 'bob' },
      { type: 'ApprovePlan', digest: digestOfIt, by: 'bob' },
    ] satisfies readonly PlanCommand[]) {
      stopping.when(command).thenRefused('wrong-status');
    }
    stopping.when(cancel).then();
  });

  it('may have been paused before', () => {
    running('a', 'b: a')
      .after({ type: 'PausePlan', by: 'ann' })
      .after(ok('a'))
      .when(cancel)
      .then(cancelling, without('b'), cancelled);
  });

  it('says after a crash what was left unsaid', () => {
    const events = [...approvedOf(['a', 'b: a', 'c!: b'].map(step)), started, dispatched('a'), cancelling];
    given(...events)
      .when({ type: 'Reconsider' })
      .then(without('b'), without('c'));
    given(...events, without('b'))
      .when(cancel)
      .then(without('c'));
  });
});

describe('a cancelled plan', () => {
  const cancel: PlanCommand = { type: 'CancelPlan', by: 'ann', reason: 'enough' };
  const cancelled: PlanEvent = { type: 'PlanCancelled', data: { by: 'ann', reason: 'enough' } };

  describe('whose collecting has failed', () => {
    const plan = running('a', 'b: a', 'c!: a').after(bad('a')).after(cancel).after(bad('c'));

    it('collects once more when it is retried, and only that, until it is cancelled again', () => {
      expect(plan.state.status).toBe('cancelled');
      const again = { type: 'RetryFailed', by: 'ann', reason: 'fixed' } as const;
      plan.when(again).then(retried('c'), dispatched('c', 2));
      expect(plan.after(again).state.status).toBe('cancelling');
      plan
        .after(again)
        .when(ok('c', 2))
        .then(settled('c', 'succeeded', 2), cancelled);
      plan.when(retry('c')).then(retried('c'), dispatched('c', 2));
    });

    it('is not begun again otherwise', () => {
      plan.when(retry('a')).thenRefused('wrong-status');
      plan.after(retry('c')).after(ok('c', 2)).when({ type: 'RetryFailed', by: 'ann' }).thenRefused('wrong-status');
    });
  });

  it('is over at once where it had not begun, and refused where it had ended', () => {
    given(requested).when(cancel).then(cancelled);
    approved('a', 'c!: a').when(cancel).then(cancelled);
    running('a').after(ok('a')).when(cancel).thenRefused('wrong-status');
  });

  it('of an older log, where it came at once, hears what was under way and does nothing more', () => {
    const old = given(...approvedOf(diamond.map(step)), started, dispatched('a'), cancelled);
    expect(stepsToGiveUp(old.state).map(({ step: { id } }) => id)).toEqual(['a']);
    old.when(ok('a')).then(settled('a', 'succeeded'));
    old.when({ type: 'HearAbandonment', stepId: 'a', attempt: 1, by: 'ann' }).then();
    old.after(ok('a')).when({ type: 'Reconsider' }).then();
    old.when(cancel).then();
    old.when(resume).thenRefused('wrong-status');
    old.after(bad('a')).when(retry('a')).thenRefused('wrong-status');
  });
});

describe('a retry', () => {
  it('opens the failed step and what was skipped because of it, and nothing else', () => {
    const failed = running('a', 'b: a', 'c: b', 'e', 'f: e').after(bad('a')).after(bad('e'));
    failed.when(retry('a')).then(retried('a'), dispatched('a', 2));
    failed
      .after(retry('a'))
      .when(ok('a', 2))
      .then(settled('a', 'succeeded', 2), dispatched('b', 2));
    expect(stepOf(failed.after(retry('a')).state, 'f')).toMatchObject({ status: 'skipped', because: 'e' });
  });

  it('of a completed plan lets it run and be completed again, with the counts as they are then', () => {
    const ended = running('a', 'b: a').after(bad('a'));
    expect(ended.state.status).toBe('completed');
    const again = ended.after(retry('a'));
    expect(again.state.status).toBe('running');
    again
      .after(ok('a', 2))
      .when(ok('b', 2))
      .then(settled('b', 'succeeded', 2), completed(2));
  });

  it('hears nothing more of the attempt before', () => {
    running('a').after(bad('a')).after(retry('a')).when(bad('a', 1)).then();
  });

  it('is for failed steps: what was skipped names the step to retry', () => {
    const failed = running('a', 'b: a', 'c').after(bad('a')).after(ok('c'));
    failed.when(retry('b')).thenRefused('not-failed');
    failed.when(retry('c')).thenRefused('not-failed');
    failed.after(retry('a')).when(retry('a')).then();
  });

  it('leaves skipped what stands on another failure too', () => {
    const failed = running('a', 'b', 'c: a b').after(bad('a')).after(bad('b'));
    failed
      .after(retry('a'))
      .when(ok('a', 2))
      .then(settled('a', 'succeeded', 2), skipped('c', 'b', 2), completed(1, 1, 1));
  });

  it('of all failed steps opens each', () => {
    const failed = running('a', 'b', 'c: a b').after(bad('a')).after(bad('b'));
    const again = failed.after({ type: 'RetryFailed', by: 'ann' });
    expect(plannedSteps(again.state).map(({ status }) => status)).toEqual(['open', 'open', 'waiting']);
    again
      .after(ok('a', 2))
      .when(ok('b', 2))
      .then(settled('b', 'succeeded', 2), dispatched('c', 2));
    running('a').after(ok('a')).when({ type: 'RetryFailed', by: 'ann' }).then();
  });

  it('waits while the plan is paused', () => {
    const failed = running('a', 'z').after(bad('a')).after(pause);
    failed.when(retry('a')).then(retried('a'));
    failed
      .after(retry('a'))
      .when(resume)
      .then({ type: 'PlanResumed', data: { by: 'ann' } }, dispatched('a', 2));
  });
});

describe('a step that a person does without', () => {
  it('counts as skipped where it had failed, and all that was skipped because of it stays so', () => {
    const failed = running('a', 'b: a', 'z').after(bad('a'));
    failed.when(skip('a')).then(unwanted('a'));
    const { state } = failed.after(skip('a'));
    expect(plannedSteps(state).map(({ status, because }) => [status, because])).toEqual([
      ['skipped', undefined],
      ['skipped', 'a'],
      ['open', undefined],
    ]);
    failed
      .after(skip('a'))
      .when(ok('z'))
      .then(settled('z', 'succeeded'), completed(1, 0, 2));
  });

  it('is skipped where its turn comes, and with it what stands on it; what comes only after it goes on', () => {
    const steps = ['a', 'b: a', 'c: b', 'd: b']
      .map(step)
      .map((one) => (one.id === 'd' ? { ...one, after: ['b'] } : one));
    const begun = given(...approvedOf(steps)).after({ type: 'StartPlan', by: 'ann' });
    begun.when(skip('b')).then(unwanted('b'));
    begun
      .after(skip('b'))
      .when(ok('a'))
      .then(settled('a', 'succeeded'), settledSkipped('b'), skipped('c', 'b'), dispatched('d'));
  });

  it('names the failure before it as the cause, where there is one', () => {
    running('a', 'b: a', 'c: b')
      .after(skip('b'))
      .when(bad('a'))
      .then(settled('a', 'failed'), skipped('b', 'a'), skipped('c', 'a'), completed(0, 1, 2));
  });

  it('never has its original removed: that stands on it', () => {
    running('a', 'network/1/create: a', 'network/1/remove: network/1/create')
      .after(skip('network/1/create'))
      .when(ok('a'))
      .then(
        settled('a', 'succeeded'),
        settledSkipped('network/1/create'),
        skipped('network/1/remove', 'network/1/create'),
        completed(1, 0, 2),
      );
  });

  it('is neither under way, nor done, nor one that collects, nor one of another cause', () => {
    const begun = running('a', 'b: a', 'c: b', 'd!: c');
    begun.when(skip('a')).thenRefused('in-flight');
    begun.when(skip('d')).thenRefused('cannot-skip');
    begun.when(skip('e')).thenRefused('no-such-step');
    begun.after(ok('a')).when(skip('a')).thenRefused('cannot-skip');
    begun.after(bad('a')).when(skip('b')).thenRefused('cannot-skip');
    approved('a').when(skip('a')).thenRefused('wrong-status');
  });

  it('is said once', () => {
    running('a', 'b: a').after(skip('b')).when(skip('b')).then();
    running('a', 'z').after(bad('a')).after(skip('a')).when(skip('a')).then();
  });

  it('is tried again after all where the person thinks better of it', () => {
    const failed = running('a', 'b: a', 'z').after(bad('a')).after(skip('a'));
    failed.when(retry('a')).then(retried('a'), dispatched('a', 2));
    failed
      .after(retry('a'))
      .when(ok('a', 2))
      .then(settled('a', 'succeeded', 2), dispatched('b', 2));
    const waiting = running('a', 'b: a').after(skip('b'));
    waiting.when(retry('b')).then(retried('b'));
    waiting.after(retry('b')).when(ok('a')).then(settled('a', 'succeeded'), dispatched('b'));
  });

  it('stays so where all failed steps are retried, also where it stands on one of them', () => {
    const ended = running('a', 'b: a', 'c').after(skip('b')).after(bad('a')).after(bad('c')).after(skip('c'));
    const again = ended.after({ type: 'RetryFailed', by: 'ann' });
    expect(plannedSteps(again.state).map(({ status }) => status)).toEqual(['open', 'waiting', 'skipped']);
    again.when(ok('a', 2)).then(settled('a', 'succeeded', 2), settledSkipped('b', 2), completed(1, 0, 2));
  });

  it('is collected after, where it was ever begun', () => {
    const paused = running('v/1/create', 'v/1/collect!: v/1/create', 'z').after(pause).after(bad('v/1/create'));
    paused
      .after(skip('v/1/create'))
      .when(resume)
      .then({ type: 'PlanResumed', data: { by: 'ann' } }, dispatched('v/1/collect'));
    const waiting = paused.after(retry('v/1/create')).after(skip('v/1/create'));
    waiting
      .when(resume)
      .then({ type: 'PlanResumed', data: { by: 'ann' } }, settledSkipped('v/1/create', 2), dispatched('v/1/collect'));
    paused
      .after(skip('v/1/create'))
      .when({ type: 'CancelPlan', by: 'ann' })
      .then({ type: 'PlanCancelling', data: { by: 'ann' } }, dispatched('v/1/collect'));
  });

  it('leaves nothing to collect where nobody ever had it in hand', () => {
    running('a', 'v/1/create: a', 'v/1/collect!: v/1/create')
      .after(skip('v/1/create'))
      .when(ok('a'))
      .then(
        settled('a', 'succeeded'),
        settledSkipped('v/1/create'),
        skipped('v/1/collect', 'v/1/create'),
        completed(1, 0, 2),
      );
  });
});

describe('a plan that needs a second person', () => {
  const steps = [step('network/1/remove')];
  const [, ...drafted] = approvedOf(steps);
  const agree = (by: string): PlanCommand => ({ type: 'SecondPlan', digest: digest(steps), by });
  const start: PlanCommand = { type: 'StartPlan', by: 'ann' };
  const needing = given({ type: 'PlanRequested', data: { ...request, needsSecond: true } }, ...drafted);

  it('starts only when another person than the one who has approved it agrees', () => {
    needing.when(start).thenRefused('needs-second');
    needing.when(agree('ann')).thenRefused('same-person');
    needing.when(agree('bob')).then({ type: 'PlanSeconded', data: { digest: digest(steps), by: 'bob' } });
    const seconded = needing.after(agree('bob'));
    seconded.when(agree('eve')).then();
    seconded.when(start).then(started, dispatched('network/1/remove'));
    seconded.after(start).when(agree('bob')).then();
  });

  it('is seconded as it is: after its approval, and by its digest', () => {
    needing.when({ type: 'SecondPlan', digest: 'of another', by: 'bob' }).thenRefused('stale-digest');
    given({ type: 'PlanRequested', data: { ...request, needsSecond: true } }, ...drafted.slice(0, -1))
      .when(agree('bob'))
      .thenRefused('wrong-status');
  });

  it('is no other: what needs no second is started at once, and says so', () => {
    given(...approvedOf(steps))
      .when(agree('bob'))
      .thenRefused('no-second-needed');
    given(...approvedOf(steps))
      .when(start)
      .then(started, dispatched('network/1/remove'));
  });
});

describe('what people say of single steps, in any order', () => {
  /** Numbers that look like chance and are the same each time. */
  const chance = (seed: number) => {
    let state = seed;
    return (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
  };

  /** A few resources with chains of steps that stand on each other, some with what collects after them. */
  const drawn = (next: (below: number) => number): readonly string[] => {
    const texts: string[] = [];
    const made: string[] = [];
    for (let at = 0; at < 2 + next(5); at++) {
      const needs = made.filter(() => next(3) === 0);
      const own = ['make', 'fill', 'tie'].slice(0, 1 + next(3)).map((name) => `r/${at}/${name}`);
      own.forEach((id, index) => texts.push(`${id}: ${[...needs, ...own.slice(0, index)].join(' ')}`));
      if (next(2) === 0) texts.push(`r/${at}/collect!: ${own.join(' ')}`);
      made.push(...own);
    }
    return texts;
  };

  const commandsFor = (state: PlanState): readonly PlanCommand[] => [
    ...openSteps(state).flatMap(({ step: { id }, attempt }) => [ok(id, attempt), bad(id, attempt)]),
    ...plannedSteps(state).flatMap(({ step: { id } }) => [skip(id), retry(id)]),
    ...[pause, resume, { type: 'Reconsider' } as const],
  ];

  const isRefusal = (error: unknown): boolean => error instanceof Error && error.name === 'Failure';

  it('lets no step begin before its turn, leaves nothing uncollected, and comes to its end', () => {
    let skips = 0;
    for (let seed = 1; seed <= 300; seed++) {
      const next = chance(seed);
      let { state } = running(...drawn(next));
      const take = (command: PlanCommand): void => {
        for (const event of rules.decide(command, state)) {
          skips += Number(event.type === 'StepSkipRequested');
          if (event.type === 'StepDispatched') mayBegin(state, event.data.stepId);
          state = rules.evolve(state, event);
        }
      };
      for (let turn = 0; turn < 60; turn++) {
        const commands = commandsFor(state);
        try {
          take(commands[next(commands.length)] ?? { type: 'Reconsider' });
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
        const counts = plannedSteps(state).map(({ status }) => status);
        const count = (wanted: string): number => counts.filter((status) => status === wanted).length;
        expect(state.progress.totals, `seed ${seed}`).toEqual({
          ...{ succeeded: count('succeeded'), failed: count('failed'), skipped: count('skipped') },
        });
      }
      if (state.status === 'paused') take(resume);
      while (openSteps(state).length > 0) {
        for (const { step: one, attempt } of openSteps(state)) take(ok(one.id, attempt));
      }
      expect(state.status, `seed ${seed}`).toBe('completed');
      for (const { step: one, status } of plannedSteps(state)) {
        if (!one.always || status !== 'skipped') continue;
        const begun = one.needs.filter((need) => hasBegun(state, need));
        expect(begun, `seed ${seed}: ${one.id} collects nothing`).toEqual([]);
      }
    }
    expect(skips).toBeGreaterThan(300);
  });

  const hasBegun = (state: PlanState, id: string): boolean => {
    const number = state.progress.graph.numbers.get(id) ?? -1;
    return progressAt(state.progress, number).begun;
  };

  const mayBegin = (state: PlanState, id: string): void => {
    const { step: one, unwanted: isUnwanted } = stepOf(state, id) ?? {};
    expect(isUnwanted, `${id} is dispatched though nobody wants it`).toBe(false);
    for (const need of one?.needs ?? []) {
      const status = stepOf(state, need)?.status;
      const fitting = one?.always === true ? ['succeeded', 'failed', 'skipped'] : ['succeeded'];
      expect(fitting, `${id} is dispatched and ${need} is ${String(status)}`).toContain(status);
    }
  };
});

describe('an always step', () => {
  const volume = ['v/1/export', 'v/1/create: v/1/export', 'v/1/collect!: v/1/export v/1/create'];

  it('runs once all that it waits for has settled, however it ended', () => {
    running(...volume)
      .when(bad('v/1/export'))
      .then(settled('v/1/export', 'failed'), skipped('v/1/create', 'v/1/export'), dispatched('v/1/collect'));
  });

  it('is skipped where nothing it waits for ever ran', () => {
    running('a', 'v/1/export: a', ...volume.slice(1))
      .when(bad('a'))
      .then(
        settled('a', 'failed'),
        skipped('v/1/export', 'a'),
        skipped('v/1/create', 'a'),
        skipped('v/1/collect', 'a'),
        completed(0, 1, 3),
      );
  });

  it('runs again after a retry, and what it had cleared up is made again first', () => {
    const ended = running(...volume)
      .after(ok('v/1/export'))
      .after(bad('v/1/create'))
      .after(ok('v/1/collect'));
    expect(ended.state.status).toBe('completed');
    const again = ended.after(retry('v/1/create'));
    expect(plannedSteps(again.state).map(({ status, attempt }) => [status, attempt])).toEqual([
      ['open', 2],
      ['waiting', 2],
      ['waiting', 2],
    ]);
    const collected = again.after(ok('v/1/export', 2)).after(ok('v/1/create', 2));
    collected.when(ok('v/1/collect', 2)).then(settled('v/1/collect', 'succeeded', 2), completed(3));
  });

  it('does not undo what it has not yet cleared up', () => {
    const failed = running(...volume, 'z')
      .after(ok('v/1/export'))
      .after(pause)
      .after(bad('v/1/create'));
    const again = failed.after(retry('v/1/create'));
    expect(stepOf(again.state, 'v/1/export')).toMatchObject({ status: 'succeeded', attempt: 1 });
  });

  it('is not overtaken by a retry while it clears up', () => {
    const clearing = running(...volume)
      .after(ok('v/1/export'))
      .after(bad('v/1/create'));
    clearing.when(retry('v/1/create')).thenRefused('still-clearing');
    clearing.when({ type: 'RetryFailed', by: 'ann' }).thenRefused('still-clearing');
  });

  it('has its role borrowed again when one of those who used it is retried', () => {
    const ended = running(
      'p/1/grant',
      'v/1/create: p/1/grant',
      'v/2/create: p/1/grant',
      'p/1/revoke!: p/1/grant v/1/create v/2/create',
    )
      .after(ok('p/1/grant'))
      .after(ok('v/1/create'))
      .after(bad('v/2/create'))
      .after(ok('p/1/revoke'));
    const again = ended.after(retry('v/2/create'));
    again.when(ok('p/1/grant', 2)).then(settled('p/1/grant', 'succeeded', 2), dispatched('v/2/create', 2));
    expect(stepOf(again.state, 'v/1/create')).toMatchObject({ status: 'succeeded', attempt: 1 });
    again
      .after(ok('p/1/grant', 2))
      .when(ok('v/2/create', 2))
      .then(settled('v/2/create', 'succeeded', 2), dispatched('p/1/revoke', 2));
  });

  it('has what it cleared up made again also where it failed, and all failed steps are retried at once', () => {
    const ended = running(...volume)
      .after(ok('v/1/export'))
      .after(bad('v/1/create'))
      .after(bad('v/1/collect'));
    const again = ended.after({ type: 'RetryFailed', by: 'ann' });
    expect(plannedSteps(again.state).map(({ status }) => status)).toEqual(['open', 'waiting', 'waiting']);
  });

  it('skips what waits for it where it failed', () => {
    running('a', 'b!: a', 'c: b')
      .after(bad('a'))
      .when(bad('b'))
      .then(settled('b', 'failed'), skipped('c', 'b'), completed(0, 2, 1));
  });
});

describe('a crash that leaves a part of what was decided', () => {
  /** Plays the commands; before each, every prefix of its events is tried as what a crash has left. */
  const sweep = (texts: readonly string[], commands: readonly PlanCommand[]): number => {
    let { state } = approved(...texts);
    let tried = 0;
    for (const command of [{ type: 'StartPlan', by: 'ann' } as const, ...commands]) {
      const events = rules.decide(command, state);
      const whole = events.reduce(rules.evolve, state);
      for (let length = 1; length < events.length; length++) {
        const crashed = events.slice(0, length).reduce(rules.evolve, state);
        const repaired = ready(crashed).reduce(rules.evolve, crashed);
        const heardAgain = rules.decide(command, crashed).reduce(rules.evolve, crashed);
        // The command again, where it is one that is delivered at least once, repairs as well as a look at the state does.
        for (const after of command.type === 'RetryFailed' ? [heardAgain] : [repaired, heardAgain]) {
          expect(view(after)).toEqual(view(whole));
        }
        tried++;
      }
      state = whole;
    }
    expect(rules.decide({ type: 'Reconsider' }, state)).toEqual([]);
    return tried;
  };

  const view = (state: PlanState) => ({
    status: state.status,
    totals: state.progress.totals,
    steps: plannedSteps(state),
  });

  it('is repaired by looking again, and by hearing the same again', () => {
    const tried = [
      sweep([...diamond, 'e!: b a', 'f!: d'], [ok('a'), { type: 'CancelPlan', by: 'ann' }, ok('b'), ok('c'), ok('e')]),
      sweep(diamond, [ok('a'), bad('b'), ok('c'), retry('b'), ok('b', 2), ok('d', 2)]),
      sweep([...diamond, 'e: d', 'f!: e', 'g: f'], [bad('a'), retry('a'), ok('a', 2), bad('b', 2), bad('c', 2)]),
      sweep(
        ['v/1/export', 'v/1/create: v/1/export', 'v/1/collect!: v/1/export v/1/create', 'w: v/1/create'],
        [
          ok('v/1/export'),
          bad('v/1/create'),
          ok('v/1/collect'),
          retry('v/1/create'),
          ok('v/1/export', 2),
          ok('v/1/create', 2),
        ],
      ),
      sweep(['a', 'b', 'c', 'd: a b c'], [bad('a'), bad('b'), bad('c'), { type: 'RetryFailed', by: 'ann' }]),
      sweep(diamond, [pause, ok('a'), resume, bad('b'), pause, ok('c'), resume]),
      sweep(diamond, [skip('b'), ok('a'), ok('c')]),
      sweep([...diamond, 'e!: b'], [ok('a'), bad('b'), skip('b'), ok('e'), retry('b'), ok('c'), ok('b', 2)]),
      sweep([...diamond, 'e: d'], [pause, ok('a'), skip('b'), skip('c'), resume, retry('b'), skip('d'), ok('b', 2)]),
    ];
    expect(tried.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(25);
  });
});

describe('a large plan', () => {
  const play = (texts: readonly string[], outcomes: Iterable<PlanCommand>): PlanState => {
    let { state } = running(...texts);
    for (const command of outcomes) state = rules.decide(command, state).reduce(rules.evolve, state);
    return state;
  };

  it('may be a chain of 10,000 steps, and fail at its beginning', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => (at === 0 ? '0' : `${at}: ${at - 1}`));
    const failed = play(chain, [bad('0')]);
    expect(failed.progress.totals).toEqual({ succeeded: 0, failed: 1, skipped: 9_999 });
    const again = rules.decide(retry('0'), failed).reduce(rules.evolve, failed);
    expect(again.progress.totals).toEqual({ succeeded: 0, failed: 0, skipped: 0 });
  });

  it(
    'may have one step that waits for 100,000, and takes less than two seconds of computing',
    { timeout: 90_000 },
    () => {
      const steps = Array.from({ length: 100_000 }, (_, at) => `${at}`);
      const begun = approved(...steps, `end: ${steps.join(' ')}`);
      // The time of this thread alone: other tests run beside it.
      const before = process.threadCpuUsage();
      let { state } = begun.after({ type: 'StartPlan', by: 'ann' });
      for (const id of steps) state = rules.decide(ok(id), state).reduce(rules.evolve, state);
      expect(openSteps(state).map(({ step: { id } }) => id)).toEqual(['end']);
      const { user, system } = process.threadCpuUsage(before);
      expect((user + system) / 1000).toBeLessThan(2_000);
    },
  );
});
