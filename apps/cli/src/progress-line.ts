import type { BytesState, Snapshot, StepState } from './transfers.ts';

/** One line of JSON for programs: how a plan stands at this moment. Times are ISO 8601, rates bytes per second. */
export const progressLine = (planId: string, state: string, { items, all, ...plan }: Snapshot, at: Date): string =>
  `${JSON.stringify({
    at: at.toISOString(),
    plan_id: planId,
    state,
    settled: plan.settled,
    steps: plan.steps,
    running: items.length,
    transfers_to_come: plan.toCome,
    ...bytesJson(all),
    items: items.map(itemJson),
  })}\n`;

const bytesJson = ({ bytes, total, rate, secondsLeft }: BytesState) => ({
  bytes,
  total: total ?? null,
  rate: rate === undefined ? null : Math.round(rate),
  eta_seconds: secondsLeft === undefined ? null : Math.round(secondsLeft),
});

const itemJson = ({ step, state, what, since, until, flow }: StepState) => ({
  step_id: step.id,
  resource_type: step.ref.type,
  source_id: step.ref.id,
  name: step.name,
  step: step.step,
  state,
  waits_for: what ?? null,
  since: since?.toISOString() ?? null,
  until: until?.toISOString() ?? null,
  ...(flow === undefined ? {} : bytesJson(flow)),
});
