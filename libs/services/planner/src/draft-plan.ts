import { draft, sections } from '@osm/planning';
import type { RequestedPlan } from '@osm/domain';
import { Failure, failureRecord, isFailure } from '@osm/kernel';
import { PolicySchema, type Policy } from '@osm/resource';
import type { Ports } from '@osm/platform';
import { foldWorld } from './fold-world.ts';
import type { PlanBook } from './plan-book.ts';

/**
 * Drafts a requested plan from what the log knew when it was requested. Started again after a crash it drafts the same
 * sections again. What cannot be drafted is rejected with the reason; what may pass is raised, and a defect as long as it
 * may be tried again.
 */
export const draftPlan = async (ports: Ports, book: PlanBook, planId: string, mayTryAgain: boolean): Promise<void> => {
  const { request, status } = (await book.load(planId)).state;
  if (request === undefined || status !== 'requested') return;
  try {
    await draftRequested(ports, book, planId, request);
  } catch (error) {
    const passing = isFailure(error) ? error.disposition !== 'stop' : mayTryAgain;
    if (passing) throw error;
    // Cancelled meanwhile: nobody waits for the draft.
    if ((await book.load(planId)).state.status !== 'requested') return;
    const { code, message, remedy } = failureRecord(error);
    await book.decide(planId, { type: 'RejectDraft', findings: [{ code, severity: 'error', message, remedy }] });
  }
};

const draftRequested = async (ports: Ports, book: PlanBook, planId: string, request: RequestedPlan): Promise<void> => {
  const policy = policyOf(request);
  const world = await foldWorld(ports.log, ports.handlers, request, policy);
  const { steps, findings, resources, digest } = draft(request, world);
  if (findings.some(({ severity }) => severity === 'error')) {
    await book.decide(planId, { type: 'RejectDraft', findings });
    return;
  }
  const parts = sections(steps);
  for (const [index, part] of parts.entries()) {
    await book.decide(planId, { type: 'DraftSection', index, steps: part });
  }
  await book.decide(planId, { type: 'FinishDraft', sections: parts.length, resources, digest, findings });
};

const policyOf = ({ policy }: RequestedPlan): Policy => {
  const checked = PolicySchema.safeParse(policy);
  if (checked.success) return checked.data;
  const where = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Failure('bad-policy', `cannot draft the plan: ${where}`, {
    remedy: 'docs/reference/config.md tells what each key of the policy takes.',
  });
};
