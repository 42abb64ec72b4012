import type { AttributeFidelity, How, MigrationEvent } from '@osm/contracts';
import { Failure, type FailureRecord, type JsonObject } from '@osm/kernel';

/** Names one attempt at one step of one plan. */
export interface Attempt {
  readonly planId: string;
  readonly stepId: string;
  readonly step: string;
  readonly attempt: number;
}

/** A twin that an attempt has given up. */
export interface GivenUp extends Attempt {
  readonly reason: string;
}

export interface SettledStep extends Attempt {
  readonly outcome: 'succeeded' | 'failed' | 'unneeded' | 'abandoned';
  readonly outputs: JsonObject;
}

/** One source resource on one route, over all plans. */
export interface MigrationState {
  readonly destinationId: string | undefined;
  readonly how: How | undefined;
  /** The plan that has made or found the twin; once the resource counts as migrated, the one that has finished it. */
  readonly broughtBy: string | undefined;
  /** The twin whose deletion was begun because it is rolled back: parts of it may be gone. */
  readonly goingBack: string | undefined;
  /** All steps of some plan are done, or a person says which twin it is. */
  readonly migrated: boolean;
  readonly sourceRemoved: boolean;
  /** Set aside by a person: counts as not migrated. */
  readonly forgotten: boolean;
  /** A create request may have been sent, in this plan or an earlier one: look before the next. */
  readonly attempted: boolean;
  /**
   * A look-up saw no twin, and a create request may have followed it: where neither a marker nor an id of our own says
   * whose a twin is, what is there now is what that request has made.
   */
  readonly creating: boolean;
  /** Twins of our making that turned out bad, or were rolled back, and were deleted. */
  readonly discarded: number;
  /** Which attempts have given them up, and why, in order. */
  readonly givenUp: readonly GivenUp[];
  /** Steps that were started and have no outcome. */
  readonly open: readonly Attempt[];
  readonly settled: readonly SettledStep[];
}

export type MigrationCommand =
  | ({ readonly type: 'StartStep'; readonly delivery: number; readonly worker: string } & Attempt)
  | ({ readonly type: 'IdentifyTwin'; readonly destinationId: string; readonly how: How } & Attempt)
  | ({ readonly type: 'DiscardTwin'; readonly reason: string } & Attempt)
  | ({ readonly type: 'NoteAbsence' } & Attempt)
  | ({ readonly type: 'SucceedStep'; readonly outputs: JsonObject } & Attempt)
  | ({ readonly type: 'FailStep'; readonly failure: FailureRecord } & Attempt)
  | ({ readonly type: 'SkipStep'; readonly reason: string } & Attempt)
  | ({ readonly type: 'AbandonStep'; readonly by: string; readonly reason: string } & Attempt)
  | {
      readonly type: 'VerifyTwin';
      readonly planId: string;
      readonly equal: readonly string[];
      readonly others: readonly AttributeFidelity[];
    }
  | { readonly type: 'CompleteMigration'; readonly planId: string }
  | { readonly type: 'RemoveSource'; readonly planId: string }
  | ({ readonly type: 'BeginRollBack'; readonly destinationId: string } & Attempt)
  | { readonly type: 'RollBackTwin'; readonly planId: string; readonly destinationId: string }
  | { readonly type: 'RegisterExternal'; readonly destinationId: string; readonly by: string; readonly reason: string }
  | ({ readonly type: 'ImportMapping' } & Extract<MigrationEvent, { type: 'MappingImported' }>['data'])
  | ({ readonly type: 'RecoverTwin' } & Extract<MigrationEvent, { type: 'TwinRecovered' }>['data'])
  | ({ readonly type: 'NoteCollected' } & Extract<MigrationEvent, { type: 'AuxiliaryCollected' }>['data'])
  | { readonly type: 'Forget'; readonly by: string; readonly reason: string; readonly hard: boolean }
  | { readonly type: 'Recall'; readonly by: string; readonly reason?: string | undefined };

export const initialMigration: MigrationState = {
  destinationId: undefined,
  how: undefined,
  broughtBy: undefined,
  goingBack: undefined,
  migrated: false,
  sourceRemoved: false,
  forgotten: false,
  attempted: false,
  creating: false,
  discarded: 0,
  givenUp: [],
  open: [],
  settled: [],
};

const sameAttempt = (a: Attempt, b: Attempt): boolean =>
  a.planId === b.planId && a.stepId === b.stepId && a.attempt === b.attempt;

const attemptOf = ({ planId, stepId, step, attempt }: Attempt): Attempt => ({ planId, stepId, step, attempt });

/** The outcome of an attempt, where it has one. */
export const settledStep = (state: MigrationState, attempt: Attempt): SettledStep | undefined =>
  state.settled.find((step) => sameAttempt(step, attempt));

/** An open step of another plan: that plan has the resource in hand. */
export const otherPlansStep = (state: MigrationState, planId: string): Attempt | undefined =>
  state.open.find((step) => step.planId !== planId);

