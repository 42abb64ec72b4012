import { isFailure } from '@osm/kernel';
import { expect } from 'vitest';

/** The three functions of an aggregate. */
export interface Rules<Command, State, Event> {
  readonly initial: State;
  decide(command: Command, state: State): readonly Event[];
  evolve(state: State, event: Event): State;
}

/** What was decided. */
export interface Decision<Event> {
  /** Exactly these events, in this order; none: nothing happens. */
  then(...events: readonly Event[]): void;
  /** The command is refused with this code. */
  thenRefused(code: string): void;
}

/** What has happened so far. */
export interface History<Command, State, Event> {
  /** The state that the events lead to. */
  readonly state: State;
  /** More that happened. */
  given(...events: readonly Event[]): History<Command, State, Event>;
  /** What follows from a command; its events are not part of the history. */
  when(command: Command): Decision<Event>;
  /** The history after a command was carried out. */
  after(command: Command): History<Command, State, Event>;
}

/** Given these events, when this command, then those events: how the rules of an aggregate read as a test. */
export const given = <Command, State, Event>(
  rules: Rules<Command, State, Event>,
  ...events: readonly Event[]
): History<Command, State, Event> => historyAt(rules, fold(rules, rules.initial, events));

const fold = <Command, State, Event>(
  rules: Rules<Command, State, Event>,
  state: State,
  events: readonly Event[],
): State => events.reduce((folded, event) => rules.evolve(folded, event), state);

const historyAt = <Command, State, Event>(
  rules: Rules<Command, State, Event>,
  state: State,
): History<Command, State, Event> => ({
  state,
  given: (...events) => historyAt(rules, fold(rules, state, events)),
  when: (command) => ({
    then: (...expected) => {
      // As the log will hold them: a member that is undefined is not there.
      const decided: unknown = JSON.parse(JSON.stringify(rules.decide(command, state)));
      expect(decided).toEqual(expected);
    },
    thenRefused: (code) => expect(refusal(() => rules.decide(command, state))).toBe(code),
  }),
  after: (command) => historyAt(rules, fold(rules, state, rules.decide(command, state))),
});

const refusal = (decide: () => unknown): string | undefined => {
  try {
    decide();
    return undefined;
  } catch (error) {
    if (isFailure(error)) return error.code;
    throw error;
  }
};
