import { cubeOf, itemAt, withItem, type Cube } from './cube.ts';
import { emptyGraph, type PlanGraph } from './plan-graph.ts';
import { emptyQueue, enqueued, queueOf, withoutFirst, type Queue } from './queue.ts';

export type StepStatus = 'waiting' | 'open' | 'succeeded' | 'failed' | 'skipped';
export type StepOutcome = Extract<StepStatus, 'succeeded' | 'failed' | 'skipped'>;

/** How far one step is. */
export interface StepProgress {
  readonly status: StepStatus;
  /** The attempt in hand, or the next one; from 1. Each attempt settles at most once. */
  readonly attempt: number;
  /** How many of its needs have not settled. */
  readonly unsettled: number;
  /** How many of its needs have failed or were skipped. */
  readonly spoiled: number;
  /** How many of its needs were skipped without ever having begun. */
  readonly skipped: number;
  /** Skipped: the number of the step on which it stands and which failed, or which a person does without. */
  readonly because: number | undefined;
  /** Whether any attempt at it was ever in the hands of its service. */
  readonly begun: boolean;
  /** Whether a person does without it. */
  readonly unwanted: boolean;
  /** An `always` step that has run since what it clears up was made: that is gone. */
  readonly cleared: boolean;
}

/** How far all steps are. A value: every change makes a new one, which shares what did not change. */
export interface Progress {
  readonly graph: PlanGraph;
  readonly steps: Cube<StepProgress>;
  /** Steps whose needs have all settled, oldest first; entries may be out of date behind the first. */
  readonly due: Queue<number>;
  readonly totals: { readonly [outcome in StepOutcome]: number };
}

/** The beginning: what needs nothing is due. */
export const progressOf = (graph: PlanGraph): Progress => ({
  graph,
  steps: cubeOf(graph.needs.map(({ length }) => ({ ...untouched, unsettled: length }))),
  due: queueOf(graph.needs.flatMap(({ length }, number) => (length === 0 ? [number] : []))),
  totals: { succeeded: 0, failed: 0, skipped: 0 },
});

const untouched: StepProgress = {
  status: 'waiting',
  attempt: 1,
  unsettled: 0,
  spoiled: 0,
  skipped: 0,
  because: undefined,
  begun: false,
  unwanted: false,
  cleared: false,
};

export const noProgress: Progress = { ...progressOf(emptyGraph), due: emptyQueue };

export const progressAt = (progress: Progress, number: number): StepProgress =>
  itemAt(progress.steps, number) ?? untouched;

export const isSettled = ({ status }: StepProgress): boolean => status !== 'waiting' && status !== 'open';

const isDue = ({ status, unsettled }: StepProgress): boolean => status === 'waiting' && unsettled === 0;

/** Whether every step has settled. */
export const allSettled = ({ graph, totals }: Progress): boolean =>
  totals.succeeded + totals.failed + totals.skipped === graph.steps.length;

/** What is to be done with the next step whose needs have all settled. */
export type Due =
  | { readonly number: number; readonly to: 'dispatch' }
  | { readonly number: number; readonly to: 'skip'; readonly because: number | undefined };

/**
 * The next step that is due. All its needs have settled, also when one failed early: so a settled step has only settled
 * steps behind it, and what clears up never runs beside what it clears up after.
 */
export const nextDue = (progress: Progress): Due | undefined => {
  const number = progress.due.front?.item;
  if (number === undefined) return undefined;
  const because = reasonToSkip(progress, number);
  if (because !== undefined) return { number, to: 'skip', because };
  return progressAt(progress, number).unwanted ? { number, to: 'skip', because } : { number, to: 'dispatch' };
};

/**
 * The next step that is due while the plan is being cancelled, when all others have settled: what collects what was begun.
 * Where nothing of the kind was ever in anybody's hands, there is nothing to collect.
 */
