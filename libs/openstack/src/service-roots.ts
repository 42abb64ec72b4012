import { Failure } from '@osm/kernel';
import type { ServiceName } from '@osm/resource';
import type { CloudConfig } from './cloud-config.ts';
import { checkedCatalogue, checkedEndpoint } from './endpoint-guard.ts';
import { endpointUrl, identityRoot, overrideOf, serviceApis, versionRoot, versionSegment } from './endpoint.ts';
import type { Token } from './token.ts';
import { chosenSegment, newestMicroversion, versionDocument, type ApiVersion } from './version-document.ts';
import type { Exchanged } from './wire.ts';

/** Where a cloud's services stand, each found out once. */
export interface ServiceRoots {
  /** The versioned URL that request paths are appended to. Fails with `missing-service`. */
  root(service: ServiceName): Promise<string>;
  has(service: ServiceName): Promise<boolean>;
  microversion(service: ServiceName): Promise<string | undefined>;
}

export interface RootsOptions {
  readonly cloud: string;
  readonly config: CloudConfig;
  readonly token: () => Promise<Token>;
  /** Reads a URL; statuses are answers, `300 Multiple Choices` too. */
  readonly get: (service: ServiceName, url: string) => Promise<Exchanged>;
  /** Version documents by URL, shared by all projects of a cloud. */
  readonly documents: Map<string, Promise<readonly ApiVersion[]>>;
}

export const serviceRoots = (options: RootsOptions): ServiceRoots => {
  const { cloud, config, token, documents } = options;
  const roots = new Map<ServiceName, Promise<string>>();
  const root = (service: ServiceName): Promise<string> => remembered(roots, service, () => findRoot(options, service));
  return {
    root,
    has: async (service) => endpointUrl(service, config, await token()) !== undefined,
    microversion: async (service) => {
      if (serviceApis[service].microversionWord === undefined) return undefined;
      const url = versionRoot(checkedEndpoint(await root(service), `the ${service} endpoint of ${cloud}`));
      const versions = await remembered(documents, `${url}/`, () => readVersions(options, service, `${url}/`));
      return newestMicroversion(versions, versionSegment(url) ?? serviceApis[service].version);
    },
  };
};

const findRoot = async (options: RootsOptions, service: ServiceName): Promise<string> => {
  const { cloud, config, token, documents } = options;
  const found = endpointUrl(service, config, await token());
  if (found === undefined) throw missingService(options, service, await token());
  const what = `the ${service} endpoint of ${cloud}`;
  const isOurs = overrideOf(service, config) !== undefined;
  const url = isOurs ? checkedEndpoint(found, what) : checkedCatalogue(found, config.authUrl, what);
  if (service === 'identity') return identityRoot(url);
  if (versionSegment(url) !== undefined) return url;
  const wanted = serviceApis[service].version;
  const versions = await remembered(documents, `${url}/`, () => readVersions(options, service, `${url}/`));
  // A proxy may hide the document; the version that every release since Zed has is the best guess then.
  const segment = versions.length === 0 ? wanted : chosenSegment(versions, wanted);
  if (segment !== undefined) return `${url}/${segment}`;
  const offered = versions.flatMap(({ segments }) => segments[0] ?? []).join(', ');
  throw new Failure(
    'missing-service',
    `cannot use the ${service} service of ${cloud}: ${url} offers ${offered}, not ${wanted}.`,
    {
      remedy: `Name an endpoint of version ${wanted} as ${service.replaceAll('-', '_')}_endpoint_override in ${config.file}.`,
    },
  );
};

const readVersions = async (
  { get }: RootsOptions,
  service: ServiceName,
  url: string,
): Promise<readonly ApiVersion[]> => {
  const { status, body } = await get(service, url);
  return status === 200 || status === 300 ? versionDocument(body) : [];
};

const missingService = ({ cloud, config }: RootsOptions, service: ServiceName, { catalogue }: Token): Failure => {
  const where = config.region === undefined ? '' : ` in region ${config.region}`;
  const types = new Set<string>(serviceApis[service].types);
  const others = catalogue
    .filter(({ type }) => types.has(type))
    .map((other) => `${other.interface} in ${other.region ?? 'no region'}`);
  const there = others.length === 0 ? 'its catalogue has none at all' : `its catalogue has ${others.join(', ')}`;
  return new Failure(
    'missing-service',
    `cannot find a ${config.interface} ${service} endpoint of ${cloud}${where}: ${there}.`,
    {
      remedy: `Correct region_name or interface of cloud ${cloud} in ${config.file}, or do without the ${service} service.`,
    },
  );
};

/** What a key stands for, found out once; a failure is forgotten, so that the next one tries again. */
export const remembered = <K, V>(map: Map<K, Promise<V>>, key: K, find: () => Promise<V>): Promise<V> => {
  const known = map.get(key);
  if (known !== undefined) return known;
  const finding = find();
  map.set(key, finding);
  finding.catch(() => map.delete(key));
  return finding;
};
