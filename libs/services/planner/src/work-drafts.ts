import { DraftPlanShape, plannerQueue } from '@osm/contracts';
import { shortLease, type Subscription } from '@osm/event-log';
import type { Ports } from '@osm/platform';
import { draftPlan } from './draft-plan.ts';
import type { PlanBook } from './plan-book.ts';

/** How often a draft that met a defect starts again before the plan is rejected with it. */
const patience = 3;

/** Drafts the plans that were requested. */
export const workDrafts = (ports: Ports, book: PlanBook): Promise<Subscription> =>
  ports.queue.work({
    queue: plannerQueue,
    slots: 1,
    leaseMs: shortLease,
    handler: async ({ command, deliveries }) => {
      await draftPlan(ports, book, DraftPlanShape.parse(command).planId, deliveries < patience);
      return 'done';
    },
  });
