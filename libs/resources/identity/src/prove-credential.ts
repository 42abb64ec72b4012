import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Step, StepContext } from '@osm/resource';

/** Reads the twin back and compares what nobody may see with the source: the report cannot show that. */
export const proveCredential: Step = {
  name: 'prove',
  run: async (context) => {
    const { attributes, destinationId, ref } = context;
    if (destinationId === undefined) throw missing(ref.id);
    const twin = await readTwin(context, destinationId);
    if (twin['blob'] !== attributes['blob'] || twin['type'] !== attributes['type']) throw differs(destinationId);
    return { proven: 'blob' };
  },
};

const readTwin = async ({ destination, signal }: StepContext, id: string): Promise<JsonObject> => {
  const { body } = await destination.send('identity', { method: 'GET', path: `/credentials/${id}` }, signal);
  const twin = isJsonObject(body) ? body['credential'] : undefined;
  return isJsonObject(twin) ? twin : {};
};

const missing = (id: string): Failure =>
  new Failure('missing-twin', `cannot compare credential ${id}: its twin was given up`, {
    remedy: 'Start its migration again: a new plan makes another twin.',
  });

const differs = (id: string): Failure =>
  new Failure('twin-failed', `credential ${id} of the destination holds something else than it was given`, {
    remedy:
      'The bad copy is deleted again; retry. If it happens again, look into the logs of the destination’s Keystone.',
  });