/** The twins that a plan has given up so far, in order. */
export const givenUpIn = (state: MigrationState, planId: string): readonly GivenUp[] =>
  state.givenUp.filter((one) => one.planId === planId);

/** Whether it was this very attempt that has given up a twin last. */
export const gaveUpLast = (state: MigrationState, attempt: Attempt): boolean => {
  const last = state.givenUp.at(-1);
  return last !== undefined && sameAttempt(last, attempt);
};

/** What the steps of one plan have put out so far, by step. */
export const outputsOf = (state: MigrationState, planId: string): { readonly [step: string]: JsonObject } =>
  Object.fromEntries(
    state.settled
      .filter((step) => step.planId === planId && step.outcome === 'succeeded')
      .map((step) => [step.step, step.outputs]),
  );

/** Whether the resource has a twin that counts. */
export const hasTwin = (state: MigrationState): boolean =>
  state.migrated && !state.forgotten && state.destinationId !== undefined;

/** Whether the twin was made by us, so that its original may be removed and the twin rolled back. */
export const isOurs = (state: MigrationState): boolean => state.how === 'created' || state.how === 'adopted';

const decide = (command: MigrationCommand, state: MigrationState): readonly MigrationEvent[] => {
  switch (command.type) {
    case 'StartStep': {
      const { delivery, worker } = command;
      return unlessSettled(state, command, {
        type: 'StepStarted',
        data: { ...attemptOf(command), delivery, worker },
      });
    }
    case 'IdentifyTwin': {
      const { destinationId, how } = command;
      if (state.destinationId === destinationId && !state.forgotten) return [];
      if (state.destinationId !== undefined && !state.forgotten) throw secondTwin(state.destinationId, destinationId);
      return [{ type: 'TwinIdentified', data: { ...attemptOf(command), destinationId, how } }];
    }
    case 'DiscardTwin': {
      if (state.destinationId === undefined) return [];
      const { destinationId } = state;
      return [{ type: 'TwinDiscarded', data: { ...attemptOf(command), destinationId, reason: command.reason } }];
    }
    case 'NoteAbsence':
      return [{ type: 'TwinAbsent', data: attemptOf(command) }];
    case 'SucceedStep':
      return unlessSettled(state, command, {
        type: 'StepSucceeded',
        data: { ...attemptOf(command), outputs: command.outputs },
      });
    case 'FailStep':
      return unlessSettled(state, command, {
        type: 'StepFailed',
        data: { ...attemptOf(command), failure: command.failure },
      });
    case 'SkipStep':
      return unlessSettled(state, command, {
        type: 'StepUnneeded',
        data: { ...attemptOf(command), reason: command.reason },
      });
    case 'AbandonStep': {
      const { by, reason } = command;
      return unlessSettled(state, command, { type: 'StepAbandoned', data: { ...attemptOf(command), by, reason } });
    }
    case 'VerifyTwin': {
      if (state.destinationId === undefined) return [];
      const { planId, equal, others } = command;
      return [
        {
          type: 'TwinVerified',
          data: { planId, destinationId: state.destinationId, equal: [...equal], others: [...others] },
        },
      ];
    }
    case 'CompleteMigration': {
      const { destinationId, how, forgotten } = state;
      // Forgotten while the plan ran: the person's word stands.
      if (destinationId === undefined || how === undefined || forgotten || hasTwin(state)) return [];
      return [{ type: 'ResourceMigrated', data: { planId: command.planId, destinationId, how } }];
    }
    case 'RemoveSource':
      return state.sourceRemoved ? [] : [{ type: 'SourceRemoved', data: { planId: command.planId } }];
    case 'BeginRollBack': {
      const { destinationId } = command;
      if (state.goingBack === destinationId) return [];
      return [{ type: 'RollBackBegun', data: { ...attemptOf(command), destinationId } }];
    }
    case 'RollBackTwin': {
      const { planId, destinationId } = command;
      // Another one since, or none any more: this one is gone for good, and was said to be.
      if (state.destinationId !== destinationId) return [];
      return [{ type: 'TwinRolledBack', data: { planId, destinationId } }];
    }
    case 'RegisterExternal': {
      const { destinationId, by, reason } = command;
      if (hasTwin(state) && state.destinationId === destinationId) return [];
      if (hasTwin(state) && state.destinationId !== undefined) throw secondTwin(state.destinationId, destinationId);
      return [{ type: 'ExternalTwinRegistered', data: { destinationId, by, reason } }];
    }
    case 'ImportMapping': {
      // Taken over once, also where the record names no twin; and never over what this tool has done itself.
      if (state.how !== undefined || state.forgotten) return [];
      const { destinationId, status, external, sourceRemoved, error, createdAt, from } = command;
      return [
        {
          type: 'MappingImported',
          data: { destinationId, status, external, sourceRemoved, error, createdAt, from },
        },
      ];
    }
    case 'RecoverTwin': {
      const { destinationId, proof, complete, discarded, by } = command;
      // Never over what is recorded, and never into what a plan has in hand.
      if (state.destinationId !== undefined || state.forgotten || state.open.length > 0) return [];
      return [{ type: 'TwinRecovered', data: { destinationId, proof, complete, discarded, by } }];
    }
    case 'NoteCollected': {
      const { cloud, kind, id, marker, step, plans, by } = command;
      return [{ type: 'AuxiliaryCollected', data: { cloud, kind, id, marker, step, plans, by } }];
    }
    case 'Forget': {
      const { by, reason, hard } = command;
      return state.forgotten && !hard ? [] : [{ type: 'MigrationForgotten', data: { by, reason, hard } }];
    }
    case 'Recall':
      return state.forgotten ? [{ type: 'MigrationRecalled', data: { by: command.by, reason: command.reason } }] : [];
  }
};

