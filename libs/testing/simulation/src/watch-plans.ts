import { decodeEvent, parseSubject, type PlanStep, type RecordedEvent } from '@osm/contracts';
import type { Outcomes } from './watch-migrations.ts';

type Outcome = 'succeeded' | 'failed' | 'skipped';

interface WatchedPlan {
  readonly steps: Map<string, PlanStep>;
  /** By step: the attempt that was handed out last. */
  readonly dispatched: Map<string, number>;
  /** By step: what it came to last; absent while it is open. */
  readonly settled: Map<string, Outcome>;
  status: string;
}

/** Looks at every event of a plan in the moment that it is written, by rules of its own and not by the planner's. */
export const watchPlans = (outcomes: Outcomes, violate: (what: string) => void) => {
  const plans = new Map<string, WatchedPlan>();
  const planOf = (planId: string): WatchedPlan => {
    const plan = plans.get(planId) ?? { steps: new Map(), dispatched: new Map(), settled: new Map(), status: '' };
    plans.set(planId, plan);
    return plan;
  };

  const dispatch = (planId: string, plan: WatchedPlan, stepId: string, attempt: number): void => {
    const step = plan.steps.get(stepId);
    const name = `${planId} ${stepId} attempt ${attempt}`;
    if (step === undefined) return violate(`${name} is dispatched and is no step of the plan`);
    if (
      plan.status !== 'PlanStarted' &&
      plan.status !== 'PlanResumed' &&
      !(plan.status === 'PlanCancelling' && step.always)
    ) {
      violate(`${name} is dispatched after ${plan.status}`);
    }
    if ((plan.dispatched.get(stepId) ?? 0) >= attempt) violate(`${name} is dispatched a second time`);
    for (const need of step.needs) {
      const outcome = plan.settled.get(need);
      if (outcome === undefined) violate(`${name} is dispatched before ${need} has settled`);
      const isOnlyAwaited = step.always || step.after?.includes(need) === true;
      if (outcome !== 'succeeded' && outcome !== undefined && !isOnlyAwaited)
        violate(`${name} is dispatched though ${need} was ${outcome}`);
    }
    plan.dispatched.set(stepId, attempt);
    plan.settled.delete(stepId);
  };

  const settle = (planId: string, plan: WatchedPlan, stepId: string, attempt: number, outcome: Outcome): void => {
    const name = `${planId} ${stepId} attempt ${attempt}`;
    const known = outcomes.of(planId, stepId, attempt);
    const expected =
      known === 'StepSucceeded' || known === 'StepUnneeded' ? 'succeeded' : known === undefined ? undefined : 'failed';
    if (outcome !== 'skipped' && expected !== outcome)
      violate(`${name} is settled as ${outcome}, and its own stream says ${String(known)}`);
    if (outcome !== 'skipped' && plan.dispatched.get(stepId) !== attempt)
      violate(`${name} is settled and is not the attempt in hand`);
    if (plan.settled.has(stepId) && outcome !== 'skipped') violate(`${name} is settled a second time`);
    plan.settled.set(stepId, outcome);
  };

  const complete = (planId: string, plan: WatchedPlan, totals: { readonly [outcome in Outcome]: number }): void => {
    const counted = { succeeded: 0, failed: 0, skipped: 0 };
    for (const stepId of plan.steps.keys()) {
      const outcome = plan.settled.get(stepId);
      if (outcome === undefined) violate(`${planId} is completed and ${stepId} has not settled`);
      else counted[outcome] += 1;
    }
    if (
      JSON.stringify(counted) !==
      JSON.stringify({ succeeded: totals.succeeded, failed: totals.failed, skipped: totals.skipped })
    ) {
      violate(`${planId} is completed with ${JSON.stringify(totals)}, and it is ${JSON.stringify(counted)}`);
    }
  };

  return {
    /** Whether an attempt was handed out, and its plan not cancelled since. */
    mayStart: (planId: string, stepId: string, attempt: number): string | undefined => {
      const plan = planOf(planId);
      if ((plan.dispatched.get(stepId) ?? 0) < attempt) return 'before it is dispatched';
      return plan.status === 'PlanCancelled' ? 'after its plan was cancelled' : undefined;
    },
    hear: (recorded: RecordedEvent): void => {
      const subject = parseSubject(recorded.subject);
      if (subject.aggregate !== 'plan') return;
      const { planId } = subject;
      const plan = planOf(planId);
      const event = decodeEvent(recorded);
      switch (event.type) {
        case 'PlanSectionDrafted':
          for (const step of event.data.steps) {
            const before = plan.steps.get(step.id);
            plan.steps.set(step.id, before === undefined ? step : { ...step, needs: [...before.needs, ...step.needs] });
          }
          return;
        case 'StepDispatched':
          return dispatch(planId, plan, event.data.stepId, event.data.attempt);
        case 'StepSettled':
          return settle(planId, plan, event.data.stepId, event.data.attempt, event.data.outcome);
        case 'StepSkipRequested':
          if (plan.settled.get(event.data.stepId) === 'failed') plan.settled.set(event.data.stepId, 'skipped');
          return;
        case 'StepRetryRequested':
          if (plan.status === 'PlanCompleted') plan.status = 'PlanStarted';
          if (plan.status === 'PlanCancelled') plan.status = 'PlanCancelling';
          return;
        case 'PlanCompleted':
          complete(planId, plan, event.data);
          plan.status = event.type;
          return;
        case 'PlanStarted':
        case 'PlanPaused':
        case 'PlanResumed':
        case 'PlanCancelling':
        case 'PlanCancelled':
          plan.status = event.type;
          return;
        default:
          return;
      }
    },
  };
};
