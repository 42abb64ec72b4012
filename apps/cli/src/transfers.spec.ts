import type { PlanEvent, PlanStep } from '@osm/contracts';
import { describe, expect, it } from 'vitest';
import { PlanView } from './plan-view.ts';
import { block } from './progress-block.ts';
import { progressLine } from './progress-line.ts';
import { Transfers } from './transfers.ts';

const mebi = 1024 * 1024;
const planId = 'plan-1';

const transfer = (id: string): PlanStep => ({
  id: `image/${id}/transfer`,
  ref: { type: 'image', id },
  name: `my ${id}`,
  step: 'transfer',
  service: 'data-transfer',
  needs: [],
  always: false,
});
const stepIdOf = (id: string): string => transfer(id).id;

/** A plan of four transfers at a moment that the test chooses. */
const watching = () => {
  const time = { now: new Date(2026, 10, 23, 14, 0, 0).getTime() };
  const view = new PlanView();
  const transfers = new Transfers(planId, () => time.now);
  const at = (): string => new Date(time.now).toISOString();
  const plan = (event: PlanEvent): void => void view.hearPlan(event, at());
  plan({ type: 'PlanSectionDrafted', data: { index: 0, steps: ['a', 'b', 'c', 'd'].map(transfer) } });
  const dispatch = (id: string, attempt = 1): void =>
    plan({ type: 'StepDispatched', data: { stepId: stepIdOf(id), attempt, service: 'data-transfer' } });
  const begin = (id: string, attempt = 1): void =>
    void view.hearMigration(
      { type: 'image', id },
      {
        type: 'StepStarted',
        data: { planId, stepId: stepIdOf(id), step: 'transfer', attempt, delivery: 1, worker: 'w' },
      },
      at(),
    );
  const settle = (id: string): void =>
    plan({ type: 'StepSettled', data: { stepId: stepIdOf(id), attempt: 1, outcome: 'succeeded' } });
  const move = (id: string, bytes: number, total: number | undefined): void =>
    transfers.moved({ planId, stepId: stepIdOf(id), bytes, total });
  /** Moves at a steady rate for some seconds, told of twice a second. */
  const moveFor = (id: string, seconds: number, rate: number, total: number): void => {
    for (let tick = 0; tick <= seconds * 2; tick++) {
      move(id, (tick / 2) * rate, total);
      time.now += 500;
    }
    time.now -= 500;
  };
  const shown = (): readonly string[] => block(view, transfers.snapshot(view), 65_000);
  return { time, view, transfers, dispatch, begin, settle, move, moveFor, shown };
};

