import type { ServiceName } from '@osm/resource';
import type { CloudConfig } from './cloud-config.ts';
import type { CatalogueEndpoint, Token } from './token.ts';

/** What we know of each service's API: its names in catalogues, the version that we speak, its microversion header. */
export interface ServiceApi {
  /** Types in the catalogue, the preferred one first. */
  readonly types: readonly string[];
  /** Path segment of the version that we speak. */
  readonly version: string;
  /** The word in `OpenStack-API-Version: <word> 2.1`, for services with microversions. */
  readonly microversionWord?: string;
}

export const serviceApis: { readonly [service in ServiceName]: ServiceApi } = {
  identity: { types: ['identity'], version: 'v3' },
  image: { types: ['image'], version: 'v2' },
  'block-storage': {
    types: ['block-storage', 'volumev3', 'block-store', 'volume'],
    version: 'v3',
    microversionWord: 'volume',
  },
  network: { types: ['network'], version: 'v2.0' },
  compute: { types: ['compute'], version: 'v2.1', microversionWord: 'compute' },
  'key-manager': { types: ['key-manager'], version: 'v1', microversionWord: 'key-manager' },
  dns: { types: ['dns'], version: 'v2' },
  'load-balancer': { types: ['load-balancer'], version: 'v2' },
  'shared-file-system': {
    types: ['sharev2', 'shared-file-system', 'share'],
    version: 'v2',
    microversionWord: 'shared-file-system',
  },
  'object-store': { types: ['object-store'], version: 'v1' },
};

/** Older catalogues have the types `volume` and `share` for versions that nobody speaks any more. */
const versionedTypes = new Set(['volume', 'share']);

/** The service's URL as the configuration or the catalogue has it, not yet versioned; undefined where neither has it. */
export const endpointUrl = (service: ServiceName, config: CloudConfig, token: Token): string | undefined => {
  const { types } = serviceApis[service];
  const override = overrideOf(service, config);
  if (override !== undefined) return substituted(override, token);
  for (const type of types) {
    const found = token.catalogue.find((endpoint) => endpoint.type === type && isMeant(endpoint, service, config));
    if (found !== undefined) return found.url;
  }
  // Keystone may be left out of its own catalogue, and it did answer there.
  return service === 'identity' ? config.authUrl : undefined;
};

/** What a person wrote in `clouds.yaml` instead of what the catalogue has. */
export const overrideOf = (service: ServiceName, config: CloudConfig): string | undefined =>
  [service, ...serviceApis[service].types].flatMap((type) => config.endpointOverrides[type] ?? [])[0];

const isMeant = (endpoint: CatalogueEndpoint, service: ServiceName, config: CloudConfig): boolean => {
  if (endpoint.interface !== config.interface) return false;
  if (config.region !== undefined && endpoint.region !== config.region) return false;
  return (
    !versionedTypes.has(endpoint.type) ||
    versionSegment(endpoint.url)?.startsWith(serviceApis[service].version) === true
  );
};

const substituted = (url: string, { identity: { projectId } }: Token): string =>
  url.replace(/[%$]\((?:project|tenant)_id\)s/g, () => projectId ?? '');

const isVersion = (segment: string): boolean => /^v\d+(\.\d+)?$/.test(segment);

/** The version in a URL's path: `v2.1`; undefined where the URL is a service's root. */
export const versionSegment = (url: string): string | undefined => new URL(url).pathname.split('/').find(isVersion);

/** The URL up to its version, where a service shows what that version offers. */
export const versionRoot = (url: string): string => {
  const { origin, pathname } = new URL(url);
  const segments = pathname.split('/');
  return `${origin}${segments.slice(0, segments.findIndex(isVersion) + 1).join('/')}`;
};

/** Keystone's versioned root, whether `auth_url` has a version or not; an old `/v2.0` is replaced. */
export const identityRoot = (url: string): string => {
  const base = url.replace(/\/+$/, '');
  const version = versionSegment(base);
  if (version === undefined) return `${base}/v3`;
  return versionRoot(base).slice(0, -version.length) + 'v3';
};
