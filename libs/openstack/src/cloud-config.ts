import { Failure, isJsonObject, type Json, type JsonObject } from '@osm/kernel';

/** A domain by id or by name, as Keystone takes it. */
export type DomainRef = { readonly id: string } | { readonly name: string };
export type UserRef = { readonly id: string } | { readonly name: string; readonly domain: DomainRef };

/** What a cloud is signed in to with. */
export type Credential =
  | { readonly type: 'password'; readonly user: UserRef; readonly password: string }
  | { readonly type: 'token'; readonly token: string }
  | {
      readonly type: 'application-credential';
      readonly ref: { readonly id: string } | { readonly name: string; readonly user: UserRef };
      readonly secret: string;
    };

/** What the token is for. An application credential has its scope in itself and is sent without one. */
export type Scope =
  | {
      readonly type: 'project';
      readonly project: { readonly id: string } | { readonly name: string; readonly domain: DomainRef };
    }
  | { readonly type: 'domain'; readonly domain: DomainRef }
  | { readonly type: 'system' }
  | { readonly type: 'none' };

export interface CloudConfig {
  /** Where it stands, for messages. */
  readonly file: string;
  readonly authUrl: string;
  readonly credential: Credential;
  readonly scope: Scope;
  readonly region: string | undefined;
  readonly interface: 'public' | 'internal' | 'admin';
  readonly tls: {
    readonly verify: boolean;
    /** Paths of PEM files. */
    readonly cacert: string | undefined;
    readonly cert: string | undefined;
    readonly key: string | undefined;
  };
  /** URLs by service type, dashes for underscores: `block-storage`. */
  readonly endpointOverrides: { readonly [serviceType: string]: string };
}

export interface ConfigSource {
  readonly file: string;
  /** The home directory, for `~` in paths. */
  readonly home: string;
}

/**
 * The configuration of one cloud out of its entry in `clouds.yaml`. Values are texts, as they are written there.
 * Fails with `incomplete-cloud` (a key is missing or makes no sense) or `unsupported-auth-type`.
 */
export const cloudConfig = (name: string, entry: JsonObject, source: ConfigSource): CloudConfig => {
  const read = reader(name, inRegion(entry), source);
  return {
    file: source.file,
    authUrl: read.url('auth_url'),
    credential: credential(name, read),
    scope: scope(read),
    region: read.text('region_name') ?? firstRegion(entry),
    interface: endpointInterface(read),
    tls: {
      verify: read.flag('verify') ?? !(read.flag('insecure') ?? false),
      cacert: read.path('cacert'),
      cert: read.path('cert'),
      key: read.path('key'),
    },
    endpointOverrides: endpointOverrides(read, entry),
  };
};

interface Reader {
  readonly name: string;
  readonly source: ConfigSource;
  /** The first of the keys that has a value, in `auth` or beside it, where older files have it. */
  text(...keys: readonly string[]): string | undefined;
  required(...keys: readonly [string, ...string[]]): string;
  url(key: string): string;
  flag(key: string): boolean | undefined;
  path(key: string): string | undefined;
  domain(whose: 'user' | 'project'): DomainRef;
}

const reader = (name: string, entry: JsonObject, source: ConfigSource): Reader => {
  const auth = isJsonObject(entry['auth']) ? entry['auth'] : {};
  const text = (...keys: readonly string[]): string | undefined => {
    for (const key of keys) {
      const value = scalar(auth[key]) ?? scalar(entry[key]);
      if (value !== undefined && value !== '') return value;
    }
    return undefined;
  };
  const required = (...keys: readonly [string, ...string[]]): string => {
    const value = text(...keys);
    if (value === undefined) throw incomplete(name, source, `auth.${keys[0]}`, 'it is missing');
    return value;
  };
  return {
    name,
    source,
    text,
    required,
    url: (key) => {
      const value = required(key);
      const url = URL.canParse(value) ? new URL(value) : undefined;
      if (url?.protocol === 'http:' || url?.protocol === 'https:') return value;
      throw incomplete(name, source, `auth.${key}`, `${value} is no http or https URL`);
    },
    flag: (key) => {
      const value = text(key);
      if (value === undefined) return undefined;
      if (/^(true|yes|on|y|1)$/i.test(value)) return true;
      if (/^(false|no|off|n|0)$/i.test(value)) return false;
      throw incomplete(name, source, key, `${value} is neither true nor false`);
    },
    path: (key) => text(key)?.replace(/^~(?=\/|$)/, () => source.home),
    domain: (whose) => {
      const id = text(`${whose}_domain_id`) ?? (text(`${whose}_domain_name`) ? undefined : text('domain_id'));
      if (id !== undefined) return { id };
      const domainName = text(`${whose}_domain_name`, 'domain_name');
      if (domainName !== undefined) return { name: domainName };
      const defaultName = text('default_domain_name');
      if (defaultName !== undefined) return { name: defaultName };
      return { id: text('default_domain_id', 'default_domain') ?? 'default' };
    },
  };
};

