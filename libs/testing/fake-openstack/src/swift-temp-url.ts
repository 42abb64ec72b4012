/** Requests that are signed instead of carrying a token (swift/common/middleware/tempurl.py). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { BlockList, isIP } from 'node:net';
import type { Call, Cloud, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import type { SwiftPath } from './swift-request.ts';
import { findContainer } from './swift-request.ts';
import type { Headers } from './swift-rows.ts';
import { accounts } from './swift-rows.ts';

const DIGESTS: Readonly<Record<number, string>> = { 20: 'sha1', 32: 'sha256', 64: 'sha512' };
const FORBIDDEN = ['x-object-manifest', 'x-symlink-target'];

/** What a good signature allows, and how its answers are changed. */
export interface Signed {
  /** The whole account with its key, one container with the container's. */
  readonly scope: 'account' | 'container';
  /** Changes an answer as TempURL does: a name for the download, no metadata. */
  dress(reply: Reply): Reply;
}

/** The signature of a request, checked; undefined for a request without one, 401 for a bad one. */
export function signatureOf(call: Call, path: SwiftPath, headers: Headers): Signed | undefined {
  const { query, cloud } = call;
  const [signature, expires] = [query.get('temp_url_sig'), query.get('temp_url_expires')];
  if ((signature === null && expires === null) || call.method === 'OPTIONS') return undefined;
  const until = expiryOf(expires ?? '');
  if (signature === null || until === undefined || until * 1000 <= cloud.now()) throw invalid();
  if (path.container === undefined || path.object === undefined) throw invalid();
  const ip = query.get('temp_url_ip_range');
  if (ip !== null && !isWithin(call.request.socket.remoteAddress ?? '', ip)) throw invalid();
  const signed = signedPath(path, query.get('temp_url_prefix'));
  const methods = call.method === 'HEAD' ? ['HEAD', 'GET', 'POST', 'PUT'] : [call.method];
  const given = digestOf(signature);
  const fits = (key: string): boolean =>
    methods.some((method) => {
      const text = `${ip === null ? '' : `ip=${ip}\n`}${method}\n${until}\n${signed}`;
      return timingSafeEqual(createHmac(given.algorithm, key).update(text).digest(), given.bytes);
    });
  const found = keysOf(cloud, path).find(({ key }) => fits(key));
  if (found === undefined) throw invalid();
  refuseHeaders(call.method, headers);
  const filename = query.get('filename') ?? undefined;
  const inline = query.has('inline');
  return { scope: found.scope, dress: (reply) => dressed(reply, call.method, path, { filename, inline, until }) };
}

function invalid(): Refusal {
  return new Refusal(401, '401 Unauthorized: Temp URL invalid\n', 'plain', {
    'Www-Authenticate': 'Swift realm="unknown"',
  });
}

/** Seconds since the epoch, also of `2030-01-01T00:00:00Z`. */
function expiryOf(expires: string): number | undefined {
  if (/^\d+$/.test(expires)) return Number(expires);
  const parsed = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d{4})?)?$/.test(expires) ? Date.parse(expires) : NaN;
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

/** The text of the path that is signed: decoded, from `/v1` on. */
function signedPath({ account, container = '', object = '' }: SwiftPath, prefix: string | null): string {
  if (prefix === null) return `/v1/${account}/${container}/${object}`;
  if (!object.startsWith(prefix)) throw invalid();
  return `prefix:/v1/${account}/${container}/${prefix}`;
}

/** A signature in hex, whose length tells the digest, or as `sha256:` and base64. */
function digestOf(signature: string): { readonly algorithm: string; readonly bytes: Buffer } {
  const [, named, encoded] = /^(sha1|sha256|sha512):(.+)$/.exec(signature) ?? [];
  if (named === undefined && !/^([0-9a-f]{2})+$/i.test(signature)) throw invalid();
  const bytes = named === undefined ? Buffer.from(signature, 'hex') : Buffer.from(encoded ?? '', 'base64url');
  const algorithm = DIGESTS[bytes.byteLength];
  if (algorithm === undefined || (named !== undefined && named !== algorithm)) throw invalid();
  return { algorithm, bytes };
}

function keysOf(cloud: Cloud, path: SwiftPath): { readonly key: string; readonly scope: Signed['scope'] }[] {
  const container = findContainer(cloud, path.account, path.container ?? '')?.headers ?? {};
  const account = accounts(cloud).get(path.account)?.headers ?? {};
  const of = (headers: Headers, scope: Signed['scope']) =>
    ['', '-2'].flatMap((end) => {
      const key = headers[`x-${scope}-meta-temp-url-key${end}`];
      return key === undefined ? [] : [{ key, scope }];
    });
  return [...of(account, 'account'), ...of(container, 'container')];
}

function isWithin(address: string, range: string): boolean {
  const [network = '', bits] = range.split('/');
  const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(network) === 0) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family);
  return list.check(address.replace(/^::ffff:/, ''), isIP(address) === 6 ? 'ipv6' : 'ipv4');
}

function refuseHeaders(method: string, headers: Headers): void {
  if (method === 'GET' || method === 'HEAD') return;
  const refused = FORBIDDEN.find((name) => headers[name] !== undefined);
  if (refused === undefined) return;
  const title = refused.replaceAll(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
  throw new Refusal(400, `The header '${title}' is not allowed in this tempurl`, 'plain');
}

function dressed(
  reply: Reply,
  method: string,
  { object = '' }: SwiftPath,
  { filename, inline, until }: { filename: string | undefined; inline: boolean; until: number },
): Reply {
  const shown = Object.entries(reply.headers ?? {}).filter(
    ([name]) => !/^x-object-meta-/i.test(name) || /^x-object-meta-public-/i.test(name),
  );
  const headers: Record<string, string | readonly string[]> = Object.fromEntries(shown);
  if (reply.status >= 300 || (method !== 'GET' && method !== 'HEAD')) return { ...reply, headers };
  const name = filename ?? object.replace(/\/+$/, '').replace(/.*\//, '');
  const named = `filename="${encodeURIComponent(name)}"; filename*=UTF-8''${encodeURIComponent(name)}`;
  if (inline) headers['Content-Disposition'] = filename === undefined ? 'inline' : `inline; ${named}`;
  else if (filename !== undefined) headers['Content-Disposition'] = `attachment; ${named}`;
  else headers['Content-Disposition'] ??= `attachment; ${named}`;
  return { ...reply, headers: { ...headers, Expires: new Date(until * 1000).toUTCString() } };
}
