import { inventorySubject, type PlanStep } from '@osm/contracts';
import { inventory } from '@osm/domain';
import type { DraftedPlan } from '@osm/engine';
import { loadAggregate } from '@osm/event-log';
import type { Place, Ports } from '@osm/platform';
import type { Resource, Step } from '@osm/resource';
import type { JsonObject } from '@osm/kernel';

/**
 * What is short for a step: both clouds where it moves bytes, and the backend of the source that it names. Taken before
 * the step begins, because what it opens first (a download, an upload) does not wait for a place.
 */
export const placesOf = async (ports: Ports, plan: DraftedPlan, step: PlanStep): Promise<readonly Place[]> => {
  const { source, destination } = plan.request.route;
  const clouds = step.service === 'data-transfer' ? [source, destination] : [];
  const backend = await backendOf(ports, plan, step);
  return [
    ...clouds.map((name): Place => ({ kind: 'cloud', name })),
    ...(backend === undefined ? [] : [{ kind: 'backend' as const, name: `${backend} of ${source}` }]),
  ];
};

const backendOf = async (ports: Ports, plan: DraftedPlan, step: PlanStep): Promise<string | undefined> => {
  const handler = ports.handlers.get(step.ref.type);
  // Every resource is created and removed the same way.
  if (handler === undefined || step.step === 'create' || step.step === 'remove') return undefined;
  const subject = inventorySubject(plan.request.route.source, step.ref);
  const { state } = await loadAggregate(ports.log, inventory, subject);
  const attributes = state.observed?.attributes;
  return attributes === undefined ? undefined : ownStep(handler, attributes, plan, step.step)?.backend?.(attributes);
};

const ownStep = (handler: Resource, attributes: JsonObject, plan: DraftedPlan, name: string): Step | undefined => {
  const own = [...handler.steps(attributes, plan.policy).map(({ step }) => step), ...handler.auxiliary];
  const found = own.find((one) => one !== 'create' && one.name === name);
  return found === 'create' ? undefined : found;
};
