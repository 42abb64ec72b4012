import type { PlanStep } from '@osm/contracts';
import { Failure } from '@osm/kernel';

/** A drafted plan's steps by number; made once, when the draft is complete, and shared by all later states. */
export interface PlanGraph {
  readonly steps: readonly PlanStep[];
  readonly numbers: ReadonlyMap<string, number>;
  /** By step: the steps that it waits for. */
  readonly needs: readonly (readonly number[])[];
  /** By step: those of them that are only waited for, however they end. */
  readonly after: ReadonlyMap<number, ReadonlySet<number>>;
  /** By step: the steps that wait for it. */
  readonly dependents: readonly (readonly number[])[];
}

export const emptyGraph: PlanGraph = { steps: [], numbers: new Map(), needs: [], after: new Map(), dependents: [] };

/**
 * The steps of all sections. One event has room for some thousand needs only, so a step that waits for more stands in
 * several sections, each with a part of its needs.
 */
export const mergedSteps = (sections: readonly (readonly PlanStep[])[]): readonly PlanStep[] => {
  const merged = new Map<string, { readonly step: PlanStep; readonly needs: string[] }>();
  for (const step of sections.flat()) {
    const known = merged.get(step.id);
    if (known === undefined) merged.set(step.id, { step, needs: [...step.needs] });
    else for (const need of step.needs) known.needs.push(need);
  }
  return [...merged.values()].map(({ step, needs }) => ({ ...step, needs }));
};

/** The graph of these steps. A need that is no step is left out here: `checkedSteps` refuses it before it is recorded. */
export const planGraph = (steps: readonly PlanStep[]): PlanGraph => {
  const numbers = new Map(steps.map((step, number) => [step.id, number]));
  const needs = steps.map((step) => [...new Set(step.needs)].flatMap((id) => numbers.get(id) ?? []));
  const after = new Map<number, ReadonlySet<number>>();
  for (const [number, step] of steps.entries()) {
    if (step.after !== undefined) after.set(number, new Set(step.after.flatMap((id) => numbers.get(id) ?? [])));
  }
  const dependents: number[][] = steps.map(() => []);
  needs.forEach((all, number) => all.forEach((need) => dependents[need]?.push(number)));
  return { steps, numbers, needs, after, dependents };
};

/** The merged steps, or a failure where one waits for a step that is not part of the plan: it would wait for ever. */
export const checkedSteps = (sections: readonly (readonly PlanStep[])[]): readonly PlanStep[] => {
  const steps = mergedSteps(sections);
  const ids = new Set(steps.map(({ id }) => id));
  for (const step of steps) {
    const unknown = step.needs.find((id) => !ids.has(id));
    if (unknown !== undefined) throw brokenGraph(step, unknown);
  }
  return steps;
};

const brokenGraph = (step: PlanStep, unknown: string): Failure =>
  new Failure('broken-graph', `cannot finish the draft: ${step.id} waits for ${unknown}, which is not in the plan`, {
    remedy: 'This is a defect of openstack-migrate: report it with the log.',
  });
