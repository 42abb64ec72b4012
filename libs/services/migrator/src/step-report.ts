import type { RunStep } from '@osm/contracts';
import type { Handled } from '@osm/event-log';
import type { Ports, Waiting } from '@osm/platform';

/** What is told of one step while this process has it in hand. */
export interface StepReport {
  moved(bytes: number, total: number | undefined): void;
  waiting(what: string, until?: Date): void;
  /** What became of the delivery; undefined: a defect, of which the queue knows when it comes again. */
  ended(handled: Handled | undefined): void;
}

/** Tells telemetry of one step. A wait that is told of again and again has begun when it was first told of. */
export const stepReport = ({ telemetry, clock }: Ports, { planId, stepId }: RunStep): StepReport => {
  let wait: Waiting | undefined;
  return {
    moved: (bytes, total) => {
      wait = undefined;
      telemetry.moved({ planId, stepId, bytes, total });
    },
    waiting: (what, until) => {
      const since = wait?.what === what ? wait.since : clock.now();
      wait = { planId, stepId, what, since, until };
      telemetry.waiting(wait);
    },
    ended: (handled) => {
      const isComing = handled !== undefined && handled !== 'done';
      const again = isComing ? new Date(clock.now().getTime() + handled.again) : undefined;
      telemetry.ended({ planId, stepId, again });
    },
  };
};
