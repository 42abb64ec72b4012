import { decodeEvent, parseSubject, type RecordedEvent } from '@osm/contracts';

const outcomeTypes = ['StepSucceeded', 'StepFailed', 'StepUnneeded', 'StepAbandoned'] as const;
type OutcomeType = (typeof outcomeTypes)[number];

/** What attempts have come to, by the migrations' own streams. */
export interface Outcomes {
  of(planId: string, stepId: string, attempt: number): OutcomeType | undefined;
}

/** Asks whether an attempt may start, and answers why not. */
export type MayStart = (planId: string, stepId: string, attempt: number) => string | undefined;

const keyOf = (planId: string, stepId: string, attempt: number): string => `${planId} ${stepId} attempt ${attempt}`;

/** Looks at every event of a migration in the moment that it is written. */
export const watchMigrations = (mayStart: MayStart, violate: (what: string) => void) => {
  const outcomes = new Map<string, OutcomeType>();
  /** The life that has an attempt in hand: who wrote its start last. */
  const holders = new Map<string, string>();
  /** By subject: the attempts that were started and have no outcome. */
  const open = new Map<string, Map<string, { readonly planId: string }>>();

  return {
    outcomes: { of: (planId, stepId, attempt) => outcomes.get(keyOf(planId, stepId, attempt)) } satisfies Outcomes,
    hear: (recorded: RecordedEvent, by: string): void => {
      if (parseSubject(recorded.subject).aggregate !== 'migration') return;
      const { type, data } = decodeEvent(recorded);
      if (!('stepId' in data) || !('planId' in data) || !('step' in data)) return;
      const { planId, stepId, step, attempt } = data;
      const key = keyOf(planId, stepId, attempt);
      const opened = open.get(recorded.subject) ?? new Map<string, { readonly planId: string }>();
      open.set(recorded.subject, opened);
      if (outcomes.has(key)) violate(`${by} writes ${type} of ${key}, which has its outcome already`);
      if (type === 'StepStarted') {
        const why = mayStart(planId, stepId, attempt);
        if (why !== undefined) violate(`${by} starts ${key} ${why}`);
        for (const [other, one] of opened) {
          if (one.planId === planId && other !== key) violate(`${by} starts ${key} while ${other} is open`);
        }
        holders.set(key, by);
        opened.set(key, { planId });
      } else if (type !== 'StepAbandoned' && holders.get(key) !== by) {
        violate(`${by} writes ${type} of ${key}, which ${String(holders.get(key))} has in hand`);
      }
      // The clouds forbid nothing here to whoever has borrowed the role that the plan lends. What a cancelled plan collects may
      // come after a role that it was given back, or not lent once more.
      if (type === 'StepFailed' && data.failure.code === 'forbidden' && step !== 'tidy') violate(`${key} is forbidden`);
      const outcome = outcomeTypes.find((one) => one === type);
      if (outcome === undefined) return;
      outcomes.set(key, outcome);
      opened.delete(key);
    },
  };
};
