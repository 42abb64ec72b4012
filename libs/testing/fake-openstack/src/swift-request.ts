import { isUtf8 } from 'node:buffer';
import type { Call, Cloud, Context } from './frame.ts';
import { Refusal } from './frame.ts';
import type { Container, Headers } from './swift-rows.ts';
import { containers } from './swift-rows.ts';

/** A request to Swift, read as Swift reads it. */
export interface SwiftCall {
  readonly cloud: Cloud;
  readonly call: Call;
  readonly method: string;
  readonly account: string;
  readonly container: string | undefined;
  readonly object: string | undefined;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Who calls; undefined for nobody. */
  readonly caller: Context | undefined;
  /** The account is the caller's own: it may see and set what only owners may. */
  readonly owner: boolean;
}

/** Where a path leads: `/v1/account/container/object`, the last two of which may be absent. */
export interface SwiftPath {
  readonly account: string;
  readonly container: string | undefined;
  readonly object: string | undefined;
}

/**
 * The path as Swift reads it: decoded before it is cut, so that an encoded slash cuts too, and with every slash, dot and
 * repetition after the container kept as part of the object's name.
 */
export function pathOf(written: string): SwiftPath {
  const decoded = decoded8(written);
  const [, version = '', account = '', container = '', ...rest] = decoded.split('/');
  if (!/^v1(\.0)?$/.test(version) || account === '') throw new Refusal(412, 'Bad URL', 'plain');
  const object = rest.join('/');
  if (container === '' && object !== '') throw new Refusal(412, 'Bad URL', 'plain');
  return { account, container: nonEmpty(container), object: nonEmpty(object) };
}

/** A percent-encoded name; 412 when it is no UTF-8 or has a NUL. */
export function decoded8(written: string): string {
  const parts = written.split(/((?:%[0-9A-Fa-f]{2})+)/);
  const bytes = Buffer.concat(
    parts.map((part, index) =>
      index % 2 === 1 ? Buffer.from(part.replaceAll('%', ''), 'hex') : Buffer.from(part, 'latin1'),
    ),
  );
  if (!isUtf8(bytes) || bytes.includes(0)) throw new Refusal(412, 'Invalid UTF8 or contains NULL', 'plain');
  return bytes.toString('utf8');
}

/** A name with everything but unreserved characters and slashes encoded, as Swift quotes paths. */
export function quoted(name: string): string {
  return encodeURIComponent(name)
    .replaceAll('%2F', '/')
    .replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function nonEmpty(value: string): string | undefined {
  return value === '' ? undefined : value;
}

/**
 * The headers of a request. Header names with an underscore: Zed reads them as dashes, Epoxy's web server leaves them out.
 */
export function headersOf(call: Call): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(call.headers)) {
    if (value === undefined) continue;
    if (name.includes('_') && call.cloud.options.release !== 'zed') continue;
    headers[name.replaceAll('_', '-')] = Array.isArray(value) ? value.join(',') : value;
  }
  return headers;
}

/** `X-Object-Meta-Some-Key`: header names as Swift writes them. */
export function titled(name: string): string {
  return name.replaceAll(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}

/** All of these headers as an answer writes them. */
export function titledAll(headers: Headers): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [titled(name), value]));
}

/** True for the values that Swift takes as yes. */
export function isTrue(value: string | null | undefined): boolean {
  return ['true', '1', 'yes', 'on', 't', 'y'].includes((value ?? '').toLowerCase());
}

/** The container of this name in this account. */
export function findContainer(cloud: Cloud, account: string, name: string): Container | undefined {
  return containers(cloud).get(`${account}/${name}`);
}

/** The container that a request is about, or 404. */
export function containerOf({ cloud, account, container }: SwiftCall): Container {
  const found = container === undefined ? undefined : findContainer(cloud, account, container);
  if (found === undefined) throw new Refusal(404, '');
  return found;
}
