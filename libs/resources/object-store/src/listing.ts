import type { JsonObject } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { compareNames, containerPath } from './container-name.ts';

/** What a listing tells of an object. */
export interface Listed {
  readonly name: string;
  readonly bytes: number;
  /** What its content is known by, the same at both ends: an MD5, that of a large object's segments, a link's target. */
  readonly etag: string;
  readonly contentType: string;
  /** Milliseconds, by the cloud's own clock. */
  readonly modified: number;
}

/** The same name at both ends, or at one of them. */
export type Pair =
  | { readonly source: Listed; readonly destination: Listed | undefined }
  | { readonly source: undefined; readonly destination: Listed };

/** The entity tag without the quotes that Swift puts around those of large objects. */
export const bareEtag = (etag: string | undefined): string => (etag ?? '').replace(/^(?:W\/)?"(.*)"$/, '$1');

/** Every object of a container whose name begins so, page by page, in the order of their names. */
export async function* listObjects(
  cloud: Cloud,
  container: string,
  signal: AbortSignal,
  prefix = '',
): AsyncIterable<Listed> {
  const query = { format: 'json', ...(prefix === '' ? {} : { prefix }) };
  for await (const item of cloud.list('object-store', containerPath(container), { key: 'objects', query }, signal)) {
    yield listed(item);
  }
}

const text = (item: JsonObject, key: string): string | undefined =>
  typeof item[key] === 'string' ? item[key] : undefined;

const listed = (item: JsonObject): Listed => ({
  name: String(item['name']),
  bytes: Number(item['bytes']),
  etag: contentOf(item),
  contentType: text(item, 'content_type') ?? '',
  // Swift writes times without a zone: they are UTC.
  modified: Date.parse(`${text(item, 'last_modified') ?? ''}Z`.replace('ZZ', 'Z')),
});

const linkTo = 'link to ';

const contentOf = (item: JsonObject): string => {
  const link = text(item, 'symlink_path');
  // Where versions are kept each object is a link to its newest one.
  if (link === undefined || item['version_symlink'] === true)
    return bareEtag(text(item, 'slo_etag') ?? text(item, 'hash'));
  // `/v1/AUTH_…/container/object`: the account has another name at the destination.
  return `${linkTo}${link.split('/').slice(3).join('/')} ${text(item, 'symlink_etag') ?? ''}`;
};

/** Whether it leads to another object instead of being one. */
export const isLink = ({ etag }: Listed): boolean => etag.startsWith(linkTo);

/** Two listings as one: each name once. Holds a page of each. */
export async function* paired(source: AsyncIterable<Listed>, destination: AsyncIterable<Listed>): AsyncIterable<Pair> {
  const [left, right] = [source[Symbol.asyncIterator](), destination[Symbol.asyncIterator]()];
  let [a, b] = await Promise.all([left.next(), right.next()]);
  while (a.done !== true || b.done !== true) {
    const order = a.done === true ? 1 : b.done === true ? -1 : compareNames(a.value.name, b.value.name);
    if (order <= 0 && a.done !== true)
      yield { source: a.value, destination: order === 0 && b.done !== true ? b.value : undefined };
    else if (b.done !== true) yield { source: undefined, destination: b.value };
    if (order <= 0) a = await left.next();
    if (order >= 0) b = await right.next();
  }
}