export const nextToCollect = (progress: Progress): Due | undefined => {
  const number = progress.due.front?.item;
  if (number === undefined) return undefined;
  const own = madeFor(progress.graph, number);
  const needs = own.length > 0 ? own : (progress.graph.needs[number] ?? []);
  const wasBegun = needs.some((need) => progressAt(progress, need).begun);
  const isCollector = progress.graph.steps[number]?.always === true;
  return isCollector && wasBegun ? { number, to: 'dispatch' } : { number, to: 'skip', because: undefined };
};

/** Steps that wait and are not there to collect anything: those that a cancelled plan does without. */
export const dispensable = (progress: Progress): readonly number[] =>
  [...progress.graph.steps.entries()].flatMap(([number, { always }]) =>
    !always && progressAt(progress, number).status === 'waiting' ? [number] : [],
  );

const reasonToSkip = (progress: Progress, number: number): number | undefined => {
  const needs = progress.graph.needs[number] ?? [];
  const { spoiled, skipped } = progressAt(progress, number);
  const always = progress.graph.steps[number]?.always === true;
  if (always ? skipped < needs.length || needs.length === 0 : spoiled === 0) return undefined;
  for (const need of needs) {
    if (isOnlyAwaited(progress.graph, number, need)) continue;
    const { status, because } = progressAt(progress, need);
    if (status === 'failed') return need;
    if (status === 'skipped') return because ?? need;
  }
  return undefined;
};

const isOnlyAwaited = ({ after }: PlanGraph, number: number, need: number): boolean =>
  after.get(number)?.has(need) === true;

/**
 * The outcome of a need as the step that waits for it takes it. What was skipped after it had begun counts as failed: what
 * clears up after it has something to do.
 */
const heard = (
  graph: PlanGraph,
  number: number,
  need: number,
  outcome: StepOutcome,
  { begun }: StepProgress,
): StepOutcome => {
  if (isOnlyAwaited(graph, number, need)) return 'succeeded';
  return outcome === 'skipped' && begun ? 'failed' : outcome;
};

/** A step is in the hands of its service. */
export const opened = (progress: Progress, number: number, attempt: number): Progress => {
  const step: StepProgress = { ...progressAt(progress, number), status: 'open', attempt, begun: true };
  return refreshed(progress.graph, withItem(progress.steps, number, step), progress.due, progress.totals);
};

/** A step has its outcome; what waits for it waits for one less. */
export const settled = (
  { graph, ...before }: Progress,
  number: number,
  outcome: StepOutcome,
  because: number | undefined,
): Progress => {
  let { steps, due } = before;
  const was = itemAt(steps, number) ?? untouched;
  if (isSettled(was)) return { graph, ...before };
  const cleared = was.cleared || (outcome !== 'skipped' && graph.steps[number]?.always === true);
  steps = withItem(steps, number, { ...was, status: outcome, because, cleared });
  for (const dependent of graph.dependents[number] ?? []) {
    const step = told(itemAt(steps, dependent) ?? untouched, heard(graph, dependent, number, outcome, was), -1);
    steps = withItem(steps, dependent, step);
    if (isDue(step)) due = enqueued(due, dependent);
  }
  return refreshed(graph, steps, due, counted(before.totals, outcome, 1));
};

/**
 * A person does without a step that is not under way. What waits settles when its turn comes, as all steps do: what clears
 * up would not wait for what is still to run before it. What failed counts as skipped from now on; what stands on it has
 * heard, or hears, that it failed.
 */
export const unwanted = ({ graph, ...before }: Progress, number: number): Progress => {
  const was = itemAt(before.steps, number) ?? untouched;
  const status = was.status === 'failed' ? 'skipped' : was.status;
  const steps = withItem(before.steps, number, { ...was, status, unwanted: true });
  const { totals } = before;
  const after = was.status === 'failed' ? counted(counted(totals, 'failed', -1), 'skipped', 1) : totals;
  return refreshed(graph, steps, before.due, after);
};

/** What a retry opens again, or the step that has to settle first. */
export interface Reopening {
  readonly numbers: readonly number[];
  /** Steps that have cleared up what is now made anew. */
  readonly undone: readonly number[];
  /** An `always` step that is clearing up at this moment. */
  readonly clearing: number | undefined;
}

