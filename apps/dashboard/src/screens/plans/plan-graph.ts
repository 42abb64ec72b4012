import type { PlanStep } from '@osm/api-client';

/** A resource of a plan, with its steps and what stands between it and others. */
export interface PlanResource {
  /** `<type>/<id>`. */
  readonly key: string;
  readonly type: string;
  readonly id: string;
  readonly name: string | null;
  readonly steps: readonly PlanStep[];
  readonly status: PlanStep['status'];
  /** Keys of what it stands on. */
  readonly needs: readonly string[];
  /** Keys of what stands on it. */
  readonly neededBy: readonly string[];
}

/** All resources by their keys, in the order of the draft. */
export type PlanGraph = ReadonlyMap<string, PlanResource>;

/** The key of a step's resource. */
export const resourceKey = ({ resource_type: type, source_id: id }: PlanStep): string => `${type}/${id}`;

/** The resources of steps. Steps that were not given (a plan may have more) are no need that could be shown. */
export const planGraph = (steps: readonly PlanStep[]): PlanGraph => {
  const keyOfStep = new Map(steps.map((step) => [step.step_id, resourceKey(step)]));
  const byResource = Map.groupBy(steps, resourceKey);
  const needs = new Map([...byResource].map(([key, own]) => [key, needsOf(key, own, keyOfStep)]));
  const neededBy = new Map<string, string[]>();
  for (const [key, keys] of needs) {
    for (const need of keys) neededBy.set(need, [...(neededBy.get(need) ?? []), key]);
  }
  return new Map(
    [...byResource].flatMap(([key, own]): readonly (readonly [string, PlanResource])[] => {
      const [first] = own;
      if (first === undefined) return [];
      const { resource_type: type, source_id: id, name } = first;
      const links = { needs: needs.get(key) ?? [], neededBy: neededBy.get(key) ?? [] };
      return [[key, { key, type, id, name, steps: own, status: statusOf(own), ...links }]];
    }),
  );
};

/**
 * Only a first step tells what the resource stands on: later ones (a role that is taken back, what is tidied) wait for others
 * to be done with it, which is the other way round and would draw circles.
 */
const needsOf = (key: string, own: readonly PlanStep[], keyOfStep: ReadonlyMap<string, string>): readonly string[] => {
  const [first] = own;
  const keys = (first?.needs ?? []).flatMap((need) => keyOfStep.get(need) ?? []);
  return [...new Set(keys)].filter((each) => each !== key);
};

/** What wants a look comes first. */
const order = ['failed', 'dispatched', 'skipped', 'waiting', 'succeeded'] as const;

const statusOf = (steps: readonly PlanStep[]): PlanStep['status'] =>
  order.find((status) => steps.some((step) => step.status === status)) ?? 'waiting';
