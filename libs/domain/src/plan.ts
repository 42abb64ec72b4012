import type { Finding, PlanEvent, PlanRequest, PlanStep } from '@osm/contracts';
import { digest as digestOf, equalJson, Failure, type FailureRecord, type JsonObject } from '@osm/kernel';
import { checkedSteps, mergedSteps, planGraph } from './plan-graph.ts';
import { planStatusAfter, type PlanStatus } from './plan-status.ts';
import {
  allSettled,
  dispensable,
  nextDue,
  nextToCollect,
  noProgress,
  opened,
  progressAt,
  progressOf,
  reopened,
  reopening,
  settled,
  unwanted,
  type Due,
  type Progress,
  type StepProgress,
} from './plan-progress.ts';

/** What a draft came to, as `PlanDrafted` states it. */
export type DraftSummary = Extract<PlanEvent, { type: 'PlanDrafted' }>['data'];

/** What was asked for, and as of which position of the log. */
export type RequestedPlan = Extract<PlanEvent, { type: 'PlanRequested' }>['data'];

/** A plan as it stands. A value: no part of it is ever changed in place. */
export interface PlanState {
  readonly status: PlanStatus;
  readonly request: RequestedPlan | undefined;
  /** What the clouds said that they can do, by resource type; undefined: they were not asked. */
  readonly facts: { readonly [type: string]: JsonObject } | undefined;
  /** Sections drafted so far; empty again once the draft is complete, when the steps are in `progress`. */
  readonly sections: readonly (readonly PlanStep[])[];
  readonly draft: DraftSummary | undefined;
  /** Why the draft was refused, or what its drafting noticed. */
  readonly findings: readonly Finding[];
  readonly progress: Progress;
  readonly approval: { readonly by: string } | undefined;
  /** Whether another person than the one who has approved it agrees too. */
  readonly isSeconded: boolean;
  /** Who cancels it, and why. */
  readonly cancel: { readonly by: string; readonly reason?: string | undefined } | undefined;
}

export type PlanCommand =
  | ({ readonly type: 'RequestPlan'; readonly asOf: number; readonly needsSecond?: boolean } & Person & PlanRequest)
  | { readonly type: 'SurveyClouds'; readonly facts: { readonly [type: string]: JsonObject } }
  | { readonly type: 'DraftSection'; readonly index: number; readonly steps: readonly PlanStep[] }
  | {
      readonly type: 'FinishDraft';
      readonly sections: number;
      readonly resources: number;
      /** SHA-256 of all steps, as `draft` gives it; checked against the sections. */
      readonly digest: string;
      readonly findings: readonly Finding[];
    }
  | { readonly type: 'RejectDraft'; readonly findings: readonly Finding[] }
  | ({ readonly type: 'ApprovePlan'; readonly digest: string } & Person)
  | ({ readonly type: 'SecondPlan'; readonly digest: string } & Person)
  | ({ readonly type: 'StartPlan' } & Person)
  | ({ readonly type: 'PausePlan' } & Person)
  | ({ readonly type: 'ResumePlan' } & Person)
  | ({ readonly type: 'CancelPlan' } & Person)
  | {
      readonly type: 'HearOutcome';
      readonly stepId: string;
      readonly attempt: number;
      readonly outcome: 'succeeded' | 'failed';
      readonly failure?: FailureRecord | undefined;
    }
  /** A step was given up: whoever still runs it can record nothing more. */
  | { readonly type: 'HearAbandonment'; readonly stepId: string; readonly attempt: number; readonly by: string }
  | { readonly type: 'RetryStep'; readonly stepId: string; readonly by: string; readonly reason: string }
  | { readonly type: 'SkipStep'; readonly stepId: string; readonly by: string; readonly reason: string }
  | { readonly type: 'RetryFailed'; readonly by: string; readonly reason?: string | undefined }
  /** Writes what is missing after a crash; harmless at any time. */
  | { readonly type: 'Reconsider' };

/** Who wants it, and why. */
interface Person {
  readonly by: string;
  readonly reason?: string | undefined;
}

type Command<Type extends PlanCommand['type']> = Extract<PlanCommand, { type: Type }>;

export const initialPlan: PlanState = {
  status: 'unknown',
  request: undefined,
  facts: undefined,
  sections: [],
  draft: undefined,
  findings: [],
  progress: noProgress,
  approval: undefined,
  isSeconded: false,
  cancel: undefined,
};

