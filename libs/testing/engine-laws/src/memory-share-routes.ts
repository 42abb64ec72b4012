import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import type { Request } from '@osm/resource';
import type { MemoryRoute } from './memory-routes.ts';
import { change, newId, Refused, rowOf, type Store } from './memory-store.ts';

const on = (method: Request['method'], path: RegExp, answer: MemoryRoute['answer']): MemoryRoute => ({
  service: 'shared-file-system',
  method,
  path,
  answer,
});

const first = (ids: readonly string[]): string => ids[0] ?? '';
const inner = (value: Json | undefined): JsonObject => (isJsonObject(value) ? value : {});
const rulesAt = (id: string): string => `/share-access-rules/${id}`;
const accessAt = (id: string): string => `/share-types/${id}`;

const allow = (store: Store, id: string, wanted: JsonObject): JsonObject => {
  const rules = store.lists.get(rulesAt(id)) ?? [];
  const { access_type, access_to } = wanted;
  if (rules.some((one) => one['access_type'] === access_type && one['access_to'] === access_to)) {
    throw new Refused(400, `share access ${String(access_type)}:${String(access_to)} exists`);
  }
  const rule = { metadata: {}, ...wanted, id: newId(store), state: 'active' };
  store.lists.set(rulesAt(id), [...rules, rule]);
  return { access: rule };
};

/** What Manila does beyond rows. */
export const shareRoutes: readonly MemoryRoute[] = [
  on('GET', /^\/types\/([^/]+)\/share_type_access$/, (store, ids) => ({
    share_type_access: store.lists.get(accessAt(first(ids))) ?? [],
  })),
  on('POST', /^\/types\/([^/]+)\/action$/, (store, ids, { addProjectAccess }) => {
    const id = first(ids);
    rowOf(store, '/types', id);
    const project_id = inner(addProjectAccess)['project'] ?? null;
    const access = store.lists.get(accessAt(id)) ?? [];
    if (access.some((one) => one['project_id'] === project_id)) throw new Refused(409, 'it has access already');
    store.lists.set(accessAt(id), [...access, { project_id }]);
    return null;
  }),
  on('GET', /^\/share-access-rules$/, (store, _ids, _body, { share_id }) => ({
    access_list: store.lists.get(rulesAt(String(share_id))) ?? [],
  })),
  on('GET', /^\/shares\/([^/]+)\/export_locations$/, (store, ids) => {
    rowOf(store, '/shares', first(ids));
    return { export_locations: [{ path: `127.0.0.1:/${first(ids)}`, preferred: true, is_admin_only: false }] };
  }),
  on('GET', /^\/snapshots\/detail$/, () => ({ snapshots: [] })),
  on('POST', /^\/shares\/([^/]+)\/action$/, (store, ids, { allow_access, deny_access }) => {
    const id = first(ids);
    rowOf(store, '/shares', id);
    if (allow_access !== undefined) return allow(store, id, inner(allow_access));
    const rules = store.lists.get(rulesAt(id)) ?? [];
    const left = rules.filter((one) => one['id'] !== inner(deny_access)['access_id']);
    if (left.length === rules.length) throw new Refused(404, 'no such rule');
    store.lists.set(rulesAt(id), left);
    return null;
  }),
  on('DELETE', /^\/shares\/([^/]+)\/metadata\/([^/]+)$/, (store, ids) => {
    const { [ids[1] ?? '']: removed, ...left } = inner(rowOf(store, '/shares', first(ids))['metadata']);
    if (removed === undefined) throw new Refused(404, 'no such key');
    change(store, '/shares', first(ids), { metadata: left });
    return null;
  }),
];
