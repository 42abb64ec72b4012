import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Request } from '@osm/resource';
import type { MemoryRoute } from './memory-routes.ts';
import { newId, Refused, rowOf, type Store } from './memory-store.ts';

const on = (method: Request['method'], path: RegExp, answer: MemoryRoute['answer']): MemoryRoute => ({
  service: 'dns',
  method,
  path,
  answer,
});

const listOf = (zoneId: string): string => `/zones/${zoneId}/recordsets`;

/** What hangs on a zone; one that was put there with sets of its own shows them. */
const setsOf = (store: Store, zoneId: string): readonly JsonObject[] => {
  const zone = rowOf(store, '/zones', zoneId);
  const own: Json = zone['recordsets'] ?? [];
  return store.lists.get(listOf(zoneId)) ?? (Array.isArray(own) ? own.filter(isJsonObject) : []);
};

/** Designate's sets of records: each name and type once in its zone. */
export const dnsRoutes: readonly MemoryRoute[] = [
  on('GET', /^\/zones\/([^/]+)\/recordsets$/, (store, [zoneId = '']) => ({ recordsets: [...setsOf(store, zoneId)] })),
  // Of all zones at once: each says which one it is of.
  on('GET', /^\/recordsets$/, (store) => {
    const zones = (store.lists.get('/zones') ?? []).map(({ id }) => String(id));
    return { recordsets: zones.flatMap((zone_id) => setsOf(store, zone_id).map((set) => ({ ...set, zone_id }))) };
  }),
  on('POST', /^\/zones\/([^/]+)\/recordsets$/, (store, [zoneId = ''], body) => {
    const sets = setsOf(store, zoneId);
    const taken = sets.some(({ name, type }) => name === body['name'] && type === body['type']);
    if (taken) throw new Refused(409, 'Duplicate RecordSet');
    const set = { ...body, id: newId(store) };
    store.lists.set(listOf(zoneId), [...sets, set]);
    return set;
  }),
  on('PUT', /^\/zones\/([^/]+)\/recordsets\/([^/]+)$/, (store, [zoneId = '', id = ''], body) => {
    const sets = setsOf(store, zoneId);
    const before = sets.find((set) => set['id'] === id);
    if (before === undefined) throw new Refused(404, 'Could not find RecordSet');
    const set = { ...before, ...body };
    store.lists.set(
      listOf(zoneId),
      sets.map((one) => (one === before ? set : one)),
    );
    return set;
  }),
];