/**
 * What the plan has to say next as it stands: steps to dispatch, steps to skip, its completion. Level-based: it looks at
 * the state, not at what just happened, so it also finds what a crash left unsaid.
 */
export const ready = (state: PlanState): readonly PlanEvent[] => {
  const events: PlanEvent[] = doneWithout(state);
  let folded = events.reduce(evolve, state);
  for (let event = nextEvent(folded); event !== undefined; event = nextEvent(folded)) {
    events.push(event);
    folded = evolve(folded, event);
  }
  return events;
};

const nextEvent = (state: PlanState): PlanEvent | undefined => {
  const { status, progress } = state;
  if (status !== 'running' && status !== 'paused' && status !== 'cancelling') return undefined;
  const due = nextDueOf(state);
  const step = due === undefined ? undefined : progress.graph.steps[due.number];
  if (due === undefined || step === undefined) return allSettled(progress) ? lastEvent(state) : undefined;
  const { attempt } = progressAt(progress, due.number);
  if (due.to === 'dispatch') {
    return { type: 'StepDispatched', data: { stepId: step.id, attempt, service: step.service } };
  }
  const because = due.because === undefined ? undefined : progress.graph.steps[due.because]?.id;
  return { type: 'StepSettled', data: { stepId: step.id, attempt, outcome: 'skipped', because } };
};

const nextDueOf = ({ status, progress }: PlanState): Due | undefined => {
  if (status === 'paused') return undefined;
  return status === 'cancelling' ? nextToCollect(progress) : nextDue(progress);
};

const lastEvent = ({ status, progress, cancel }: PlanState): PlanEvent =>
  status === 'cancelling'
    ? { type: 'PlanCancelled', data: { by: cancel?.by ?? 'system', reason: cancel?.reason } }
    : { type: 'PlanCompleted', data: { ...progress.totals } };

/** What a plan that is being cancelled does without, all at once: looked for step by step it would take for ever. */
const doneWithout = ({ status, progress }: PlanState): PlanEvent[] =>
  status !== 'cancelling'
    ? []
    : dispensable(progress).flatMap((number) => {
        const stepId = progress.graph.steps[number]?.id;
        const { attempt } = progressAt(progress, number);
        return stepId === undefined
          ? []
          : [{ type: 'StepSettled' as const, data: { stepId, attempt, outcome: 'skipped' as const } }];
      });

/** The first event and all that follow from it. */
const andReady = (state: PlanState, event: PlanEvent): readonly PlanEvent[] => [event, ...ready(evolve(state, event))];

const decide = (command: PlanCommand, state: PlanState): readonly PlanEvent[] => {
  switch (command.type) {
    case 'RequestPlan':
      return requestPlan(command, state);
    case 'SurveyClouds':
      if (state.facts !== undefined) return [];
      if (state.status !== 'requested') throw wrongStatus('draft', state);
      return [{ type: 'PlanSurveyed', data: { facts: command.facts } }];
    case 'DraftSection':
      return draftSection(command, state);
    case 'FinishDraft':
      return finishDraft(command, state);
    case 'RejectDraft':
      if (state.status === 'rejected') return [];
      if (state.status !== 'requested') throw wrongStatus('reject', state);
      return [{ type: 'PlanRejected', data: { findings: [...command.findings] } }];
    case 'ApprovePlan':
      return approvePlan(command, state);
    case 'SecondPlan':
      return secondPlan(command, state);
    case 'StartPlan':
      return startPlan(command, state);
    case 'PausePlan':
      if (state.status === 'paused') return ready(state);
      if (state.status !== 'running') throw wrongStatus('pause', state);
      return andReady(state, { type: 'PlanPaused', data: { by: command.by, reason: command.reason } });
    case 'ResumePlan':
      if (state.status === 'running') return ready(state);
      if (state.status !== 'paused') throw wrongStatus('resume', state);
      return andReady(state, { type: 'PlanResumed', data: { by: command.by, reason: command.reason } });
    case 'CancelPlan':
      return cancelPlan(command, state);
    case 'HearOutcome':
      return hearOutcome(command, state);
    case 'HearAbandonment':
      return hearAbandonment(command, state);
    case 'RetryStep':
      return retryStep(command, state);
    case 'RetryFailed':
      return retryFailed(command, state);
    case 'SkipStep':
      return skipStep(command, state);
    case 'Reconsider':
      return ready(state);
  }
};

