import { markerPrefix, type JsonObject } from '@osm/kernel';
import type { Holdings } from './list-cloud.ts';

/** Ids by type. */
export interface Ids {
  readonly [type: string]: readonly string[];
}

/** A twin, as the tool's own records tell it. */
export interface Twin {
  readonly type: string;
  readonly sourceId: string;
  readonly destinationId: string;
}

/**
 * What should not be in a cloud, in words: things that came without being anybody's twin (temporary images, second
 * twins, borrowed roles), things that went, and markers that stayed.
 */
export const findLeftovers = (before: Ids, now: Holdings, twins: readonly Twin[]): readonly string[] => {
  const known = new Set(twins.map(({ type, destinationId }) => `${type}/${destinationId}`));
  const words: string[] = [];
  for (const [type, items] of now) {
    const was = new Set(before[type] ?? []);
    const held = new Set(items.map(({ id }) => String(id)));
    for (const item of items) {
      const id = String(item.id);
      if (!was.has(id) && !known.has(`${type}/${id}`)) words.push(`${inWords(type, item)} is nobody's twin`);
      else if (!was.has(id) && isMarked(item)) words.push(`${inWords(type, item)} still has its marker`);
    }
    for (const id of was) if (!held.has(id)) words.push(`${type} ${id} has gone`);
    for (const twin of twins) {
      if (twin.type === type && !held.has(twin.destinationId)) words.push(`${type} ${twin.destinationId} is not there`);
    }
  }
  return [...words, ...sharedTwins(twins)];
};

const sharedTwins = (twins: readonly Twin[]): readonly string[] => {
  const originals = Map.groupBy(twins, ({ type, destinationId }) => `${type} ${destinationId}`);
  return [...originals]
    .filter(([, of]) => of.length > 1)
    .map(([twin, of]) => `${twin} is the twin of ${of.length}: ${of.map(({ sourceId }) => sourceId).join(', ')}`);
};

const inWords = (type: string, { id, name }: JsonObject): string =>
  typeof name === 'string' && name !== '' ? `${type} ${name} (${String(id)})` : `${type} ${String(id)}`;

const markers = new RegExp(`${markerPrefix}[0-9a-f]{23}`);
const isMarked = (item: JsonObject): boolean => markers.test(JSON.stringify(item));
