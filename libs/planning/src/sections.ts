import type { PlanStep } from '@osm/contracts';

/**
 * The steps in sections, each of which fits into one event. A step that waits for more than an event has room for stands
 * in several sections, each time with a further part of its needs; whoever reads the plan puts them together again.
 * `most` is in bytes of JSON text.
 */
export const sections = (steps: readonly PlanStep[], most = 200 * 1024): readonly (readonly PlanStep[])[] => {
  const result: PlanStep[][] = [];
  let room = 0;
  for (const part of steps.flatMap((step) => parts(step, most))) {
    const size = bytes(part);
    const last = result.at(-1);
    if (last === undefined || size > room) {
      result.push([part]);
      room = most - size;
    } else {
      last.push(part);
      room -= size;
    }
  }
  return result;
};

const bytes = (step: PlanStep): number => Buffer.byteLength(JSON.stringify(step)) + 1;

const parts = (step: PlanStep, most: number): readonly PlanStep[] => {
  if (bytes(step) <= most) return [step];
  const result: PlanStep[] = [];
  let needs: string[] = [];
  let room = 0;
  for (const need of step.needs) {
    const size = Buffer.byteLength(JSON.stringify(need)) + 1;
    if (size > room) {
      needs = [];
      result.push({ ...step, needs });
      room = most - bytes({ ...step, needs: [] });
    }
    needs.push(need);
    room -= size;
  }
  return result;
};