const scalar = (value: Json | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;

const incomplete = (name: string, source: ConfigSource, key: string, why: string): Failure =>
  new Failure('incomplete-cloud', `cannot use ${key} of cloud ${name} in ${source.file}: ${why}.`, {
    remedy: `Set ${key} of cloud ${name} in ${source.file} or in the secure.yaml beside it.`,
  });

/** `regions` may hold names, or names with values that count in that region only. */
const inRegion = (entry: JsonObject): JsonObject => {
  const wanted = scalar(entry['region_name']) ?? firstRegion(entry);
  const regions = Array.isArray(entry['regions']) ? entry['regions'].filter(isJsonObject) : [];
  const values = regions.find((region) => region['name'] === wanted)?.['values'];
  return isJsonObject(values) ? { ...entry, ...values } : entry;
};

const firstRegion = (entry: JsonObject): string | undefined => {
  const first = Array.isArray(entry['regions']) ? entry['regions'][0] : undefined;
  return isJsonObject(first) ? scalar(first['name']) : scalar(first);
};

const credential = (name: string, read: Reader): Credential => {
  const type = read.text('auth_type') ?? impliedType(read);
  switch (type) {
    case 'password':
    case 'v3password':
      return { type: 'password', user: user(read), password: read.required('password') };
    case 'token':
    case 'v3token':
      return { type: 'token', token: read.required('token', 'auth_token') };
    case 'v3applicationcredential':
      return applicationCredential(read);
    default:
      throw new Failure(
        'unsupported-auth-type',
        `cannot sign in to cloud ${name}: auth_type ${type} is not supported.`,
        {
          remedy: `Use v3applicationcredential, v3password or v3token for cloud ${name} in ${read.source.file}; "openstack application credential create" makes one with any sign-in.`,
        },
      );
  }
};

const impliedType = (read: Reader): string => {
  if (read.text('application_credential_id', 'application_credential_name')) return 'v3applicationcredential';
  return read.text('token', 'auth_token') && !read.text('password') ? 'v3token' : 'v3password';
};

const applicationCredential = (read: Reader): Credential => {
  const secret = read.required('application_credential_secret');
  const id = read.text('application_credential_id');
  if (id !== undefined) return { type: 'application-credential', ref: { id }, secret };
  const name = read.text('application_credential_name') ?? read.required('application_credential_id');
  return { type: 'application-credential', ref: { name, user: user(read) }, secret };
};

const user = (read: Reader): UserRef => {
  const id = read.text('user_id');
  return id === undefined
    ? { name: read.required('username', 'user_name', 'user'), domain: read.domain('user') }
    : { id };
};

const scope = (read: Reader): Scope => {
  if (read.text('system_scope') !== undefined) return { type: 'system' };
  const id = read.text('project_id', 'tenant_id');
  if (id !== undefined) return { type: 'project', project: { id } };
  const name = read.text('project_name', 'tenant_name');
  if (name !== undefined) return { type: 'project', project: { name, domain: read.domain('project') } };
  const domainId = read.text('domain_id');
  if (domainId !== undefined) return { type: 'domain', domain: { id: domainId } };
  const domainName = read.text('domain_name');
  return domainName === undefined ? { type: 'none' } : { type: 'domain', domain: { name: domainName } };
};

const endpointInterface = (read: Reader): CloudConfig['interface'] => {
  const value = read.text('interface', 'endpoint_type') ?? 'public';
  const short = value.replace(/URL$/, '');
  if (short === 'public' || short === 'internal' || short === 'admin') return short;
  throw incomplete(read.name, read.source, 'interface', `${value} is none of public, internal, admin`);
};

const endpointOverrides = (read: Reader, entry: JsonObject): { readonly [serviceType: string]: string } => {
  const suffix = /[-_]endpoint[-_]override$/;
  const keys = Object.keys(entry).filter((key) => suffix.test(key) && read.text(key) !== undefined);
  return Object.fromEntries(keys.map((key) => [key.replace(suffix, '').replaceAll('_', '-'), read.url(key)]));
};
