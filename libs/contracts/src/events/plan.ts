import { z } from 'zod';
import { defineEvent, type EventOf } from './define-event.ts';
import { FailureShape, FindingShape, JsonRecord, RefShape, RouteShape } from './shapes.ts';

/** One node of a plan's graph. */
export const PlanStepShape = z.object({
  /** Unique within the plan: `<type>/<source id>/<step>`. */
  id: z.string(),
  ref: RefShape,
  /** The resource's name at drafting, for people. */
  name: z.string().nullable(),
  /** Which of the resource's steps: `create`, `transfer`, `connect`, `remove` … */
  step: z.string(),
  /** Which workers run it: an OpenStack service's migrator or `data-transfer`. */
  service: z.string(),
  /** Steps that must have settled before. */
  needs: z.array(z.string()),
  /** Those of the needs that are only waited for: however they end, the step runs. */
  after: z.array(z.string()).optional(),
  /** Runs once its needs have settled, however they ended: what collects auxiliary resources. */
  always: z.boolean(),
  /** Which of its ways the step goes, and why; absent where there is only one. */
  strategy: z.object({ name: z.string(), reason: z.string() }).optional(),
});
export type PlanStep = z.infer<typeof PlanStepShape>;

export const IncludeShape = z.object({ needs: z.boolean(), members: z.boolean() });

/** What a person asked to have planned. */
export const PlanRequestShape = z.object({
  route: RouteShape,
  roots: z.array(RefShape),
  include: IncludeShape,
  /** `migrate` makes twins; `remove` deletes sources whose twins are known; `roll-back` deletes the twins of a plan. */
  intent: z.enum(['migrate', 'remove', 'roll-back']),
  /** Roll back: the plan whose twins are deleted again. No roots: all of them. */
  of: z.string().optional(),
  /** Whether sources are removed at the end of a migration. */
  cleanUp: z.enum(['never', 'after-migration']),
  policy: JsonRecord,
});
export type PlanRequest = z.infer<typeof PlanRequestShape>;

/** Plan: a process manager. Inputs are recorded in its own stream; its outputs are `StepDispatched` facts. */
export const planEvents = [
  defineEvent(
    'PlanRequested',
    2,
    'Somebody asked for a plan.',
    PlanRequestShape.extend({
      /** The log position whose inventory and mappings the draft stands on. */
      asOf: z.number(),
      by: z.string(),
      reason: z.string().optional(),
      /** Whether a second person has to agree before it starts; absent: it does not. */
      needsSecond: z.boolean().optional(),
    }),
  ),
  defineEvent(
    'PlanSurveyed',
    1,
    'Both clouds were asked what they can do, as far as a step of the plan has several ways to go.',
    z.object({
      /** By resource type: what its steps choose by. */
      facts: z.record(z.string(), JsonRecord),
    }),
  ),
  defineEvent(
    'PlanSectionDrafted',
    1,
    'A part of the graph, written before the draft is complete.',
    z.object({ index: z.number(), steps: z.array(PlanStepShape) }),
  ),
  defineEvent(
    'PlanDrafted',
    1,
    'The graph is complete and waits for approval.',
    z.object({
      sections: z.number(),
      steps: z.number(),
      resources: z.number(),
      /** SHA-256 of all steps: what an approval names. */
      digest: z.string(),
      findings: z.array(FindingShape),
    }),
  ),
  defineEvent(
    'PlanRejected',
    1,
    'No graph could be drafted; the findings say why.',
    z.object({ findings: z.array(FindingShape) }),
  ),
  defineEvent(
    'PlanApproved',
    1,
    'Somebody approved exactly this graph.',
    z.object({ digest: z.string(), by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent(
    'PlanSeconded',
    1,
    'Another person than the one who approved it agrees to exactly this graph.',
    z.object({ digest: z.string(), by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent('PlanStarted', 1, 'The plan runs.', z.object({ by: z.string(), reason: z.string().optional() })),
  defineEvent(
    'PlanPaused',
    1,
    'No further step is dispatched.',
    z.object({ by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent(
    'PlanResumed',
    1,
    'Steps are dispatched again.',
    z.object({ by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent(
    'PlanCancelling',
    1,
    'The plan will not be finished: what is under way is given up, and what was begun is collected.',
    z.object({ by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent(
    'PlanCancelled',
    1,
    'The plan is over, and nothing more happens for it.',
    z.object({ by: z.string(), reason: z.string().optional() }),
  ),
  defineEvent(
    'StepDispatched',
    1,
    'A step became ready and is to be run.',
    z.object({ stepId: z.string(), attempt: z.number(), service: z.string() }),
  ),
  defineEvent(
    'StepSettled',
    1,
    'The outcome of a step was heard.',
    z.object({
      stepId: z.string(),
      attempt: z.number(),
      outcome: z.enum(['succeeded', 'failed', 'skipped']),
      /** Skipped: the step that failed or was skipped and on which it stands; absent where the plan or a person did without it. */
      because: z.string().optional(),
      failure: FailureShape.optional(),
    }),
  ),
  defineEvent(
    'StepRetryRequested',
    1,
    'A person wants a failed step tried again, with what was skipped because of it.',
    z.object({ stepId: z.string(), by: z.string(), reason: z.string() }),
  ),
  defineEvent(
    'StepSkipRequested',
    1,
    'A person does without a step: one that failed counts as skipped, one that waits is skipped when its turn comes.',
    z.object({ stepId: z.string(), by: z.string(), reason: z.string() }),
  ),
  defineEvent(
    'PlanCompleted',
    1,
    'Every step has settled.',
    z.object({ succeeded: z.number(), failed: z.number(), skipped: z.number() }),
  ),
] as const;

export type PlanEvent = EventOf<(typeof planEvents)[number]>;
