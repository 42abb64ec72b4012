import { draft, sections } from '@osm/planning';
import { PolicySchema } from '@osm/resource';
import type { Ports } from '@osm/platform';
import { foldWorld } from './fold-world.ts';
import type { PlanBook } from './plan-book.ts';

/** Drafts a requested plan from what the log knows. Started again after a crash it drafts the same sections again. */
export const draftPlan = async (ports: Ports, book: PlanBook, planId: string): Promise<void> => {
  const { request, status } = (await book.load(planId)).state;
  if (request === undefined || status !== 'requested') return;
  const policy = PolicySchema.parse(request.policy);
  const world = await foldWorld(ports.log, ports.handlers, request.route, policy);
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
