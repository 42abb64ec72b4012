import type { PlanEvent } from '@osm/contracts';
import type { CommandQueue } from '@osm/event-log';

type Dispatched = Extract<PlanEvent, { type: 'StepDispatched' }>['data'];

/** Hands one attempt at a step to the workers of its service; harmless where they have it already. */
export const enqueueStep = async (
  queue: CommandQueue,
  planId: string,
  { stepId, attempt, service }: Dispatched,
): Promise<void> => {
  await queue.enqueue(service, `${planId}/${stepId}/${attempt}`, { planId, stepId, attempt });
};
