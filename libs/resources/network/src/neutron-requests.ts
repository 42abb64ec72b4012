import { Failure, isJsonObject, type JsonObject } from '@osm/kernel';
import type { Cloud, Query, StepContext } from '@osm/resource';

/** One resource of Neutron: `readNeutron(cloud, '/ports/…', 'port')`. Raises `not-found`. */
export const readNeutron = async (
  cloud: Cloud,
  path: string,
  key: string,
  signal?: AbortSignal,
): Promise<JsonObject> => {
  const answer = await cloud.send('network', { method: 'GET', path }, signal);
  const value = isJsonObject(answer.body) ? answer.body[key] : undefined;
  if (isJsonObject(value)) return value;
  throw new Failure('unreadable-answer', `cannot read the answer of the networking service: no ${key} in it`, {
    remedy: 'The endpoint may not be the networking service that the catalogue says it is.',
  });
};

/** What a list of Neutron finds. */
export const listNeutron = async (
  cloud: Cloud,
  collection: string,
  query: Query,
  signal?: AbortSignal,
): Promise<readonly JsonObject[]> => {
  const found: JsonObject[] = [];
  for await (const item of cloud.list('network', `/${collection}`, { key: collection, query }, signal))
    found.push(item);
  return found;
};

/** The id of the twin that a later step works on. Raises `missing-twin`. */
export const twinIdOf = ({ destinationId, ref }: StepContext, doing: string): string => {
  if (destinationId !== undefined) return destinationId;
  throw new Failure('missing-twin', `cannot ${doing} ${ref.type} ${ref.id}: it has no twin`, {
    remedy: `Migrate the ${ref.type} first.`,
  });
};
