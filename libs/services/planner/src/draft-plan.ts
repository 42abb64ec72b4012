import type { PlanStep } from '@osm/contracts';
import { draft } from '@osm/planning';
import { PolicySchema } from '@osm/resource';
import type { Ports } from '@osm/platform';
import { foldWorld } from './fold-world.ts';
import type { PlanBook } from './plan-book.ts';

/** Steps in one event: well below what a message of the log may hold. */
const sectionSize = 200;

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
  const sections = inSections(steps);
  for (const [index, section] of sections.entries()) {
    await book.decide(planId, { type: 'DraftSection', index, steps: section });
  }
  await book.decide(planId, { type: 'FinishDraft', sections: sections.length, resources, digest, findings });
};

const inSections = (steps: readonly PlanStep[]): readonly (readonly PlanStep[])[] =>
  Array.from({ length: Math.ceil(steps.length / sectionSize) }, (_, index) =>
    steps.slice(index * sectionSize, (index + 1) * sectionSize),
  );
