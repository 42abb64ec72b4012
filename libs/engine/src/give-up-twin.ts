import { gaveUpLast, givenUpIn, hasTwin, isOurs } from '@osm/domain';
import { Failure, failureRecord, isFailure, type FailureRecord } from '@osm/kernel';
import type { Assignment } from './assignment.ts';
import { secretsOf, type Bench } from './bench.ts';
import { discard, isThere } from './create-twin.ts';
import { withoutSecrets } from './without-secrets.ts';

/**
 * Does work on the twin. One of our making that turns out bad, or is gone, is given up. Where only its data differ from the
 * original's, or it is gone, the same attempt, delivered again, makes another one and copies once more; else, and the second
 * time in a plan, the attempt ends.
 */
export const orGiveUp = async <T>(bench: Bench, work: () => Promise<T>): Promise<T> => {
  const { assignment, record, destination, signal } = bench;
  const { handler, attempt } = assignment;
  try {
    return await work();
  } catch (error) {
    const id = record.state.destinationId;
    if (!isFailure(error) || id === undefined || !isOurs(record.state)) throw error;
    const differs = error.code === 'data-differ';
    const bad = differs || error.code === 'twin-failed';
    // Something else may be what is not found: then the twin stays.
    const gone = error.code === 'not-found' && !(await isThere(handler, destination, id, signal));
    if (!bad && !gone) throw error;
    // It was finished by another plan while this one was on its way: what is bad is something temporary of this one's.
    if (bad && hasTwin(record.state)) throw error;
    if (bad) await takeAway(bench, id, error);
    const told = withEarlier(bench, failureRecord(withoutSecrets(error, secretsOf(bench))));
    const given = { type: 'DiscardTwin', ...attempt, reason: told.message } as const;
    if ((differs || gone) && mayMakeAnother(bench, gone)) {
      await record.write(given);
      throw again(told);
    }
    // In one append: an attempt that has ended makes no other one.
    await record.write(given, { type: 'FailStep', ...attempt, failure: told });
    throw error;
  }
};

/** Deletes what turned out bad. Where the cloud refuses that, why it was bad must still be told. */
const takeAway = async (
  { workshop, assignment, destination, signal }: Bench,
  id: string,
  why: Failure,
): Promise<void> => {
  try {
    await discard(workshop, assignment.handler, destination, id, signal);
  } catch (error) {
    if (!isFailure(error) || error.disposition !== 'stop') throw error;
    throw new Failure(why.code, `${why.message}; and it could not be deleted again: ${error.message}`, {
      ...{ http: error.http, cause: why },
      remedy:
        'Look at it on the destination, and retry: where it has recovered by then it is used, else it is deleted.',
    });
  }
};

/**
 * Whether this attempt has given its twin up and has to make another one before it goes on; also where that one is known by its
 * id already: a worker may have died before the cloud had finished it. Raises when the attempt has to end.
 */
export const hasToMakeAnother = ({ assignment, record: { state } }: Bench): boolean => {
  const { attempt } = assignment;
  const given = givenUpIn(state, attempt.planId);
  const last = given.at(-1);
  if (last === undefined || !comesAfterCreate(assignment)) return false;
  if (state.destinationId !== undefined || given.length === 1 || !gaveUpLast(state, attempt)) return true;
  // It was to end: the log has died between the one event and the other.
  throw new Failure('data-differ', last.reason, { remedy: remedy.stopped });
};

/** Makes another twin; where that is refused, what became of the one before is told too. */
export const makeAnother = async (bench: Bench, make: () => Promise<string>): Promise<void> => {
  try {
    await make();
  } catch (error) {
    if (!isFailure(error) || error.disposition !== 'stop' || bench.record.state.destinationId !== undefined)
      throw error;
    const { code, message, http } = error;
    const reason = givenUpIn(bench.record.state, bench.assignment.attempt.planId).at(-1)?.reason ?? 'it was bad';
    throw new Failure(code, `cannot make another twin: ${message}; the one before was given up: ${reason}`, {
      ...{ http, cause: error },
      remedy: `${error.remedy} Where the clouds never give an id twice, set preserve_ids to false.`,
    });
  }
};

/** One more in a plan, and only where nothing but `create` has been done to it: what other steps have put out stays. */
const mayMakeAnother = ({ assignment, record: { state } }: Bench, gone: boolean): boolean => {
  const { attempt, step } = assignment;
  if (givenUpIn(state, attempt.planId).length > 0) return false;
  // An earlier plan that was cancelled may have deleted its own without having recorded that.
  return comesAfterCreate(assignment) || (gone && step.step === 'create' && state.broughtBy !== attempt.planId);
};

/** Whether the step is the next one after `create`. */
const comesAfterCreate = ({ handler, attributes, plan, step }: Assignment): boolean => {
  const names = handler.steps(attributes, plan.policy).map(({ name }) => name);
  return names.includes('create') && names.indexOf(step.step) === names.indexOf('create') + 1;
};

/** The second one that is given up tells of the first one too: equal hashes point at the source, others at the way. */
const withEarlier = ({ assignment, record: { state } }: Bench, failure: FailureRecord): FailureRecord => {
  const earlier = givenUpIn(state, assignment.attempt.planId).at(-1);
  if (earlier === undefined) return failure;
  return { ...failure, message: `${failure.message}; before that: ${earlier.reason}` };
};

const again = ({ code, message }: FailureRecord): Failure =>
  new Failure(code, message, { disposition: 'retry', remedy: remedy.again });

const remedy = {
  again: 'Nothing has to be done: another twin is made, and copied to once more.',
  stopped: 'The bad copies are deleted. Look at what stands between the clouds, then retry.',
};
