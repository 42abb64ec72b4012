import { planSubject, type RecordedEvent } from '@osm/contracts';
import type { DraftedPlan } from '@osm/engine';
import type { Subscription } from '@osm/event-log';
import { failureRecord } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { Logger } from '@nestjs/common';

/** Milliseconds before a plan is followed again that could not be followed. */
const pause = 1000;

/** A step of a plan in hand: its signal is aborted when the plan is cancelled. */
export interface Held {
  readonly signal: AbortSignal;
  /** The step is over. */
  release(): void;
}

/** Tells the steps in hand that their plan is cancelled, whichever process it was said to. */
export interface Cancels extends Subscription {
  /** A step of the plan is taken in hand. What collects is never held: it is what a cancelled plan still does. */
  hold(planId: string, plan: Pick<DraftedPlan, 'asOf' | 'isCancelled'>): Held;
}

/** A plan of which steps are in hand, or were a moment ago. */
interface Followed {
  readonly cancelled: AbortController;
  readonly stopping: AbortController;
  /** Ends with `stopping`. */
  following: Promise<void>;
  inHand: number;
  /** Nothing more is to come of it, as far as has been heard. */
  isOver: boolean;
}

const over = new Set(['PlanCompleted', 'PlanCancelled']);
const goesOn = new Set(['StepRetryRequested', 'StepDispatched']);
const cancels = new Set(['PlanCancelling', 'PlanCancelled']);

/**
 * Follows each plan of which this process has steps in hand. A transfer of hours has to end within a second or two of the
 * word; that its outcome counts no more is the business of the migration's own stream.
 */
export const obeyCancels = ({ log, clock }: Pick<Ports, 'log' | 'clock'>): Cancels => {
  const plans = new Map<string, Followed>();

  const hear = (followed: Followed, { type }: RecordedEvent): void => {
    if (cancels.has(type)) followed.cancelled.abort(new Error('the plan is cancelled'));
    if (over.has(type)) followed.isOver = true;
    if (goesOn.has(type)) followed.isOver = false;
  };

  const leaveIfOver = (planId: string, followed: Followed): void => {
    if (!followed.isOver || followed.inHand > 0) return;
    followed.stopping.abort();
    if (plans.get(planId) === followed) plans.delete(planId);
  };

  const follow = async (planId: string, followed: Followed, asOf: number): Promise<void> => {
    const { signal } = followed.stopping;
    let after = asOf;
    while (!signal.aborted) {
      try {
        for await (const batch of log.tail({ filter: planSubject(planId), after, signal })) {
          for (const recorded of batch) {
            hear(followed, recorded);
            after = recorded.position;
          }
          leaveIfOver(planId, followed);
        }
      } catch (error) {
        logger.warn(`whether plan ${planId} is cancelled is not heard: ${failureRecord(error).message}`);
      }
      await clock.sleep(pause, signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  };

  const followedOf = (planId: string, { asOf, isCancelled }: Pick<DraftedPlan, 'asOf' | 'isCancelled'>): Followed => {
    const known = plans.get(planId);
    if (known !== undefined) return known;
    const followed: Followed = {
      cancelled: new AbortController(),
      stopping: new AbortController(),
      following: Promise.resolve(),
      inHand: 0,
      isOver: false,
    };
    if (isCancelled) followed.cancelled.abort(new Error('the plan is cancelled'));
    plans.set(planId, followed);
    followed.following = follow(planId, followed, asOf);
    return followed;
  };

  return {
    hold: (planId, plan) => {
      const followed = followedOf(planId, plan);
      followed.inHand += 1;
      return {
        signal: followed.cancelled.signal,
        release: () => {
          followed.inHand -= 1;
          leaveIfOver(planId, followed);
        },
      };
    },
    stop: async () => {
      const all = [...plans.values()];
      plans.clear();
      for (const { stopping } of all) stopping.abort();
      await Promise.all(all.map(({ following }) => following));
    },
  };
};

const logger = new Logger('cancels');
