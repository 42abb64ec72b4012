import { decodeEvent, everyPlan, parseSubject, type RecordedEvent } from '@osm/contracts';
import { digest } from '@osm/kernel';
import type { Ports } from '@osm/platform';

/** How far a plan is, as far as the planner must know it of every plan. */
export interface IndexedPlan {
  readonly stage: 'requested' | 'waiting' | 'running' | 'cancelling' | 'ended';
  /** Digest of the request, `asOf` and `by` aside: equal for the very same request. */
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
    const stage = stages.get(recorded.type);
    if (known !== undefined && stage !== undefined) this.#plans.set(subject.planId, { ...known, stage });
    const event = recorded.type === 'PlanRequested' ? decodeEvent(recorded) : undefined;
    if (event?.type !== 'PlanRequested') return;
    const { asOf: _asOf, by: _by, ...request } = event.data;
    this.#plans.set(subject.planId, { stage: 'requested', request: digest(request) });
  }
}

const stages: ReadonlyMap<string, IndexedPlan['stage']> = new Map([
  ['PlanDrafted', 'waiting'],
  ['PlanRejected', 'ended'],
  ['PlanStarted', 'running'],
  ['StepRetryRequested', 'running'],
  ['PlanCompleted', 'ended'],
  ['PlanCancelling', 'cancelling'],
  ['PlanCancelled', 'ended'],
]);
