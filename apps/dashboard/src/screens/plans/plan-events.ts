import type { Event } from '@osm/api-client';

/** Something that a person has done with a plan. */
export interface PlanAct {
  readonly id: string;
  /** In words: `approved`. */
  readonly what: string;
  readonly by: string | undefined;
  readonly reason: string | undefined;
  readonly at: string;
}

/** What the log tells of a plan beside its steps. */
export interface PlanEvents {
  /** Keys of what somebody chose. */
  readonly roots: ReadonlySet<string>;
  readonly history: readonly PlanAct[];
}

/** The types of events that a person causes, in words. */
export const planActs: Readonly<Record<string, string>> = {
  PlanRequested: 'asked for',
  PlanApproved: 'approved',
  PlanSeconded: 'agreed to',
  PlanStarted: 'started',
  PlanPaused: 'paused',
  PlanResumed: 'resumed',
  PlanCancelling: 'cancelled',
  PlanCancelled: 'given up',
  PlanCompleted: 'completed',
};

/** What the log tells of a plan, of its events. */
export const planEvents = (events: readonly Event[]): PlanEvents => {
  const asked = events.find(({ type }) => type === 'PlanRequested')?.data;
  return {
    roots: new Set(refsIn(asked?.['roots']).map(({ type, id }) => `${type}/${id}`)),
    history: events.map(({ id, type, at, actor, data }) => ({
      ...{ id, what: planActs[type] ?? type, at },
      by: textIn(data['by']) ?? actor,
      reason: textIn(data['reason']),
    })),
  };
};

const textIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

const refsIn = (value: unknown): readonly { readonly type: string; readonly id: string }[] =>
  Array.isArray(value) ? value.filter(isRef) : [];

const isRef = (value: unknown): value is { readonly type: string; readonly id: string } =>
  typeof value === 'object' &&
  value !== null &&
  'type' in value &&
  'id' in value &&
  typeof value.type === 'string' &&
  typeof value.id === 'string';