const requestPlan = (command: Command<'RequestPlan'>, state: PlanState): readonly PlanEvent[] => {
  const { type: _, ...data } = command;
  if (state.request === undefined) return [{ type: 'PlanRequested', data }];
  if (equalJson(state.request, data)) return [];
  throw new Failure('plan-exists', 'cannot request the plan: another one has its id', {
    remedy: 'Request it under another id.',
  });
};

/** Sections come in order; a planner that starts again after a crash drafts the same ones again. */
const draftSection = ({ index, steps }: Command<'DraftSection'>, state: PlanState): readonly PlanEvent[] => {
  if (state.draft !== undefined) return [];
  if (state.status !== 'requested') throw wrongStatus('draft', state);
  const known = state.sections[index];
  if (known !== undefined && equalJson(known, steps)) return [];
  if (index === state.sections.length) {
    return [{ type: 'PlanSectionDrafted', data: { index, steps: [...steps] } }];
  }
  throw otherDraft(`section ${index} is not the one that was drafted before`);
};

const finishDraft = (command: Command<'FinishDraft'>, state: PlanState): readonly PlanEvent[] => {
  const { sections, resources, digest, findings } = command;
  if (state.draft !== undefined) {
    if (state.draft.digest === digest) return [];
    throw otherDraft(`its digest is ${state.draft.digest} already`);
  }
  if (state.status !== 'requested') throw wrongStatus('draft', state);
  if (sections !== state.sections.length)
    throw otherDraft(`${state.sections.length} of ${sections} sections are there`);
  const steps = checkedSteps(state.sections);
  if (digestOf(steps) !== digest) throw otherDraft('its digest is not that of its steps');
  return [{ type: 'PlanDrafted', data: { sections, steps: steps.length, resources, digest, findings: [...findings] } }];
};

const approvePlan = ({ digest, by, reason }: Command<'ApprovePlan'>, state: PlanState): readonly PlanEvent[] => {
  const { status, draft } = state;
  if (draft === undefined || isCancelled(state)) throw wrongStatus('approve', state);
  if (draft.digest !== digest) throw staleDigest(digest, draft.digest);
  return status === 'drafted' ? [{ type: 'PlanApproved', data: { digest, by, reason } }] : [];
};

const secondPlan = ({ digest, by, reason }: Command<'SecondPlan'>, state: PlanState): readonly PlanEvent[] => {
  const { draft, approval, isSeconded } = state;
  if (state.request?.needsSecond !== true) throw noSecondNeeded();
  if (draft !== undefined && draft.digest !== digest) throw staleDigest(digest, draft.digest);
  if (isSeconded) return [];
  if (state.status !== 'approved') throw wrongStatus('second', state);
  if (approval?.by === by) throw samePerson(by);
  return [{ type: 'PlanSeconded', data: { digest, by, reason } }];
};

const startPlan = ({ by, reason }: Command<'StartPlan'>, state: PlanState): readonly PlanEvent[] => {
  if (state.status === 'running') return ready(state);
  if (state.status === 'completed') return [];
  if (state.status !== 'approved') throw wrongStatus('start', state);
  if (waitsForSecond(state)) throw needsSecond(state.approval?.by);
  return andReady(state, { type: 'PlanStarted', data: { by, reason } });
};

/** Whether the plan is approved and must be seconded by somebody else before it starts. */
export const waitsForSecond = ({ status, request, isSeconded }: PlanState): boolean =>
  status === 'approved' && request?.needsSecond === true && !isSeconded;

/** One that has not begun has nothing to collect: it is over at once. */
const cancelPlan = ({ by, reason }: Command<'CancelPlan'>, state: PlanState): readonly PlanEvent[] => {
  switch (state.status) {
    case 'cancelled':
      return [];
    case 'cancelling':
      return ready(state);
    case 'requested':
    case 'drafted':
    case 'approved':
      return [{ type: 'PlanCancelled', data: { by, reason } }];
    case 'running':
    case 'paused':
      return andReady(state, { type: 'PlanCancelling', data: { by, reason } });
    case 'unknown':
    case 'rejected':
    case 'completed':
      throw wrongStatus('cancel', state);
  }
};

