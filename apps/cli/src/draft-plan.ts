import { decodeEvent, planSubject, type Finding, type PlanRequest, type PlanStep } from '@osm/contracts';
import type { Session } from './session.ts';
import { waitFor } from './wait-for.ts';

/** What became of a request for a plan. */
export type Drafting =
  | { readonly kind: 'drafted'; readonly planId: string; readonly plan: DraftedPlan }
  | { readonly kind: 'rejected'; readonly planId: string; readonly findings: readonly Finding[] }
  /** An unfinished plan of the very same request goes on instead. */
  | { readonly kind: 'resumed'; readonly planId: string };

export interface DraftedPlan {
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  readonly resources: number;
  readonly digest: string;
}

/** Has a plan drafted and waits for it. */
export const draftPlan = async (session: Session, request: PlanRequest): Promise<Drafting> => {
  const { planId, resumed } = await session.asker.ask('planner.draft', { request, by: session.settings.actor });
  return resumed ? { kind: 'resumed', planId } : draftOf(session, planId);
};

/** The draft of a plan that was requested, as soon as it is there. */
export const draftOf = (session: Session, planId: string): Promise<Drafting> => {
  const steps = new Map<string, PlanStep>();
  return waitFor(session, planSubject(planId), (recorded): Drafting | undefined => {
    const event = decodeEvent(recorded);
    if (event.type === 'PlanSectionDrafted') event.data.steps.forEach((step) => addStep(steps, step));
    if (event.type === 'PlanRejected') return { kind: 'rejected', planId, findings: event.data.findings };
    if (event.type !== 'PlanDrafted') return undefined;
    const { digest, findings, resources } = event.data;
    return { kind: 'drafted', planId, plan: { steps: [...steps.values()], findings, resources, digest } };
  });
};

/** A step that waits for very much stands in several sections, each with a part of its needs. */
export const addStep = (steps: Map<string, PlanStep>, step: PlanStep): void => {
  const known = steps.get(step.id);
  steps.set(step.id, known === undefined ? step : { ...known, needs: [...known.needs, ...step.needs] });
};
