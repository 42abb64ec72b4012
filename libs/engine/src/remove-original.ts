import { decodeEvent, type DomainEvent } from '@osm/contracts';
import { hasTwin, isOurs } from '@osm/domain';
import { Failure, type JsonObject } from '@osm/kernel';
import { deleteOne } from '@osm/resource';
import { timeout, type Bench } from './bench.ts';
import { untilGone } from './create-twin.ts';
import { differing, pastOutputs } from './last-look.ts';
import type { StepOutputs } from './perform-step.ts';
import { changedSince, sourceNow } from './source-now.ts';
import { verify } from './verify.ts';

/** Removes the original, and only one whose twin we made, can still see, and see as it was when it was verified. */
export const removeOriginal = async (bench: Bench): Promise<StepOutputs> => {
  const { workshop, assignment, record, source, destination, signal } = bench;
  const { handler, route, ref, attributes, twinOf } = assignment;
  const { state } = record;
  if (state.sourceRemoved) return { unneeded: 'already-removed' };
  const imported = state.how === 'imported' && handler.adopts !== 'unique';
  // A twin that turned out to be there before us: its original stays, and that is no failure.
  if (!hasTwin(state) || state.destinationId === undefined || !(isOurs(state) || imported))
    return { unneeded: 'not-ours' };
  const { destinationId } = state;
  const past = pastOutputs(state);
  await mustBeEqual(bench, destinationId, past);
  const { policy } = assignment.plan;
  await handler.empty?.({
    ...{ route, ref, attributes, policy, twinOf, source, destination, destinationId, past },
    ...{ clock: workshop.clock, signal },
  });
  for (const request of handler.remove(attributes)) await source.send(handler.api.service, request, signal);
  await deleteOne(source, handler, ref.id, signal);
  await untilGone(workshop, handler, source, ref.id, timeout(assignment), signal);
  return { outputs: {}, sourceRemoved: true };
};

type PastOutputs = { readonly [step: string]: JsonObject };

/**
 * The last look before an original goes: whatever it and its twin had in common when the twin was verified, they must have
 * in common now. One of them may have been changed since.
 */
const mustBeEqual = async (bench: Bench, destinationId: string, past: PastOutputs): Promise<void> => {
  const { workshop, assignment, source, signal } = bench;
  const events = (await workshop.log.load(assignment.subject)).map(decodeEvent);
  const verified = events.findLast((event) => event.type === 'TwinVerified');
  const told = new Set(verified === undefined ? [] : differing(verified.data));
  const now = mayBeOurs(bench, events) ? undefined : await sourceNow(assignment, source, signal);
  const since = now === undefined ? [] : await changedSince(assignment, now, source, signal);
  const differs = new Set([...differing(await verify(bench, destinationId, past)), ...since]);
  const changed = [...differs].filter((name) => !told.has(name));
  if (changed.length === 0) return;
  const { type, id } = assignment.ref;
  const how = verified === undefined ? 'differs from it' : 'is not what was verified';
  throw new Failure(
    'twin-changed',
    `cannot remove ${type} ${id} from the source: its twin ${destinationId} ${how}: ${changed.join(', ')}`,
    {
      remedy:
        'Look at both. Make them equal and retry, or remove the original by hand if the difference is what you want.',
    },
  );
};

/**
 * Whether we may have changed the original ourselves: an earlier try to remove it got further than this look, or its type
 * is sealed before it is emptied, and then looks for itself.
 */
const mayBeOurs = ({ assignment: { handler } }: Bench, events: readonly DomainEvent[]): boolean => {
  const tries = events.filter((event) => event.type === 'StepStarted' && event.data.step === 'remove').length;
  const refused = events.filter(
    (event) =>
      event.type === 'StepFailed' && event.data.step === 'remove' && event.data.failure.code === 'twin-changed',
  ).length;
  return handler.empty !== undefined || tries - refused > 1;
};
