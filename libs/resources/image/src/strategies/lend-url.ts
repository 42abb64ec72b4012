import { Failure, isFailure, isJsonObject, type Clock, type JsonObject } from '@osm/kernel';
import { until, type Answer, type Cloud, type Moved, type Writer } from '@osm/resource';
import { randomBytes } from 'node:crypto';
import { tempUrl, type Digest } from './temp-url.ts';

/** Bytes that stand in a cloud's object store for a while, for whoever has their URL. */
export interface Loan {
  readonly cloud: Cloud;
  /** The name of its container, which has nothing else in it, and of the object. */
  readonly name: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  waiting(what: string, until?: Date): void;
}

/** Bytes that one object may have: Swift's default. */
export const wholeObject = 5_368_709_122;

/** Seconds after which the object goes by itself, should nobody take it away. */
const life = 86_400;

/** Seconds for which the URL is good: the destination may have a queue of its own. */
const validity = 43_200;

/** GET and not HEAD: Swift of Zed answers HEAD with the end of a body that nobody expects, which the next answer begins with. */
const account = { method: 'GET', path: '', query: { limit: '1', format: 'json' } } as const;

/**
 * Puts bytes there and signs a URL of them that is good for half a day. The key is that of the loan's own container: two loans
 * at once know nothing of each other, and the account's own keys are neither used nor changed.
 */
export const lendUrl = async (
  loan: Loan,
  put: (writer: (size: number) => Promise<Writer<Answer>>) => Promise<Moved<Answer>>,
): Promise<{ readonly url: string; readonly hash: string | undefined }> => {
  const { cloud, signal } = loan;
  const path = `/${loan.name}/${loan.name}`;
  const root = await publicRoot(cloud, signal);
  const key = randomBytes(24).toString('hex');
  const keyed = { 'x-container-meta-temp-url-key': key };
  await cloud.send('object-store', { method: 'PUT', path: `/${loan.name}`, headers: keyed }, signal);
  const headers = { 'content-type': 'application/octet-stream', 'x-delete-after': String(life) };
  const { hash } = await put((size) => cloud.upload('object-store', { method: 'PUT', path, headers }, size, signal));
  return { url: await acceptedUrl(loan, root, path, key), hash };
};

/** Why a cloud cannot lend anything; undefined: it can. A store that does not refuse a wrong signature looks at none. */
export const cannotLend = async (cloud: Cloud, signal: AbortSignal): Promise<string | undefined> => {
  if (!(await cloud.has('object-store'))) return 'the source has no object store';
  const bogus = { temp_url_sig: '0'.repeat(64), temp_url_expires: '4102444800' };
  try {
    await cloud.send('object-store', account, signal);
    return (await isTaken(cloud, '', bogus, signal)) ? 'the source’s object store has no signed URLs' : undefined;
  } catch (error) {
    if (isFailure(error)) return `the source’s object store cannot be used: ${error.message}`;
    throw error;
  }
};

/** Takes all of it away again, where it is there; also what an earlier run has left. */
export const takeBack = async ({ cloud, name }: Pick<Loan, 'cloud' | 'name'>): Promise<boolean> => {
  const gone = { method: 'DELETE', accept: [404] } as const;
  const object = await cloud.send('object-store', { ...gone, path: `/${name}/${name}` });
  const container = await cloud.send('object-store', { ...gone, path: `/${name}` });
  return object.status !== 404 || container.status !== 404;
};

/** The account's URL as other clouds reach it: what the catalogue says. */
const publicRoot = async (cloud: Cloud, signal: AbortSignal): Promise<URL> => {
  const { body } = await cloud.send('identity', { method: 'GET', path: '/auth/catalog' }, signal);
  const catalogue = isJsonObject(body) && Array.isArray(body['catalog']) ? body['catalog'] : [];
  const endpoints = catalogue
    .filter((service) => isJsonObject(service))
    .filter(({ type }) => type === 'object-store')
    .flatMap((service) => (Array.isArray(service['endpoints']) ? service['endpoints'] : []))
    .filter((endpoint): endpoint is JsonObject => isJsonObject(endpoint) && endpoint['interface'] === 'public');
  const urls = new Set(endpoints.map(({ url }) => String(url)));
  const [url] = urls;
  if (url !== undefined && urls.size === 1) return new URL(url);
  throw new Failure(
    'no-public-object-store',
    `cannot lend a URL of ${cloud.name}: its catalogue names ${urls.size} public object stores`,
    { remedy: 'Set image_transfer to direct.' },
  );
};

/**
 * Newer digests first, and paths with and without what a proxy takes away before `/v1`: what a store takes it tells by
 * taking it. A new key may need a minute to be known everywhere.
 */
const acceptedUrl = async (
  { cloud, clock, signal, waiting }: Loan,
  root: URL,
  path: string,
  key: string,
): Promise<string> => {
  const expires = Math.floor(clock.now().getTime() / 1000) + validity;
  const full = `${root.pathname.replace(/\/$/, '')}${path}`;
  const paths = [...new Set([full, full.slice(full.indexOf('/v1/'))])];
  const digests: readonly Digest[] = ['sha256', 'sha1'];
  const queries = digests.flatMap((digest) => paths.map((signed) => tempUrl(signed, key, expires, digest)));
  waiting('the object store knows the key of its signed URLs', new Date(clock.now().getTime() + 90_000));
  return until(
    async () => {
      for (const query of queries) {
        if (!(await isTaken(cloud, path, query, signal))) continue;
        return `${root.origin}${encodeURI(full)}?${new URLSearchParams(query).toString()}`;
      }
      return undefined;
    },
    { clock, signal, seconds: 90 },
    () =>
      new Failure('no-signed-urls', `cannot lend a URL of ${cloud.name}: its object store takes no signed URL`, {
        remedy: 'Enable TempURL in the source’s object store, or set image_transfer to direct.',
      }),
  );
};

/** A wrong signature is refused also to those who have a token. */
const isTaken = async (
  cloud: Cloud,
  path: string,
  query: { readonly [name: string]: string },
  signal: AbortSignal,
): Promise<boolean> => {
  try {
    (await cloud.download('object-store', { method: 'GET', path, query }, signal)).close();
    return true;
  } catch (error) {
    if (isFailure(error) && error.http?.status === 401) return false;
    throw error;
  }
};
