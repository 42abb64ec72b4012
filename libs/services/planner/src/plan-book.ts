import { planSubject } from '@osm/contracts';
import { plan, type PlanCommand, type PlanState } from '@osm/domain';
import { appendEvents, Conflict, loadAggregate, type Loaded, type Recorder } from '@osm/event-log';
import type { Ports } from '@osm/platform';

/**
 * The plans in hand, each kept as it stands: a plan of 100,000 steps is not folded again for every outcome. A stale copy
 * is caught by the expected revision and read again. One decision at a time for each plan.
 */
export class PlanBook {
  readonly #plans = new Map<string, Loaded<PlanState>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(private readonly ports: Ports) {}

  async load(planId: string): Promise<Loaded<PlanState>> {
    const known = this.#plans.get(planId);
    if (known !== undefined) return known;
    const loaded = await loadAggregate(this.ports.log, plan, planSubject(planId));
    this.#plans.set(planId, loaded);
    return loaded;
  }

  /** Decides and appends; raises what the decider refuses. */
  decide(planId: string, command: PlanCommand, actor?: string, causation?: string): Promise<Loaded<PlanState>> {
    const before = this.#turns.get(planId) ?? Promise.resolve();
    const turn = before.then(() => this.#decide(planId, command, actor, causation));
    // The next one takes its turn whatever becomes of this one, whose caller hears of it.
    this.#turns.set(
      planId,
      turn.catch(() => undefined),
    );
    return turn;
  }

  async #decide(planId: string, command: PlanCommand, actor: string | undefined, causation: string | undefined) {
    const { log, clock, ids, producer } = this.ports;
    const provenance = { producer, correlation: planId, actor, causation };
    const recorder: Recorder = { log, clock, ids, provenance };
    for (;;) {
      const { state, revision } = await this.load(planId);
      const events = plan.decide(command, state);
      try {
        const next = {
          state: events.reduce((folded, event) => plan.evolve(folded, event), state),
          revision: await appendEvents(recorder, planSubject(planId), revision, events),
        };
        this.#plans.set(planId, next);
        return next;
      } catch (error) {
        this.#plans.delete(planId);
        if (!(error instanceof Conflict)) throw error;
      }
    }
  }
}
