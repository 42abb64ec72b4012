import type { JsonObject } from '@osm/kernel';
import { isOurs } from '@osm/domain';
import { fidelity, readOne, type Context, type Fidelity } from '@osm/resource';
import type { Assignment } from './assignment.ts';
import type { Bench } from './bench.ts';

/** The outputs of this very step are recorded only afterwards. */
export const withOwn = ({ assignment: { step }, record }: Bench, own: JsonObject): Context['outputs'] => ({
  ...record.outputs(),
  [step.step]: own,
});

/** Reads the twin back and compares it with its source; `outputs` are those of the steps that have made it, by step. */
export const verify = async (
  { assignment, record, destination, context, attributes, signal }: Bench,
  destinationId: string,
  outputs: Context['outputs'],
): Promise<Fidelity> => {
  const { handler, twinOf } = assignment;
  const twin = await readOne(destination, handler, destinationId, signal);
  const now = { ...context, outputs };
  const expected = { ...handler.create(attributes, twinOf, now), ...handler.expect(attributes, twinOf, now) };
  return fidelity(
    handler,
    assignment.attributes,
    redactedTwin(assignment, twin),
    expected,
    assignment.plan.policy,
    !isOurs(record.state),
  );
};

const redactedTwin = ({ handler }: Assignment, twin: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(twin).filter(([attribute]) => !handler.secret.includes(attribute)));
