import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import { inMemory, type Cloud, type Step, type StepContext } from '@osm/resource';

/** The content type of a secret's payload; undefined for one that has none. */
export const contentType = ({ content_types: types }: JsonObject): string | undefined =>
  isJsonObject(types) && typeof types['default'] === 'string' ? types['default'] : undefined;

/**
 * Puts the payload into the twin and reads it back. Barbican takes a payload once: one that is there already was put by an
 * earlier run, and is compared like any other. Nothing of it leaves this function but the number of its bytes.
 */
export const fillSecret: Step = {
  name: 'fill',
  when: (attributes) => contentType(attributes) !== undefined,
  run: async (context) => {
    const { source, destination, ref, destinationId: id, attributes, signal } = context;
    const type = contentType(attributes);
    if (id === undefined || type === undefined) throw noTwin(context);
    const payload = await readPayload(source, ref.id, type, signal);
    const twin = await destination.send('key-manager', { method: 'GET', path: `/secrets/${id}` }, signal);
    const filled = isJsonObject(twin.body) ? contentType(twin.body) : undefined;
    if (filled === undefined) await putPayload(destination, id, type, payload, signal);
    const copy = await readPayload(destination, id, filled ?? acceptable(type), signal);
    if (!copy.equals(payload)) throw differs(context, id);
    return { bytes: payload.length, equal: true };
  },
};

const readPayload = async (cloud: Cloud, id: string, type: string, signal: AbortSignal): Promise<Buffer> => {
  const request = { method: 'GET', path: `/secrets/${id}/payload`, headers: { Accept: type } } as const;
  return inMemory(await cloud.download('key-manager', request, signal), signal);
};

const putPayload = async (cloud: Cloud, id: string, type: string, body: Buffer, signal: AbortSignal): Promise<void> => {
  const headers = { 'Content-Type': acceptable(type) };
  // A conflict: an earlier run's request came through after all. What is there is looked at next.
  const request = { method: 'PUT', path: `/secrets/${id}`, headers, body, accept: [409] } as const;
  await cloud.send('key-manager', request, signal);
};

/** Barbican takes two types for what exists already; `application/pkcs8` only together with the secret itself. */
export const acceptable = (type: string): string => (type === 'text/plain' ? type : 'application/octet-stream');

const noTwin = ({ ref }: StepContext): Failure =>
  new Failure('missing-twin', `cannot fill the twin of secret ${ref.id}: it has no twin`, {
    remedy: 'Migrate the secret first.',
  });

const differs = ({ ref, destination }: StepContext, id: string): Failure =>
  new Failure(
    'payload-differs',
    `cannot take secret ${id} of ${destination.name} for the twin of secret ${ref.id}: it has another payload`,
    { remedy: `Look whose it is. Delete secret ${id} if nobody uses it, then retry.` },
  );
