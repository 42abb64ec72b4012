import { planSubject, type DomainEvent } from '@osm/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failure, openWorld, planned, startedPlan, type World } from './registry.fixture.ts';
import type { Registry } from './registry.ts';

const dispatched = (stepId: string, attempt = 1): DomainEvent => ({
  type: 'StepDispatched',
  data: { stepId, attempt, service: 'network' },
});
const settled = (stepId: string, outcome: 'succeeded' | 'failed', attempt = 1): DomainEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt, outcome, ...(outcome === 'failed' ? { failure: failure('no') } : {}) },
});
const skipped = (stepId: string, because: string): DomainEvent => ({
  type: 'StepSettled',
  data: { stepId, attempt: 1, outcome: 'skipped', because },
});
const retried = (stepId: string): DomainEvent => ({
  type: 'StepRetryRequested',
  data: { stepId, by: 'ann', reason: 'there is room now' },
});

const [a, b, c] = ['network/a/create', 'network/b/create', 'network/c/create'] as const;
const steps = [planned(a), planned(b, a), planned(c, b)];

describe('a plan', () => {
  let world: World;
  let registry: Registry;

  beforeEach(async () => {
    world = await openWorld();
    registry = await world.open();
  });
  afterEach(() => world.end());

  const after = async (...events: readonly DomainEvent[]) => {
    const position = await world.plan('p1', ...events);
    return registry.ask((queries) => queries.plan('p1'), position);
  };

  it('is told with all that its draft says', async () => {
    const { plan } = await after(...startedPlan(steps));
    expect(plan).toEqual({
      plan_id: 'p1',
      source_cloud: 'old',
      destination_cloud: 'new',
      intent: 'migrate',
      status: 'running',
      digest: 'd1',
      steps: 3,
      resources: 1,
      succeeded: 0,
      failed: 0,
      skipped: 0,
      findings: [{ code: 'quota', severity: 'warning', message: 'little room', remedy: 'Ask for more.' }],
      requested_by: 'ann',
      approved_by: 'ann',
      needs_second: false,
      clean_up: 'never',
      seconded_by: null,
      created_at: expect.stringMatching(/Z$/),
      updated_at: expect.stringMatching(/Z$/),
    });
  });

  it('has its steps in the order of the draft, each with the needs of all sections', async () => {
    const { steps: told } = await after(...startedPlan([planned(a), planned(b)], [planned(c, a), planned(c, b)]));
    expect(told.map(({ step_id, needs, status }) => ({ step_id, needs, status }))).toEqual([
      { step_id: a, needs: [], status: 'waiting' },
      { step_id: b, needs: [], status: 'waiting' },
      { step_id: c, needs: [a, b], status: 'waiting' },
    ]);
  });

  it.each<[DomainEvent, string]>([
    [{ type: 'PlanPaused', data: { by: 'ann' } }, 'paused'],
    [{ type: 'PlanResumed', data: { by: 'ann' } }, 'running'],
    [{ type: 'PlanCancelled', data: { by: 'ann' } }, 'cancelled'],
    [{ type: 'PlanRejected', data: { findings: [] } }, 'rejected'],
    [{ type: 'PlanCompleted', data: { succeeded: 1, failed: 0, skipped: 0 } }, 'completed'],
  ])('after $type has the status %s', async (event, status) => {
    expect((await after(...startedPlan(steps), event)).plan.status).toBe(status);
  });

  it('counts what its steps came to, and tells why', async () => {
    const { plan, steps: told } = await after(
      ...startedPlan(steps),
      dispatched(a),
      settled(a, 'succeeded'),
      dispatched(b),
      settled(b, 'failed'),
      skipped(c, b),
    );
    expect(plan).toMatchObject({ succeeded: 1, failed: 1, skipped: 1 });
    expect(told).toMatchObject([
      { status: 'succeeded', attempt: 1, failure: null },
      { status: 'failed', failure: failure('no') },
      { status: 'skipped', because: b },
    ]);
  });

  it('opens a failed step and what was skipped because of it when that is retried, and nothing else', async () => {
    const d = 'network/d/create';
    const { plan, steps: told } = await after(
      ...startedPlan([...steps, planned(d)]),
      settled(a, 'failed'),
      skipped(b, a),
      skipped(c, a),
      settled(d, 'failed'),
      { type: 'PlanCompleted', data: { succeeded: 0, failed: 2, skipped: 2 } },
      retried(a),
    );
    expect(plan).toMatchObject({ status: 'running', succeeded: 0, failed: 1, skipped: 0 });
    expect(told.map(({ status, attempt }) => [status, attempt])).toEqual([
      ['waiting', 2],
      ['waiting', 2],
      ['waiting', 2],
      ['failed', 1],
    ]);
  });

  it('tells who does without a step and why, and still why it had failed', async () => {
    const by = { by: 'ann', reason: 'done by hand' };
    const { plan, steps: told } = await after(
      ...startedPlan(steps),
      settled(a, 'failed'),
      skipped(b, a),
      { type: 'StepSkipRequested', data: { stepId: a, ...by } },
      { type: 'StepSkipRequested', data: { stepId: c, ...by } },
    );
    expect(plan).toMatchObject({ succeeded: 0, failed: 0, skipped: 2 });
    expect(told).toMatchObject([
      { status: 'skipped', failure: failure('no'), skipped_by: 'ann', skip_reason: 'done by hand' },
      { status: 'skipped', because: a, skipped_by: null, skip_reason: null },
      { status: 'waiting', skipped_by: 'ann', skip_reason: 'done by hand' },
    ]);
    const again = await after(retried(a), retried(c));
    expect(again.plan).toMatchObject({ failed: 0, skipped: 0 });
    expect(again.steps.map(({ status, attempt, skipped_by }) => [status, attempt, skipped_by])).toEqual([
      ['waiting', 2, null],
      ['waiting', 2, null],
      ['waiting', 1, null],
    ]);
  });

  it('tells since when each step is as it is', async () => {
    const { steps: told } = await after(...startedPlan(steps), dispatched(a));
    const begun = await world.events.log.load(planSubject('p1'));
    const at = (type: string) => begun.find((event) => event.type === type)?.at;
    expect(told.map(({ since }) => since)).toEqual([
      at('StepDispatched'),
      at('PlanSectionDrafted'),
      at('PlanSectionDrafted'),
    ]);
  });

  it('tells who has approved it, and whether a second person has agreed', async () => {
    const [requested, ...rest] = startedPlan(steps).slice(0, 4);
    if (requested?.type !== 'PlanRequested') throw new Error('a plan begins with its request');
    const needing: DomainEvent = { type: 'PlanRequested', data: { ...requested.data, needsSecond: true } };
    const waiting = await after(needing, ...rest);
    expect(waiting.plan).toMatchObject({ approved_by: 'ann', needs_second: true, seconded_by: null });
    const { plan } = await after({ type: 'PlanSeconded', data: { digest: 'd1', by: 'bob' } });
    expect(plan).toMatchObject({ status: 'approved', needs_second: true, seconded_by: 'bob' });
  });

  it('counts a step once however often it runs', async () => {
    const { plan } = await after(
      ...startedPlan(steps),
      settled(a, 'succeeded'),
      dispatched(a, 2),
      settled(a, 'succeeded', 2),
    );
    expect(plan).toMatchObject({ succeeded: 1, failed: 0 });
  });

  it('comes before older ones', async () => {
    await world.plan('p1', ...startedPlan(steps));
    const position = await world.plan('p2', ...startedPlan(steps));
    const plans = await registry.ask((queries) => queries.plans(), position);
    expect(plans.map(({ plan_id }) => plan_id)).toEqual(['p2', 'p1']);
  });

  it('that there is not, is refused by its id', async () => {
    await expect(registry.ask((queries) => queries.plan('p9'))).rejects.toMatchObject({ code: 'no-such-plan' });
  });
});
