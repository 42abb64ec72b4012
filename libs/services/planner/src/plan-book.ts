import { decodeEvent, planSubject, type PlanEvent } from '@osm/contracts';
import { plan, type PlanCommand, type PlanState } from '@osm/domain';
import { appendEvents, Conflict, loadAggregate, type Loaded, type Recorder } from '@osm/event-log';
import { isFailure } from '@osm/kernel';
import type { Ports } from '@osm/platform';

/**
 * The plans in hand, each kept as it stands: a plan of 100,000 steps is not folded again for every outcome. Another
 * replica may have written since: a copy that conflicts, refuses or has nothing to say is brought up to date first. One
 * decision at a time for each plan.
 */
export class PlanBook {
  readonly #plans = new Map<string, Loaded<PlanState>>();
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(private readonly ports: Ports) {}

  /** The plan as the log has it now. */
  async load(planId: string): Promise<Loaded<PlanState>> {
    const { log } = this.ports;
    const kept = this.#plans.get(planId);
    if (kept === undefined) return this.#keep(planId, await loadAggregate(log, plan, planSubject(planId)));
    let { state, revision } = kept;
    for await (const event of log.read({ filter: planSubject(planId), after: revision })) {
      state = plan.evolve(state, decodeEvent(event) as PlanEvent);
      revision = event.position;
    }
    return this.#keep(planId, { state, revision });
  }

  /** Decides and appends; raises what the decider refuses. */
  decide(planId: string, command: PlanCommand, actor?: string, causation?: string): Promise<Loaded<PlanState>> {
    const before = this.#turns.get(planId) ?? Promise.resolve();
    const turn = before.then(() => this.#decide(planId, command, actor, causation));
    // The next one takes its turn whatever becomes of this one, whose caller hears of it.
    const ended = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#turns.set(planId, ended);
    void ended.then(() => this.#turns.get(planId) === ended && this.#turns.delete(planId));
    return turn;
  }

  async #decide(planId: string, command: PlanCommand, actor: string | undefined, causation: string | undefined) {
    const { log, clock, ids, producer } = this.ports;
    const provenance = { producer, correlation: planId, actor, causation };
    const recorder: Recorder = { log, clock, ids, provenance };
    let kept = this.#plans.get(planId);
    for (;;) {
      const { state, revision } = kept ?? (await this.load(planId));
      const events = kept === undefined ? plan.decide(command, state) : decideOnCopy(command, state);
      const stale = kept !== undefined && events.length === 0;
      kept = undefined;
      if (stale) continue;
      try {
        return this.#keep(planId, {
          state: events.reduce((folded, event) => plan.evolve(folded, event), state),
          revision: await appendEvents(recorder, planSubject(planId), revision, events),
        });
      } catch (error) {
        if (!(error instanceof Conflict)) throw error;
      }
    }
  }

  /** Only what is being drafted or runs is worth its memory. */
  #keep(planId: string, loaded: Loaded<PlanState>): Loaded<PlanState> {
    const { status } = loaded.state;
    if (inHand.has(status)) this.#plans.set(planId, loaded);
    else this.#plans.delete(planId);
    return loaded;
  }
}

const inHand: ReadonlySet<PlanState['status']> = new Set(['requested', 'running', 'paused', 'cancelling']);

/** Nothing where the copy refuses: the plan as it is may not. */
const decideOnCopy = (command: PlanCommand, state: PlanState): readonly PlanEvent[] => {
  try {
    return plan.decide(command, state);
  } catch (error) {
    if (isFailure(error)) return [];
    throw error;
  }
};
