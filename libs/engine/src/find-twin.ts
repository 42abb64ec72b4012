import type { How } from '@osm/contracts';
import { Failure, isFailure, isJsonObject, type JsonObject } from '@osm/kernel';
import { listSome, readOne, type Cloud, type Lookup, type MarkerField, type Query, type Resource } from '@osm/resource';

/** The key under which a marker stands in a resource's metadata. */
export const metadataKey = 'osm_marker';

export interface FoundTwin {
  readonly destinationId: string;
  readonly how: Extract<How, 'adopted' | 'reused'>;
}

/** What the look-up has to know beside the type's own way to find a twin. */
export interface Search {
  readonly lookup: Lookup;
  readonly marker: string;
  /** The original's own id: a twin may be wished to have the same. */
  readonly sourceId: string;
  /** A create request may have been sent before. */
  readonly attempted: boolean;
  /** Such a request was sent, and only after a look-up that saw none. */
  readonly creating: boolean;
  /** With the credential of a single tenant only what its own project has counts, whatever else it may see. */
  readonly ownProjectOnly: boolean;
}

/** Whether a twin itself says that it is ours: by its marker, or by an id that nobody else would choose. */
export const tellsItsMaker = ({ lookup, sourceId }: Pick<Search, 'lookup' | 'sourceId'>): boolean =>
  lookup.kind === 'assigned' ? lookup.id !== sourceId : lookup.kind !== 'traces' && lookup.marker !== undefined;

/**
 * Looks for a twin that is there already: our own, made by an attempt whose outcome was never recorded, or one that
 * others made where the cloud allows only one. Undefined means absent for certain; when the cloud cannot be asked the
 * failure passes through, and nothing is created.
 */
export const findTwin = async (
  cloud: Cloud,
  handler: Resource,
  search: Search,
  signal: AbortSignal,
): Promise<FoundTwin | undefined> => {
  const { lookup, marker, attempted } = search;
  switch (lookup.kind) {
    case 'assigned':
      return attempted || !tellsItsMaker(search) ? findAssigned(cloud, handler, lookup, search, signal) : undefined;
    case 'marker':
      return attempted ? findMarked(cloud, handler, lookup.marker, marker, signal) : undefined;
    case 'traces':
      return attempted ? findTraces(cloud, handler, lookup, signal) : undefined;
    case 'unique':
      return findUnique(cloud, handler, lookup, search, signal);
  }
};

/** Whether a resource carries this marker. */
export const isMarked = (item: JsonObject, field: MarkerField, marker: string): boolean => {
  if (field === 'description') return item['description'] === marker;
  const metadata = item['metadata'];
  return isJsonObject(metadata) && metadata[metadataKey] === marker;
};

/** A create body that carries the marker. */
export const withMarker = (body: JsonObject, field: MarkerField, marker: string): JsonObject => {
  if (field === 'description') return { ...body, description: marker };
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  return { ...body, metadata: { ...metadata, [metadataKey]: marker } };
};

const markerQuery = (handler: Resource, field: MarkerField, marker: string): Query => ({
  ...handler.api.everything,
  ...(field === 'description' ? { description: marker } : { metadata: JSON.stringify({ [metadataKey]: marker }) }),
});

const findAssigned = async (
  cloud: Cloud,
  handler: Resource,
  { id, differs }: Extract<Lookup, { kind: 'assigned' }>,
  search: Search,
  signal: AbortSignal,
): Promise<FoundTwin | undefined> => {
  let found: JsonObject;
  try {
    found = await readOne(cloud, handler, id, signal);
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
  if (tellsItsMaker(search) || search.creating) return { destinationId: id, how: 'adopted' };
  const difference = differs(found);
  if (difference !== undefined) throw twinDiffers(handler, id, difference);
  return { destinationId: id, how: 'reused' };
};

const findMarked = async (
  cloud: Cloud,
  handler: Resource,
  field: MarkerField,
  marker: string,
  signal: AbortSignal,
): Promise<FoundTwin | undefined> => {
  const found: string[] = [];
  for await (const item of listSome(cloud, handler, markerQuery(handler, field, marker), signal)) {
    if (isMarked(item, field, marker)) found.push(handler.id(item));
  }
  const destinationId = only(handler, marker, found);
  return destinationId === undefined ? undefined : { destinationId, how: 'adopted' };
};

/** What a request of ours has left behind, where nothing could be marked. */
const findTraces = async (
  cloud: Cloud,
  handler: Resource,
  { query, matches }: Extract<Lookup, { kind: 'traces' }>,
  signal: AbortSignal,
): Promise<FoundTwin | undefined> => {
  const found: string[] = [];
  for await (const item of listSome(cloud, handler, query, signal)) {
    if (matches(item)) found.push(handler.id(item));
  }
  const destinationId = only(handler, 'what an interrupted request of ours may have left', found);
  return destinationId === undefined ? undefined : { destinationId, how: 'adopted' };
};

const findUnique = async (
  cloud: Cloud,
  handler: Resource,
  lookup: Extract<Lookup, { kind: 'unique' }>,
  { marker, creating, ownProjectOnly }: Search,
  signal: AbortSignal,
): Promise<FoundTwin | undefined> => {
  const found: JsonObject[] = [];
  const project = ownProjectOnly ? (await cloud.whoAmI()).projectId : undefined;
  for await (const item of listSome(cloud, handler, lookup.query, signal)) {
    if (project !== undefined && (handler.projectId(item) ?? project) !== project) continue;
    const matches = Object.entries(lookup.match).every(([attribute, value]) =>
      handler.same(attribute, value, item[attribute] ?? null),
    );
    if (matches) found.push(item);
  }
  const destinationId = only(
    handler,
    JSON.stringify(lookup.match),
    found.map((item) => handler.id(item)),
  );
  const candidate = found[0];
  if (destinationId === undefined || candidate === undefined) return undefined;
  if (lookup.marker !== undefined && isMarked(candidate, lookup.marker, marker))
    return { destinationId, how: 'adopted' };
  const difference = lookup.differs(await readOne(cloud, handler, destinationId, signal));
  if (difference !== undefined) throw twinDiffers(handler, destinationId, difference);
  return { destinationId, how: lookup.marker === undefined && creating ? 'adopted' : 'reused' };
};

const only = (handler: Resource, what: string, ids: readonly string[]): string | undefined => {
  if (ids.length <= 1) return ids[0];
  throw new Failure('ambiguous-twin', `two or more of type ${handler.type} match ${what}: ${ids.join(', ')}`, {
    remedy: 'Delete the wrong one, or name the right one with openstack-migrate register-external.',
  });
};

const twinDiffers = (handler: Resource, id: string, difference: string): Failure =>
  new Failure('twin-differs', `cannot take ${handler.type} ${id} of the destination for the twin: ${difference}`, {
    remedy: `Rename one of them, or accept the one that is there with openstack-migrate register-external --resource-type ${handler.type}.`,
  });
