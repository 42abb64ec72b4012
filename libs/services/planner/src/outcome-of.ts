import type { DomainEvent } from '@osm/contracts';
import type { PlanCommand } from '@osm/domain';

type HearOutcome = Extract<PlanCommand, { type: 'HearOutcome' }>;
type Heard = HearOutcome | Extract<PlanCommand, { type: 'HearAbandonment' }>;

/** What an event of a migration tells its plan: the outcome of a step, or nothing. */
export const outcomeOf = (event: DomainEvent): { readonly planId: string; readonly command: Heard } | undefined => {
  switch (event.type) {
    case 'StepSucceeded':
    case 'StepUnneeded':
      return { planId: event.data.planId, command: heard(event.data, 'succeeded') };
    case 'StepFailed': {
      const { failure } = event.data;
      return { planId: event.data.planId, command: { ...heard(event.data, 'failed'), failure } };
    }
    case 'StepAbandoned': {
      const { planId, stepId, attempt, by } = event.data;
      return { planId, command: { type: 'HearAbandonment', stepId, attempt, by } };
    }
    default:
      return undefined;
  }
};

const heard = (
  { stepId, attempt }: { readonly stepId: string; readonly attempt: number },
  outcome: HearOutcome['outcome'],
): HearOutcome => ({ type: 'HearOutcome', stepId, attempt, outcome });
