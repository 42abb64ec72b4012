import type { PlanEvent } from '@osm/contracts';

export type PlanStatus =
  | 'unknown'
  | 'requested'
  | 'drafted'
  | 'rejected'
  | 'approved'
  | 'running'
  | 'paused'
  | 'completed'
  | 'cancelling'
  | 'cancelled';

const after: { readonly [type in PlanEvent['type']]?: PlanStatus } = {
  PlanRequested: 'requested',
  PlanDrafted: 'drafted',
  PlanRejected: 'rejected',
  PlanApproved: 'approved',
  PlanStarted: 'running',
  PlanResumed: 'running',
  PlanPaused: 'paused',
  PlanCancelling: 'cancelling',
  PlanCancelled: 'cancelled',
  PlanCompleted: 'completed',
};

/** How a plan stands after an event of its stream, which its type alone tells: for whoever wants no more of it than that. */
export const planStatusAfter = (before: PlanStatus, type: string): PlanStatus => {
  // A retry begins a completed plan again; one that is paused stays so.
  if (type === 'StepRetryRequested') return before === 'completed' ? 'running' : before;
  return after[type as PlanEvent['type']] ?? before;
};