const unlessSettled = (state: MigrationState, attempt: Attempt, event: MigrationEvent): readonly MigrationEvent[] =>
  settledStep(state, attempt) === undefined ? [event] : [];

const secondTwin = (first: string, second: string): Failure =>
  new Failure('second-twin', `cannot take ${second} for the twin: ${first} is recorded as the twin already`, {
    remedy: 'Delete the record first (openstack-migrate delete) if the recorded twin is the wrong one.',
  });

const settle = (
  state: MigrationState,
  attempt: Attempt,
  outcome: SettledStep['outcome'],
  outputs: JsonObject = {},
) => ({
  ...state,
  open: state.open.filter((step) => !sameAttempt(step, attempt)),
  settled: [...state.settled, { ...attemptOf(attempt), outcome, outputs }],
});

const noTwin = {
  destinationId: undefined,
  how: undefined,
  broughtBy: undefined,
  goingBack: undefined,
  migrated: false,
  creating: false,
} as const;

const evolve = (state: MigrationState, event: MigrationEvent): MigrationState => {
  switch (event.type) {
    case 'StepStarted': {
      const attempt = attemptOf(event.data);
      return {
        ...state,
        attempted: state.attempted || event.data.step === 'create',
        open: [...state.open.filter((step) => !sameAttempt(step, attempt)), attempt],
      };
    }
    case 'TwinIdentified':
      return {
        ...state,
        destinationId: event.data.destinationId,
        how: event.data.how,
        broughtBy: event.data.planId,
        migrated: false,
        forgotten: false,
        creating: false,
      };
    case 'TwinDiscarded':
      return {
        ...state,
        ...noTwin,
        discarded: state.discarded + 1,
        givenUp: [...state.givenUp, { ...attemptOf(event.data), reason: event.data.reason }],
      };
    case 'RollBackBegun':
      return { ...state, goingBack: event.data.destinationId, migrated: false };
    case 'TwinRolledBack':
      return { ...state, ...noTwin, discarded: state.discarded + 1 };
    case 'TwinAbsent':
      return { ...state, creating: true };
    case 'TwinVerified':
      return state;
    case 'StepSucceeded':
      return settle(state, event.data, 'succeeded', event.data.outputs);
    case 'StepFailed':
      return settle(state, event.data, 'failed');
    case 'StepUnneeded':
      return settle(state, event.data, 'unneeded');
    case 'StepAbandoned':
      return settle(state, event.data, 'abandoned');
    case 'ResourceMigrated':
      return { ...state, migrated: true, forgotten: false, broughtBy: event.data.planId, goingBack: undefined };
    case 'SourceRemoved':
      return { ...state, sourceRemoved: true };
    case 'ExternalTwinRegistered':
      return {
        ...state,
        destinationId: event.data.destinationId,
        how: 'external',
        broughtBy: undefined,
        migrated: true,
        forgotten: false,
      };
    case 'MappingImported': {
      const { destinationId, external, sourceRemoved } = event.data;
      return {
        ...state,
        destinationId: destinationId ?? undefined,
        how: external ? 'external' : 'imported',
        broughtBy: undefined,
        migrated: destinationId !== null,
        sourceRemoved,
      };
    }
    case 'TwinRecovered': {
      const { destinationId, proof, complete, discarded } = event.data;
      return {
        ...state,
        destinationId,
        // What only looks like a twin may be somebody else's work: it is never removed, and its original stays.
        how: proof === 'marker' || proof === 'assigned-id' ? 'adopted' : 'reused',
        broughtBy: undefined,
        migrated: complete,
        attempted: true,
        discarded: Math.max(state.discarded, discarded),
      };
    }
    case 'AuxiliaryCollected':
      return state;
    case 'MigrationForgotten':
      return event.data.hard
        ? {
            ...initialMigration,
            attempted: state.attempted,
            creating: state.creating,
            discarded: state.discarded,
            givenUp: state.givenUp,
            settled: state.settled,
            open: state.open,
          }
        : { ...state, forgotten: true };
    case 'MigrationRecalled':
      return { ...state, forgotten: false };
  }
};

/** The rules of a migration: at most one twin, each attempt settled at most once. */
export const migration = { initial: initialMigration, decide, evolve };
