import type { PlanStep } from '@osm/contracts';
import type { StepOutline } from '@osm/resource';
import { stepId, type ChainStep, type Chosen, type Transform } from '../transform.ts';

/** A resource becomes its chain of steps; what clears up waits for all steps before it. */
export const expandSteps: Transform = (draft, world) => {
  const steps = new Map(draft.steps);
  const chains = new Map(draft.chains);
  for (const [key, resource] of draft.resources) {
    const outlines = outlinesOf(resource, resource.handler.steps(resource.attributes, world.policy));
    const chain = outlines.map(({ name, always, afterLinks }): ChainStep => {
      return { id: stepId(resource.ref, name), always, afterLinks };
    });
    if (chain.length === 0) continue;
    chains.set(key, chain);
    outlines.forEach((outline, at) => {
      const step = planStep(resource, outline, chain.slice(0, at));
      steps.set(step.id, step);
    });
  }
  return { ...draft, steps, chains };
};

const outlinesOf = ({ work }: Chosen, outlines: readonly StepOutline[]): readonly StepOutline[] => {
  if (work === 'none') return [];
  return work === 'links' ? outlines.filter(({ afterLinks }) => afterLinks) : outlines;
};

const planStep = ({ ref, name }: Chosen, outline: StepOutline, before: readonly ChainStep[]): PlanStep => {
  const previous = before.findLast(({ always }) => !always);
  const needs = outline.always ? before : previous === undefined ? [] : [previous];
  return {
    id: stepId(ref, outline.name),
    ref,
    name,
    step: outline.name,
    service: outline.service,
    needs: needs.map(({ id }) => id),
    always: outline.always,
  };
};
