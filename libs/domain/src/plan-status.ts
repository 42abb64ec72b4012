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

/** A retry begins a plan again that has ended, one that was cancelled with its collecting alone; one that is paused stays so. */
const begunAgain: { readonly [status in PlanStatus]?: PlanStatus } = { completed: 'running', cancelled: 'cancelling' };

/** How a plan stands after an event of its stream, which its type alone tells: for whoever wants no more of it than that. */
export const planStatusAfter = (before: PlanStatus, type: string): PlanStatus => {
  if (type === 'StepRetryRequested') return begunAgain[before] ?? before;
  return after[type as PlanEvent['type']] ?? before;
};
