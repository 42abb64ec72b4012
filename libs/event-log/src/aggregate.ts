import { decodeEvent, encodeEvent, type DomainEvent, type Provenance } from '@osm/contracts';
import type { Clock, Ids } from '@osm/kernel';
import { Conflict, type EventLog } from './event-log.ts';

/** The rules of one kind of aggregate: three pure functions. */
export interface Decider<Command, State, Event extends DomainEvent> {
  readonly initial: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** An aggregate as it stands. `revision` is what the next append must expect. */
export interface Loaded<State> {
  readonly state: State;
  readonly revision: number;
}

export interface Recorder {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly provenance: Provenance;
}

/** Folds a subject's events into its state. */
export const loadAggregate = async <Command, State, Event extends DomainEvent>(
  log: EventLog,
  decider: Decider<Command, State, Event>,
  subject: string,
): Promise<Loaded<State>> => {
  const events = await log.load(subject);
  const state = events.reduce((folded, event) => decider.evolve(folded, decodeEvent(event) as Event), decider.initial);
  return { state, revision: events.at(-1)?.position ?? 0 };
};

/** Appends events at a known revision; raises `Conflict`. With nothing to append the revision stays. */
export const appendEvents = async (
  { log, clock, ids, provenance }: Recorder,
  subject: string,
  revision: number,
  events: readonly DomainEvent[],
): Promise<number> => {
  if (events.length === 0) return revision;
  return log.append(
    subject,
    revision,
    events.map((event) => encodeEvent(event, provenance, clock, ids)),
  );
};

/**
 * Load, decide, append; on conflict, again. Returns the new state and revision. What `decide` throws passes through:
 * a refusal is an answer, not a conflict.
 */
export const transact = async <Command, State, Event extends DomainEvent>(
  recorder: Recorder,
  decider: Decider<Command, State, Event>,
  subject: string,
  command: Command,
): Promise<Loaded<State> & { readonly events: readonly Event[] }> => {
  for (;;) {
    const { state, revision } = await loadAggregate(recorder.log, decider, subject);
    const events = decider.decide(command, state);
    try {
      const next = await appendEvents(recorder, subject, revision, events);
      return { state: events.reduce((folded, event) => decider.evolve(folded, event), state), revision: next, events };
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
};
