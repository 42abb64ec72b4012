import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { services, type Cloud, type ServiceName } from '@osm/resource';

/** A service type of a cloud's catalogue, and where it stands. */
export interface CatalogueService {
  readonly type: string;
  /** Ours of that type; undefined: we have no use for it. */
  readonly service: ServiceName | undefined;
  /** Host and port of its public endpoint, without path: a path may tell a project. */
  readonly host: string | undefined;
}

/** Types that catalogues have beside OpenStack's own names of the services. */
const otherNames: { readonly [type: string]: ServiceName } = {
  volume: 'block-storage',
  volumev2: 'block-storage',
  volumev3: 'block-storage',
  'block-store': 'block-storage',
  share: 'shared-file-system',
  sharev2: 'shared-file-system',
};

/** Services that hold nothing of a tenant's: nobody misses them. */
const ofTheCloud = new Set(['placement']);

export interface Catalogue {
  readonly services: readonly CatalogueService[];
  /** Types of which nothing is migrated. */
  readonly unused: readonly string[];
}

/** The catalogue as Keystone shows it to the credential, one line per type. */
export const catalogueOf = async (cloud: Cloud): Promise<Catalogue> => {
  const { body } = await cloud.send('identity', { method: 'GET', path: '/auth/catalog' });
  const found = objects(isJsonObject(body) ? body['catalog'] : undefined).flatMap((entry): CatalogueService[] => {
    const type = entry['type'];
    return typeof type === 'string' ? [{ type, service: serviceOf(type), host: hostOf(entry) }] : [];
  });
  const listed = found.toSorted((a, b) => (a.type < b.type ? -1 : 1));
  const unused = listed.filter(({ type, service }) => service === undefined && !ofTheCloud.has(type));
  return { services: listed, unused: unused.map(({ type }) => type) };
};

const serviceOf = (type: string): ServiceName | undefined =>
  services.find((service) => service === type) ?? otherNames[type];

const hostOf = (entry: JsonObject): string | undefined => {
  const endpoint = objects(entry['endpoints']).find((each) => each['interface'] === 'public');
  const url = endpoint?.['url'];
  return typeof url === 'string' && URL.canParse(url) ? new URL(url).host : undefined;
};

/** The objects of a list; none where it is no list. */
export const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