/**
 * What a retry of a step opens again: the step, what was skipped because of it, and each `always` step that has
 * run after one of these. What such a step has cleared up is made anew first: those of its needs that are of its own
 * resource (a borrowed role, a temporary image).
 */
export const reopening = (progress: Progress, retried: number): Reopening => {
  const { graph } = progress;
  const numbers = new Set([retried]);
  const undone = new Set<number>();
  let clearing: number | undefined;
  for (const number of numbers) {
    const { because } = progressAt(progress, number);
    for (const dependent of graph.dependents[number] ?? []) {
      const step = progressAt(progress, dependent);
      const always = graph.steps[dependent]?.always === true;
      if (always && step.status === 'open') clearing = dependent;
      const stoodOnIt = step.status === 'skipped' && (step.because === number || step.because === because);
      if (stoodOnIt || (always && isSettled(step))) numbers.add(dependent);
      if (!always || !step.cleared || undone.has(dependent)) continue;
      undone.add(dependent);
      for (const need of madeFor(graph, dependent)) if (isSettled(progressAt(progress, need))) numbers.add(need);
    }
  }
  return { numbers: [...numbers], undone: [...undone], clearing };
};

const madeFor = (graph: PlanGraph, collector: number): readonly number[] => {
  const own = graph.steps[collector]?.ref;
  return (graph.needs[collector] ?? []).filter((need) => {
    const ref = graph.steps[need]?.ref;
    return ref !== undefined && ref.type === own?.type && ref.id === own.id;
  });
};

/** A step to be retried and all that its retry opens wait again, each for its next attempt. */
export const reopened = (progress: Progress, retried: number): Progress => {
  const { graph } = progress;
  const { numbers, undone } = reopening(progress, retried);
  let { steps, due, totals } = progress;
  steps = withItem(steps, retried, { ...(itemAt(steps, retried) ?? untouched), unwanted: false });
  for (const number of undone) {
    steps = withItem(steps, number, { ...(itemAt(steps, number) ?? untouched), cleared: false });
  }
  for (const number of numbers) {
    const was = itemAt(steps, number) ?? untouched;
    const { status, attempt } = was;
    if (status === 'waiting' || status === 'open') continue;
    steps = withItem(steps, number, { ...was, status: 'waiting', attempt: attempt + 1, because: undefined });
    totals = counted(totals, status, -1);
    for (const dependent of graph.dependents[number] ?? []) {
      const outcome = heard(graph, dependent, number, status, was);
      steps = withItem(steps, dependent, told(itemAt(steps, dependent) ?? untouched, outcome, 1));
    }
  }
  for (const number of numbers) if (isDue(itemAt(steps, number) ?? untouched)) due = enqueued(due, number);
  return refreshed(graph, steps, due, totals);
};

type Totals = Progress['totals'];

const counted = (totals: Totals, outcome: StepOutcome, by: 1 | -1): Totals => ({
  succeeded: totals.succeeded + (outcome === 'succeeded' ? by : 0),
  failed: totals.failed + (outcome === 'failed' ? by : 0),
  skipped: totals.skipped + (outcome === 'skipped' ? by : 0),
});

/** A need has settled (-1) or waits again (+1). */
const told = (step: StepProgress, outcome: StepOutcome, unsettled: 1 | -1): StepProgress => ({
  ...step,
  unsettled: step.unsettled + unsettled,
  spoiled: step.spoiled - (outcome === 'succeeded' ? 0 : unsettled),
  skipped: step.skipped - (outcome === 'skipped' ? unsettled : 0),
});

/** Progress whose queue begins with a step that is due: entries ahead of it that are due no more are left out. */
const refreshed = (graph: PlanGraph, steps: Cube<StepProgress>, queue: Queue<number>, totals: Totals): Progress => {
  let due = queue;
  while (due.front !== undefined && !isDue(itemAt(steps, due.front.item) ?? untouched)) due = withoutFirst(due);
  return { graph, steps, due, totals };
};
