import type { PlanStep } from '@osm/contracts';
import {
  flowWith,
  noFlow,
  rateOf,
  secondsFor,
  secondsLeft,
  type Ended,
  type Flow,
  type Listener,
  type Moved,
  type Waiting,
} from '@osm/platform';
import type { PlanView } from './plan-view.ts';

/** How a step that was dispatched comes on. */
export interface StepState {
  readonly step: PlanStep;
  /** Bytes move; it waits for something; a worker has it; no worker has it yet. */
  readonly state: 'moving' | 'waiting' | 'working' | 'queued';
  /** What it waits for. */
  readonly what: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  /** Undefined where it has moved none. */
  readonly flow: BytesState | undefined;
}

export interface BytesState {
  readonly bytes: number;
  readonly total: number | undefined;
  /** Bytes per second; undefined while it is too early to tell. */
  readonly rate: number | undefined;
  readonly secondsLeft: number | undefined;
}

/** All of a plan at one moment. */
export interface Snapshot {
  readonly settled: number;
  readonly steps: number;
  readonly items: readonly StepState[];
  /** All transfers together; the time left reckons those to come at the mean size of those known. */
  readonly all: BytesState;
  /** Transfers whose size is not known yet. */
  readonly toCome: number;
}

/** Milliseconds: closer reports tell nothing more. */
const spacing = 100;

interface Heard {
  flow: Flow | undefined;
  flowAt: number;
  wait: (Omit<Waiting, 'planId' | 'stepId'> & { readonly isRetry: boolean }) | undefined;
}

/** What telemetry says of one plan. */
export class Transfers implements Listener {
  readonly #heard = new Map<string, Heard>();

  constructor(
    private readonly planId: string,
    private readonly now: () => number = Date.now,
  ) {}

  moved({ planId, stepId, bytes, total }: Moved): void {
    if (planId !== this.planId) return;
    const heard = this.#of(stepId);
    heard.wait = undefined;
    const now = this.now();
    if (heard.flow !== undefined && now - heard.flowAt < spacing && bytes !== total) return;
    heard.flow = flowWith(heard.flow ?? noFlow, bytes, total, now);
    heard.flowAt = now;
  }

  waiting({ planId, stepId, ...wait }: Waiting): void {
    if (planId === this.planId) this.#of(stepId).wait = { ...wait, isRetry: false };
  }

  ended({ planId, stepId, again }: Ended): void {
    if (planId !== this.planId) return;
    const retry = { what: 'its next try', since: new Date(this.now()), until: again, isRetry: true };
    this.#of(stepId).wait = again === undefined ? undefined : retry;
  }

  /** How it all stands now. */
  snapshot(view: Pick<PlanView, 'progress' | 'inHand' | 'transfersLeft'>): Snapshot {
    const now = this.now();
    const inHand = view.inHand();
    const items = inHand.map(({ step, started, since }) => this.#stateOf(step, started, since, now));
    const left = [...view.transfersLeft()];
    const toCome = left.filter((stepId) => this.#heard.get(stepId)?.flow?.total === undefined).length;
    return { ...view.progress(), items, toCome, all: this.#sum(items, toCome) };
  }

  #of(stepId: string): Heard {
    const heard = this.#heard.get(stepId) ?? { flow: undefined, flowAt: 0, wait: undefined };
    this.#heard.set(stepId, heard);
    return heard;
  }

  #stateOf(step: PlanStep, started: boolean, since: Date | undefined, now: number): StepState {
    const { flow, wait } = this.#heard.get(step.id) ?? {};
    const bytes = flow === undefined ? undefined : bytesOf(flow, now);
    const common = { step, flow: bytes, until: undefined };
    // Its time has come: somebody has it again, or will say what it waits for.
    const isOver = wait?.isRetry === true && wait.until !== undefined && wait.until.getTime() <= now;
    if (wait !== undefined && !isOver) {
      return { ...common, state: 'waiting', what: wait.what, since: wait.since, until: wait.until };
    }
    const isMoving = flow !== undefined && flow.bytes !== flow.total;
    if (isMoving) return { ...common, state: 'moving', what: undefined, since };
    return started || flow !== undefined
      ? { ...common, state: 'working', what: undefined, since }
      : { ...common, state: 'queued', what: 'a free worker', since };
  }

  #sum(items: readonly StepState[], toCome: number): BytesState {
    const flows = [...this.#heard.values()].flatMap(({ flow }) => flow ?? []);
    const known = flows.flatMap(({ total }) => total ?? []);
    const bytes = flows.reduce((sum, flow) => sum + flow.bytes, 0);
    const total = known.length === flows.length && known.length > 0 ? known.reduce((a, b) => a + b, 0) : undefined;
    const rates = items.flatMap(({ state, flow }) => (state === 'moving' ? (flow?.rate ?? []) : []));
    const rate = rates.length === 0 ? undefined : rates.reduce((sum, each) => sum + each, 0);
    const expected = total === undefined ? undefined : total + toCome * (total / known.length);
    return {
      bytes,
      total,
      rate,
      secondsLeft: expected === undefined ? undefined : secondsFor(expected - bytes, rate),
    };
  }
}

const bytesOf = (flow: Flow, now: number): BytesState => ({
  bytes: flow.bytes,
  total: flow.total,
  rate: rateOf(flow, now),
  secondsLeft: secondsLeft(flow, now),
});
