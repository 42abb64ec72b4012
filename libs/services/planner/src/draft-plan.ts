import { draft, sections, typesWithStrategies } from '@osm/planning';
import type { RequestedPlan } from '@osm/domain';
import { Failure, failureRecord, isFailure, type JsonObject } from '@osm/kernel';
import { PolicySchema, type Policy, type Resource } from '@osm/resource';
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
  const facts = await survey(ports, book, planId, request, typesWithStrategies(draft(request, world).steps, world));
  const { steps, findings, resources, digest } = draft(request, { ...world, facts: (type) => facts[type] });
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

type Facts = { readonly [type: string]: JsonObject };

/** What the clouds can do, asked once for a plan: a draft that starts again goes by the same answers. */
const survey = async (
  ports: Ports,
  book: PlanBook,
  planId: string,
  { route, policy }: RequestedPlan,
  types: readonly Resource[],
): Promise<Facts> => {
  const known = (await book.load(planId)).state.facts;
  if (known !== undefined || types.length === 0) return known ?? {};
  const clouds = [await ports.openCloud(route.source), await ports.openCloud(route.destination)] as const;
  const signal = AbortSignal.timeout(60_000);
  const checked = policyOf({ policy });
  const asked = types.map(async (handler) => {
    const facts: JsonObject[] = [];
    for (const { strategies } of handler.ownSteps) {
      if (strategies !== undefined) facts.push(await strategies.probe(...clouds, checked, signal));
    }
    return [handler.type, Object.assign({}, ...facts) as JsonObject] as const;
  });
  const facts: Facts = Object.fromEntries(await Promise.all(asked));
  await book.decide(planId, { type: 'SurveyClouds', facts });
  return facts;
};

const policyOf = ({ policy }: Pick<RequestedPlan, 'policy'>): Policy => {
  const checked = PolicySchema.safeParse(policy);
  if (checked.success) return checked.data;
  const where = checked.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  throw new Failure('bad-policy', `cannot draft the plan: ${where}`, {
    remedy: 'docs/reference/config.md tells what each key of the policy takes.',
  });
};