/** Nobody knows what the step has come to: what collects after it runs, as after a failure. */
const hearAbandonment = (command: Command<'HearAbandonment'>, state: PlanState): readonly PlanEvent[] => {
  const { stepId, attempt, by } = command;
  if (state.status !== 'cancelling') return ready(state);
  return hearOutcome({ type: 'HearOutcome', stepId, attempt, outcome: 'failed', failure: givenUp(by) }, state);
};

/** The failure of a step that a cancellation has ended. */
export const givenUpCode = 'given-up';

const givenUp = (by: string): FailureRecord => ({
  code: givenUpCode,
  message: `given up: ${by} has cancelled the plan`,
  remedy: 'Plan it again: what it has made is found and gone on with.',
});

/** An outcome that was heard already, or is about an attempt given up, only says again what was left unsaid. */
const hearOutcome = (command: Command<'HearOutcome'>, state: PlanState): readonly PlanEvent[] => {
  const { stepId, attempt, outcome, failure } = command;
  const step = progressAt(state.progress, numberOf(state, stepId));
  if (step.status !== 'open' || step.attempt !== attempt) return ready(state);
  return andReady(state, { type: 'StepSettled', data: { stepId, attempt, outcome, failure } });
};

const retryStep = ({ stepId, by, reason }: Command<'RetryStep'>, state: PlanState): readonly PlanEvent[] => {
  if (!isCancelled(state)) mustHaveBegun('retry', state);
  const number = numberOf(state, stepId);
  const step = progressAt(state.progress, number);
  if (isCancelled(state) && !isCollector(state, number)) throw wrongStatus('retry', state);
  // Asked for before a crash: it waits or runs already.
  if (!step.unwanted && (step.status === 'waiting' || step.status === 'open')) return ready(state);
  if (!step.unwanted && step.status !== 'failed') throw notFailed(stepId, step, state);
  const { clearing } = reopening(state.progress, number);
  if (clearing !== undefined) throw stillClearing(stepId, clearing, state);
  return andReady(state, { type: 'StepRetryRequested', data: { stepId, by, reason } });
};

/**
 * All that failed, what clears up last: a retry of what it clears up after opens it by itself. A plan that is or was
 * cancelled only clears up once more where that failed: what it has borrowed would stay for ever.
 */
const retryFailed = ({ by, reason }: Command<'RetryFailed'>, state: PlanState): readonly PlanEvent[] => {
  const failed = inOrder(state.progress, 'failed').filter(
    (number) => !isCancelled(state) || isCollector(state, number),
  );
  if (!isCancelled(state) || failed.length === 0) mustHaveBegun('retry', state);
  const { graph } = state.progress;
  const events: PlanEvent[] = [];
  let folded = state;
  let refusal: Failure | undefined;
  for (const number of failed) {
    const stepId = graph.steps[number]?.id;
    if (stepId === undefined || progressAt(folded.progress, number).status !== 'failed') continue;
    const { clearing } = reopening(folded.progress, number);
    if (clearing !== undefined) {
      refusal ??= stillClearing(stepId, clearing, state);
      continue;
    }
    const data = { stepId, by, reason: reason ?? 'all failed steps are retried' };
    events.push({ type: 'StepRetryRequested', data });
    folded = evolve(folded, { type: 'StepRetryRequested', data });
  }
  if (events.length === 0 && refusal !== undefined) throw refusal;
  return [...events, ...ready(folded)];
};

/** Only what nothing else depends on for its cleanliness, and nobody has in hand. */
const skipStep = ({ stepId, by, reason }: Command<'SkipStep'>, state: PlanState): readonly PlanEvent[] => {
  mustHaveBegun('skip a step of', state);
  const number = numberOf(state, stepId);
  const step = progressAt(state.progress, number);
  if (step.unwanted) return ready(state);
  if (isCollector(state, number)) throw collects(stepId);
  if (step.status !== 'failed' && step.status !== 'waiting') throw notSkippable(stepId, step, state);
  return andReady(state, { type: 'StepSkipRequested', data: { stepId, by, reason } });
};

const isCancelled = ({ status }: PlanState): boolean => status === 'cancelling' || status === 'cancelled';

const isCollector = ({ progress }: PlanState, number: number): boolean => progress.graph.steps[number]?.always === true;

