import { z } from 'zod';

/** Work for a migrator or for data-transfer: run one step. The command carries no authority; the plan's stream does. */
export const RunStepShape = z.object({
  planId: z.string(),
  stepId: z.string(),
  attempt: z.number(),
});
export type RunStep = z.infer<typeof RunStepShape>;

/** Work for discovery: run a requested scan. */
export const RunScanShape = z.object({ scanId: z.string() });
export type RunScan = z.infer<typeof RunScanShape>;

/** Work for the planner: draft a requested plan. */
export const DraftPlanShape = z.object({ planId: z.string() });
export type DraftPlan = z.infer<typeof DraftPlanShape>;

/** The queues of work, beside one per OpenStack service. */
export const discoveryQueue = 'discovery';
export const plannerQueue = 'planner';
