import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { forAllTenants, listAll, type Cloud, type Resource } from '@osm/resource';
import { hasTrace, markIn, markInMetadata } from './marks.ts';
import type { Side, Sighting } from './sighting.ts';

/** Whose things are looked at: everybody's, or those of the credential's project. */
export type Scope = 'all-tenants' | 'own-project';

/** Share access rules are listed share by share; that many at once. */
const abreast = 8;

/** Whether anything of the type, or listed with it, can carry a mark of ours. */
export const mayBeMarked = (handler: Resource): boolean => carriesMarks(handler) || handler.type in withoutType;

const carriesMarks = (handler: Resource): boolean =>
  handler.adopts === 'marker' ||
  handler.adopts === 'assigned' ||
  handler.markerField !== undefined ||
  hasTrace(handler);

/**
 * What in a cloud carries one of our marks, of one type and of what is listed with it: snapshots with volumes, access rules
 * with shares, tags with projects. Only reads: the types that are asked for project by project, under a borrowed role,
 * carry no marks.
 */
export async function* lookForMarks(
  cloud: Cloud,
  side: Side,
  handler: Resource,
  scope: Scope,
  signal?: AbortSignal,
): AsyncIterable<Sighting> {
  if (!(await cloud.has(handler.api.service))) return;
  const asked = scope === 'all-tenants' ? forAllTenants(cloud, handler) : cloud;
  const about = { side, cloud: cloud.name };
  const items: JsonObject[] = [];
  if (carriesMarks(handler)) {
    // What several requests would have to gather of each one carries no marks.
    const { enrich: _, ...bare } = handler;
    for await (const item of listAll(asked, bare, scope)) {
      signal?.throwIfAborted();
      yield* marksOn(about, handler, item);
      items.push(item);
    }
  }
  const more = withoutType[handler.type];
  if (more !== undefined) yield* more({ cloud, about, scope, signal, items });
}

type About = Pick<Sighting, 'side' | 'cloud'>;

const text = (value: Json | undefined): string | null => (typeof value === 'string' ? value : null);

const ownedBy = (item: JsonObject): string | null =>
  text(item['project_id']) ??
  text(item['os-vol-tenant-attr:tenant_id']) ??
  text(item['tenant_id']) ??
  text(item['owner']);

const marksOn = function* (about: About, handler: Resource, item: JsonObject): Iterable<Sighting> {
  const { type, adopts } = handler;
  const id = handler.id(item);
  const carrier = { ...about, ...described(item), kind: type, id, ...(type === 'port' ? { inUse: isTied(item) } : {}) };
  const spoken = [
    ['name', markIn(item['name'])],
    ['description', markIn(item['description'])],
    ['metadata', markInMetadata(item)],
  ] as const;
  for (const [where, mark] of spoken) if (mark !== undefined) yield { ...carrier, mark, where };
  for (const tag of Array.isArray(item['tags']) ? item['tags'] : []) {
    const mark = markIn(tag);
    if (mark === undefined) continue;
    if (tag === mark) yield { ...carrier, mark, where: 'tag' };
    else yield { ...carrier, kind: 'tag', id: String(tag), mark, where: 'tag', within: id };
  }
  if (adopts === 'assigned' && about.side === 'destination') yield { ...carrier, mark: id, where: 'id' };
};

const described = (item: JsonObject) => {
  const metadata = isJsonObject(item['metadata']) ? item['metadata'] : {};
  const planId = text(metadata['osm_plan']);
  const since = text(item['created_at']);
  return {
    name: text(item['name']),
    projectId: ownedBy(item),
    ...(planId === null ? {} : { planId }),
    ...(since === null ? {} : { since }),
  };
};

const isTied = ({ device_id: device }: JsonObject): boolean => typeof device === 'string' && device !== '';

interface Look {
  readonly cloud: Cloud;
  readonly about: About;
  readonly scope: Scope;
  readonly signal: AbortSignal | undefined;
  /** What was listed of the type. */
  readonly items: readonly JsonObject[];
}

/** What has no resource type of its own, by the type that it is listed with. */
const withoutType: { readonly [type: string]: (look: Look) => AsyncIterable<Sighting> } = {
  volume: async function* ({ cloud, about, scope, signal }) {
    const options = { key: 'snapshots', query: scope === 'all-tenants' ? { all_tenants: '1' } : {} };
    for await (const item of cloud.list('block-storage', '/snapshots/detail', options, signal)) {
      const mark = markIn(item['name']);
      if (mark === undefined) continue;
      yield { ...about, ...described(item), kind: 'snapshot', id: String(item['id']), mark, where: 'name' };
    }
  },

  share: async function* ({ cloud, about, signal, items }) {
    for (let at = 0; at < items.length; at += abreast) {
      const some = items.slice(at, at + abreast);
      for (const rules of await Promise.all(some.map((share) => rulesOf(cloud, about, share, signal)))) yield* rules;
    }
  },

  // A key is lent under a name of the migrating user, who lists no others.
  keypair: async function* ({ cloud, about, signal }) {
    for await (const item of cloud.list('compute', '/os-keypairs', { key: 'keypairs', microversion: '2.92' }, signal)) {
      const name = isJsonObject(item['keypair']) ? text(item['keypair']['name']) : null;
      const mark = markIn(name);
      if (name !== null && mark !== undefined)
        yield { ...about, kind: 'lent-key', id: name, name, projectId: null, mark, where: 'name' };
    }
  },

  // Data of images, lent for a while in the credential's own account.
  image: async function* ({ cloud, about, signal }) {
    if (!(await cloud.has('object-store'))) return;
    const { projectId = null } = await cloud.whoAmI();
    const query = { prefix: 'osm-image-', format: 'json', limit: '10000' };
    const { body } = await cloud.send('object-store', { method: 'GET', path: '', query }, signal);
    for (const item of Array.isArray(body) ? body.filter(isJsonObject) : []) {
      const name = String(item['name']);
      yield { ...about, kind: 'loan', id: name, name, projectId, mark: name, where: 'name' };
    }
  },
};

const rulesOf = async (
  cloud: Cloud,
  about: About,
  share: JsonObject,
  signal: AbortSignal | undefined,
): Promise<readonly Sighting[]> => {
  const shareId = String(share['id']);
  // Since 2.45 a rule has metadata, and a list of its own.
  const request = {
    method: 'GET',
    path: '/share-access-rules',
    query: { share_id: shareId },
    microversion: '2.45',
  } as const;
  // It may have gone since it was listed; a share that is just being made has no rules to tell.
  const { status, body } = await cloud.send('shared-file-system', { ...request, accept: [404] }, signal);
  const list = status !== 404 && isJsonObject(body) ? body['access_list'] : undefined;
  return (Array.isArray(list) ? list.filter(isJsonObject) : []).flatMap((rule): readonly Sighting[] => {
    const { metadata } = rule;
    const carrier = {
      ...about,
      ...described(rule),
      id: String(rule['id']),
      name: text(rule['access_to']),
      within: shareId,
    };
    const lent = markInMetadata(rule);
    const lowered = isJsonObject(metadata) ? markIn(metadata['osm_withdrawn_by']) : undefined;
    return [
      ...(lent === undefined
        ? []
        : [{ ...carrier, kind: 'share-access-rule', mark: lent, where: 'metadata' as const }]),
      ...(lowered === undefined
        ? []
        : [{ ...carrier, kind: 'lowered-rule', mark: lowered, where: 'metadata' as const }]),
    ];
  });
};