const inOrder = (progress: Progress, status: StepProgress['status']): readonly number[] => {
  const { steps } = progress.graph;
  const found = [...steps.keys()].filter((number) => progressAt(progress, number).status === status);
  const always = (number: number): boolean => steps[number]?.always === true;
  return [...found.filter((number) => !always(number)), ...found.filter(always)];
};

const evolve = (before: PlanState, event: PlanEvent): PlanState => {
  const state: PlanState = { ...before, status: planStatusAfter(before.status, event.type) };
  switch (event.type) {
    case 'PlanRequested':
      return { ...state, request: event.data };
    case 'PlanSurveyed':
      return { ...state, facts: event.data.facts };
    case 'PlanSectionDrafted':
      return { ...state, sections: [...state.sections, event.data.steps] };
    case 'PlanDrafted': {
      const { findings } = event.data;
      const progress = progressOf(planGraph(mergedSteps(state.sections)));
      return { ...state, draft: event.data, findings, sections: [], progress };
    }
    case 'PlanRejected':
      return { ...state, findings: event.data.findings, sections: [] };
    case 'PlanCancelling':
      return { ...state, cancel: event.data };
    case 'PlanApproved':
      return { ...state, approval: event.data };
    case 'PlanSeconded':
      return { ...state, isSeconded: true };
    case 'PlanStarted':
    case 'PlanResumed':
    case 'PlanPaused':
    case 'PlanCancelled':
    case 'PlanCompleted':
      return state;
    case 'StepDispatched':
    case 'StepSettled':
    case 'StepRetryRequested':
    case 'StepSkipRequested':
      return evolveStep(state, event);
  }
};

type StepEvent = Extract<
  PlanEvent,
  { type: 'StepDispatched' | 'StepSettled' | 'StepRetryRequested' | 'StepSkipRequested' }
>;

const evolveStep = (state: PlanState, event: StepEvent): PlanState => {
  const { progress } = state;
  const { numbers } = progress.graph;
  const number = numbers.get(event.data.stepId);
  if (number === undefined) return state;
  switch (event.type) {
    case 'StepDispatched':
      return { ...state, progress: opened(progress, number, event.data.attempt) };
    case 'StepSettled': {
      const { outcome, because } = event.data;
      const cause = because === undefined ? undefined : numbers.get(because);
      return { ...state, progress: settled(progress, number, outcome, cause) };
    }
    case 'StepRetryRequested':
      return { ...state, progress: reopened(progress, number) };
    case 'StepSkipRequested':
      return { ...state, progress: unwanted(progress, number) };
  }
};

/** The rules of a plan: exactly the approved graph, each attempt settled once, completed once per run. */
export const plan = { initial: initialPlan, decide, evolve };

/** One step of a plan and how far it is. */
export interface PlannedStep {
  readonly step: PlanStep;
  readonly status: StepProgress['status'];
  readonly attempt: number;
  /** Skipped: the id of the step on which it stands and which failed, or which a person does without. */
  readonly because: string | undefined;
  /** Whether a person does without it. */
  readonly unwanted: boolean;
}

const plannedStep = ({ graph, ...progress }: Progress, number: number): readonly PlannedStep[] => {
  const step = graph.steps[number];
  if (step === undefined) return [];
  const { status, attempt, because, unwanted } = progressAt({ graph, ...progress }, number);
  const cause = because === undefined ? undefined : graph.steps[because]?.id;
  return [{ step, status, attempt, because: cause, unwanted }];
};

/** All steps of a drafted plan, in the order of the draft. Walks the whole plan. */
export const plannedSteps = ({ progress }: PlanState): readonly PlannedStep[] =>
  progress.graph.steps.flatMap((_, number) => plannedStep(progress, number));

/** Steps that are dispatched and have no outcome: to be enqueued again after a loss. */
export const openSteps = (state: PlanState): readonly PlannedStep[] =>
  inOrder(state.progress, 'open').flatMap((number) => plannedStep(state.progress, number));

/** Those of them that are given up because the plan is cancelled: all but what collects. */
export const stepsToGiveUp = (state: PlanState): readonly PlannedStep[] =>
  isCancelled(state) ? openSteps(state).filter(({ step }) => !step.always) : [];

/** One step, undefined where the plan has no such step. */
export const stepOf = ({ progress }: PlanState, stepId: string): PlannedStep | undefined => {
  const number = progress.graph.numbers.get(stepId);
  return number === undefined ? undefined : plannedStep(progress, number)[0];
};

