import type { Resource } from '@osm/resource';
import { stepId, type Transform } from '../transform.ts';
import type { World } from '../world.ts';

/** Each step that has several ways gets one of them, with the reason, from what the clouds said that they can do. */
export const chooseStrategies: Transform = (draft, world) => {
  const steps = new Map(draft.steps);
  for (const { ref, handler, attributes } of draft.resources.values()) {
    const facts = world.facts(ref.type);
    if (facts === undefined) continue;
    for (const { name, step } of handler.steps(attributes, world.policy)) {
      const planned = steps.get(stepId(ref, name));
      if (step === 'create' || step.strategies === undefined || planned === undefined) continue;
      const strategy = step.strategies.choose(attributes, world.policy, facts);
      steps.set(planned.id, { ...planned, strategy });
    }
  }
  return { ...draft, steps };
};

/** The types in a plan whose steps have several ways: those to ask the clouds about. */
export const typesWithStrategies = (
  steps: readonly { readonly ref: { readonly type: string; readonly id: string }; readonly step: string }[],
  world: World,
): readonly Resource[] => {
  const types = new Map<string, Resource>();
  for (const { ref, step } of steps) {
    const handler = world.handlers.get(ref.type);
    const attributes = world.observed(ref)?.attributes;
    if (handler === undefined || attributes === undefined || types.has(ref.type)) continue;
    const outline = handler.steps(attributes, world.policy).find(({ name }) => name === step);
    if (outline !== undefined && outline.step !== 'create' && outline.step.strategies !== undefined)
      types.set(ref.type, handler);
  }
  return [...types.values()];
};