describe('the progress of transfers', () => {
  it('defect 36: is shown live with bytes, rate and time left, of each and together', () => {
    const { dispatch, begin, moveFor, shown } = watching();
    for (const id of ['a', 'b', 'c', 'd']) dispatch(id);
    for (const id of ['a', 'b', 'c', 'd']) begin(id);
    moveFor('a', 20, 3 * mebi, 120 * mebi);
    expect(shown()).toEqual([
      '0 of 4 steps, 4 running, 1 min 5 s',
      '  transfer image my a (a) [█████░░░░░] 60.0 MiB of 120.0 MiB, 50 %, 3.0 MiB/s, 20.0 s left',
      '  transfer image my b (b), since 14:00:00',
      '  transfer image my c (c), since 14:00:00',
      '  transfer image my d (d), since 14:00:00',
      '  together [█████░░░░░] 60.0 MiB of 120.0 MiB, 50 %, 3.0 MiB/s, about 2 min 20 s left, 3 transfers to come',
    ]);
  });

  it('nothing waits silently: what for, since when, until when', () => {
    const { time, transfers, dispatch, begin, shown } = watching();
    dispatch('a');
    dispatch('b');
    begin('b');
    const since = new Date(time.now);
    const until = new Date(time.now + 90_000);
    transfers.waiting({ planId, stepId: stepIdOf('b'), what: 'the image to be active', since, until });
    expect(shown()).toEqual([
      '0 of 4 steps, 2 running, 1 min 5 s',
      '  transfer image my b (b) waits for the image to be active, since 14:00:00, until 14:01:30 at most',
      '  transfer image my a (a) waits for a free worker, since 14:00:00',
    ]);
  });

  it('a wait is over when bytes move', () => {
    const { time, transfers, dispatch, move, shown } = watching();
    dispatch('a');
    const since = new Date(time.now);
    transfers.waiting({ planId, stepId: stepIdOf('a'), what: 'a place', since, until: undefined });
    move('a', mebi, 2 * mebi);
    expect(shown()[1]).toBe('  transfer image my a (a) [█████░░░░░] 1.0 MiB of 2.0 MiB, 50 %');
  });

  it('a step that is to be tried again says when, and no longer once that time has come', () => {
    const { time, transfers, dispatch, begin, shown } = watching();
    dispatch('a');
    begin('a');
    transfers.ended({ planId, stepId: stepIdOf('a'), again: new Date(time.now + 60_000) });
    expect(shown()[1]).toBe('  transfer image my a (a) waits for its next try, since 14:00:00, until 14:01:00 at most');
    time.now += 61_000;
    expect(shown()[1]).toBe('  transfer image my a (a), since 14:00:00');
  });

  it('a step that is dispatched once more waits for a worker again', () => {
    const { dispatch, begin, shown } = watching();
    dispatch('a');
    begin('a');
    dispatch('a', 2);
    expect(shown()[1]).toContain('waits for a free worker');
  });

  it('may be heard to have started before it is heard to be dispatched', () => {
    const { dispatch, begin, shown } = watching();
    begin('a');
    dispatch('a');
    expect(shown()[1]).toBe('  transfer image my a (a), since 14:00:00');
  });

  it('what is done counts in the sum, and what is of another plan does not', () => {
    const { transfers, dispatch, settle, moveFor, view } = watching();
    dispatch('a');
    moveFor('a', 10, mebi, 10 * mebi);
    settle('a');
    dispatch('b');
    moveFor('b', 10, mebi, 20 * mebi);
    transfers.moved({ planId: 'another', stepId: stepIdOf('c'), bytes: 5, total: 5 });
    const { all, toCome } = transfers.snapshot(view);
    expect(all).toMatchObject({ bytes: 20 * mebi, total: 30 * mebi });
    expect(toCome).toBe(2);
    expect(all.rate).toBeCloseTo(mebi, -3);
    // Ten of b, and fifteen, the mean, for each of the two to come.
    expect(all.secondsLeft).toBeCloseTo(40, 0);
  });

  it('tells the end within 20 % from a tenth of it on', () => {
    const { dispatch, moveFor, move, time, transfers, view } = watching();
    dispatch('a');
    moveFor('a', 10, 2 * mebi, 200 * mebi);
    for (let seconds = 10; seconds < 99; seconds++) {
      move('a', seconds * 2 * mebi, 200 * mebi);
      const left = transfers.snapshot(view).items[0]?.flow?.secondsLeft ?? Infinity;
      expect(Math.abs(left - (100 - seconds)) / (100 - seconds)).toBeLessThanOrEqual(0.2);
      time.now += 1000;
    }
  });

  it('is one line of JSON for programs', () => {
    const { time, dispatch, begin, moveFor, transfers, view } = watching();
    dispatch('a');
    dispatch('b');
    begin('a');
    moveFor('a', 20, 3 * mebi, 120 * mebi);
    const line = progressLine(planId, view.state, transfers.snapshot(view), new Date(time.now));
    expect(line.endsWith('}\n')).toBe(true);
    const told: unknown = JSON.parse(line);
    expect(told).toMatchObject({
      plan_id: planId,
      state: 'running',
      settled: 0,
      steps: 4,
      running: 2,
      bytes: 60 * mebi,
      total: 120 * mebi,
      rate: 3 * mebi,
      transfers_to_come: 3,
      items: [
        { step_id: stepIdOf('a'), state: 'moving', bytes: 60 * mebi, rate: 3 * mebi, eta_seconds: 20, waits_for: null },
        { step_id: stepIdOf('b'), state: 'queued', waits_for: 'a free worker', until: null },
      ],
    });
  });
});