const numberOf = ({ progress }: PlanState, stepId: string): number => {
  const number = progress.graph.numbers.get(stepId);
  if (number !== undefined) return number;
  throw new Failure('no-such-step', `cannot find step ${stepId}: the plan has no such step`, {
    remedy: 'Look at the plan for the ids of its steps.',
  });
};

const mustHaveBegun = (verb: string, state: PlanState): void => {
  const { status } = state;
  if (status !== 'running' && status !== 'paused' && status !== 'completed') throw wrongStatus(verb, state);
};

const statusRemedies: { readonly [status in PlanStatus]: string } = {
  unknown: 'Request it first.',
  requested: 'Wait until it is drafted.',
  drafted: 'Approve it first.',
  rejected: 'Remove what its findings name, then request a new plan.',
  approved: 'Start it first.',
  running: 'Wait until it is completed, or pause it.',
  paused: 'Resume it first.',
  completed: 'Retry what failed, or request a new plan.',
  cancelling: 'Wait until it is cancelled, then request a new plan; what was migrated already is found again.',
  cancelled: 'Request a new plan; what was migrated already is found again.',
};

const wrongStatus = (verb: string, { status }: PlanState): Failure =>
  new Failure('wrong-status', `cannot ${verb} the plan: it is ${status}`, { remedy: statusRemedies[status] });

const staleDigest = (given: string, actual: string): Failure =>
  new Failure('stale-digest', `cannot approve the plan as ${given}: its digest is ${actual}`, {
    remedy: 'Look at the plan again and approve the digest that it shows.',
  });

const otherDraft = (why: string): Failure =>
  new Failure('other-draft', `cannot go on with the draft: ${why}`, {
    remedy: 'Cancel the plan and request a new one: it was begun by another version of openstack-migrate.',
  });

const notFailed = (stepId: string, { status, because }: StepProgress, { progress }: PlanState): Failure => {
  const cause = because === undefined ? undefined : progress.graph.steps[because]?.id;
  return new Failure('not-failed', `cannot retry ${stepId}: it has not failed, it was ${status}`, {
    remedy: cause === undefined ? 'Retry steps that have failed.' : `Retry ${cause}, because of which it was skipped.`,
  });
};

const collects = (stepId: string): Failure =>
  new Failure('cannot-skip', `cannot skip ${stepId}: it collects what other steps have made or borrowed for a while`, {
    remedy: 'Retry it where it has failed; openstack-migrate orphans shows what is left.',
  });

const notSkippable = (stepId: string, { status, because }: StepProgress, { progress }: PlanState): Failure => {
  const cause = because === undefined ? undefined : progress.graph.steps[because]?.id;
  if (status === 'open') {
    return new Failure('in-flight', `cannot skip ${stepId}: it is under way`, {
      remedy: 'Wait until it has settled; cancelling the plan gives up what is under way.',
    });
  }
  const why = cause === undefined ? `it has ${status} already` : `it was skipped because of ${cause} already`;
  return new Failure('cannot-skip', `cannot skip ${stepId}: ${why}`, {
    remedy: cause === undefined ? 'Skip steps that have failed or wait.' : `Skip ${cause}.`,
  });
};

const noSecondNeeded = (): Failure =>
  new Failure('no-second-needed', 'cannot second the plan: it needs nobody beside the one who approves it', {
    remedy:
      'Start it. Plans that delete need a second person where cleanup_needs_second was set when they were drafted.',
  });

const samePerson = (by: string): Failure =>
  new Failure('same-person', `cannot second the plan: ${by} has approved it`, {
    remedy: 'Have another person second it.',
  });

const needsSecond = (approvedBy: string | undefined): Failure =>
  new Failure('needs-second', 'cannot start the plan: it deletes, and only one person has agreed to it', {
    remedy: `Have another person than ${approvedBy ?? 'the one who has approved it'} second it, then start it.`,
  });

const stillClearing = (stepId: string, clearing: number, { progress }: PlanState): Failure => {
  const busy = progress.graph.steps[clearing]?.id ?? '';
  return new Failure('still-clearing', `cannot retry ${stepId} yet: ${busy}, which clears up after it, is running`, {
    remedy: `Retry it once ${busy} has settled.`,
  });
};
