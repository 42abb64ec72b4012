import { decodeEvent, everyPlan, parseSubject, type RecordedEvent } from '@osm/contracts';
import { planStatusAfter, type PlanStatus } from '@osm/domain';
import { digest } from '@osm/kernel';
import type { Ports } from '@osm/platform';

/** How far a plan is, as far as the planner must know it of every plan. */
export interface IndexedPlan {
  readonly status: PlanStatus;
  readonly stage: 'requested' | 'waiting' | 'running' | 'cancelling' | 'ended';
  /** Digest of the request alone: equal for the very same request, whoever asked for it when and why. */
  readonly request: string;
}

/** All plans at a glance, kept up with the log: each event is looked at once in the life of the process. */
export class PlanIndex {
  readonly #plans = new Map<string, IndexedPlan>();
  #seen = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly ports: Ports) {}

  /** Every plan there is now, by id, oldest first. */
  all(): Promise<ReadonlyMap<string, IndexedPlan>> {
    const turn = this.#turn.then(() => this.#catchUp());
    // Whoever asks next tries again; this one's caller hears of the failure.
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #catchUp(): Promise<ReadonlyMap<string, IndexedPlan>> {
    for await (const recorded of this.ports.log.read({ filter: everyPlan, after: this.#seen })) {
      this.#note(recorded);
      this.#seen = recorded.position;
    }
    return new Map(this.#plans);
  }

  #note(recorded: RecordedEvent): void {
    const subject = parseSubject(recorded.subject);
    if (subject.aggregate !== 'plan') return;
    const known = this.#plans.get(subject.planId);
    if (known !== undefined) {
      const status = planStatusAfter(known.status, recorded.type);
      this.#plans.set(subject.planId, { ...known, status, stage: stages[status] });
    }
    const event = recorded.type === 'PlanRequested' ? decodeEvent(recorded) : undefined;
    if (event?.type !== 'PlanRequested') return;
    const { asOf: _asOf, by: _by, reason: _reason, needsSecond: _second, ...request } = event.data;
    this.#plans.set(subject.planId, { status: 'requested', stage: 'requested', request: digest(request) });
  }
}

const stages: { readonly [status in PlanStatus]: IndexedPlan['stage'] } = {
  unknown: 'waiting',
  requested: 'requested',
  drafted: 'waiting',
  approved: 'waiting',
  rejected: 'ended',
  running: 'running',
  paused: 'running',
  completed: 'ended',
  cancelling: 'cancelling',
  cancelled: 'ended',
};
