import { decodeEvent } from '@osm/contracts';
import { isOurs } from '@osm/domain';
import { Failure, failureRecord, isFailure, type JsonObject } from '@osm/kernel';
import { deleteOne, readOne } from '@osm/resource';
import { timeout, type Bench } from './bench.ts';
import { isThere, untilGone } from './create-twin.ts';
import { differing, pastOutputs } from './last-look.ts';
import type { StepOutputs } from './perform-step.ts';
import { mustContainNothing } from './must-contain-nothing.ts';
import { verify } from './verify.ts';

/**
 * Deletes the twin again that a plan has made: only that plan's, only as it was when it was verified, only while its
 * original is there, and only with nothing in it that the original has not. What the looks have found is recorded before
 * anything is taken away: from then on the resource counts as not migrated, whatever becomes of the worker.
 */
export const rollBackTwin = async (bench: Bench): Promise<StepOutputs> => {
  const { workshop, assignment, record, destination, signal } = bench;
  const { handler, plan, attempt } = assignment;
  const { destinationId, broughtBy, sourceRemoved, goingBack } = record.state;
  // What the cloud has made with something that goes is let go of before that: a later plan finds it again, or another one.
  if (record.state.how === 'reused' && destinationId !== undefined) return { outputs: {}, rolledBack: destinationId };
  const isOfPlan = broughtBy !== undefined && broughtBy === plan.request.of;
  if (destinationId === undefined || !isOfPlan || !isOurs(record.state)) return { unneeded: 'not-of-plan' };
  // What is gathered beside it may lack something by itself.
  const { enrich: _, ...bare } = handler;
  if (sourceRemoved || !(await isThere(bare, bench.source, assignment.ref.id, signal))) throw onlyCopy(bench);
  const twin = await twinNow(bench, destinationId);
  if (twin === undefined) return { outputs: {}, rolledBack: destinationId };
  if (goingBack !== destinationId) {
    await mustBeAsVerified(bench, destinationId);
    await mustContainNothing(bench, destinationId);
    await record.write({ type: 'BeginRollBack', ...attempt, destinationId });
  }
  await emptyTwin(bench, destinationId, twin);
  for (const request of handler.remove(twin)) await destination.send(handler.api.service, request, signal);
  await deleteOne(destination, handler, destinationId, signal);
  await untilGone(workshop, handler, destination, destinationId, timeout(assignment), signal);
  return { outputs: {}, rolledBack: destinationId };
};

const twinNow = async (
  { assignment: { handler }, destination, signal }: Bench,
  id: string,
): Promise<JsonObject | undefined> => {
  try {
    return await readOne(destination, handler, id, signal);
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
};

/** Whatever twin and original had in common when the twin was verified, the twin must still have. */
const mustBeAsVerified = async (bench: Bench, destinationId: string): Promise<void> => {
  const { workshop, assignment, record } = bench;
  const events = (await workshop.log.load(assignment.subject)).map(decodeEvent);
  const verified = events.findLast((event) => event.type === 'TwinVerified');
  // One that was never finished counts for nobody, so nobody has taken it into use.
  if (verified?.data.destinationId !== destinationId) return;
  const told = new Set(differing(verified.data));
  const changed = differing(await verify(bench, destinationId, pastOutputs(record.state))).filter(
    (name) => !told.has(name),
  );
  if (changed.length === 0) return;
  throw new Failure('twin-changed', `${cannot(bench)}: it is not what was verified: ${changed.join(', ')}`, {
    remedy: 'Somebody has changed it since. Delete it by hand if it must go for all that.',
  });
};

/** The same look as an original gets before it goes, from the other side: what is equal is taken away, or nothing is. */
const emptyTwin = async (bench: Bench, destinationId: string, twin: JsonObject): Promise<void> => {
  const { workshop, assignment, record, source, destination, signal } = bench;
  const { handler, route, ref, plan, twinOf } = assignment;
  try {
    await handler.empty?.({
      ...{
        route,
        ref: { type: ref.type, id: destinationId },
        attributes: twin,
        policy: plan.policy,
        twinOf,
        destinationId,
      },
      ...{ source: destination, destination: source, past: pastOutputs(record.state), clock: workshop.clock, signal },
    });
  } catch (error) {
    if (!isFailure(error) || error.disposition !== 'stop') throw error;
    const { code, message, http } = failureRecord(error);
    throw new Failure(code, `${cannot(bench)}: what is in it is not what was copied: ${message}`, {
      ...{ http, cause: error },
      remedy: 'Save what came to it since, then delete it by hand; its original is untouched.',
    });
  }
};

const onlyCopy = (bench: Bench): Failure =>
  new Failure('source-gone', `${cannot(bench)}: its original is gone, and it is the only copy`, {
    remedy: 'It stays. Delete it by hand if it must go.',
  });

/** `cannot roll back network 5f3e…, whose twin is 91ab…`. */
const cannot = ({ assignment: { ref }, record }: Bench): string =>
  `cannot roll back ${ref.type} ${ref.id}, whose twin is ${record.state.destinationId ?? 'gone'}`;
