import type { Cloud } from './frame.ts';
import { Refusal } from './frame.ts';
import { contentOf, segmentObject } from './swift-content.ts';
import type { SwiftCall } from './swift-request.ts';
import { decoded8, quoted } from './swift-request.ts';
import type { Link, StoredObject } from './swift-rows.ts';

/** How many links in a row are followed. */
const MOST = 2;

/** The link that a PUT makes, checked; undefined for any other object. */
export function linkOf({ cloud, account, headers }: SwiftCall): Link | undefined {
  const target = headers['x-symlink-target'];
  if (target === undefined) return undefined;
  if ((headers['content-length'] ?? '0') !== '0')
    throw new Refusal(400, 'Symlink requests require a zero byte body', 'text');
  const path = decoded8(target).replace(/^\//, '');
  if (!/^[^/]+\/./.test(path)) {
    const form = 'X-Symlink-Target header must be of the form <container name>/<object name>';
    throw new Refusal(412, form, 'plain');
  }
  const link = { account: headers['x-symlink-target-account'] ?? account, path };
  const etag = headers['x-symlink-target-etag']?.replaceAll('"', '');
  if (etag === undefined) return link;
  const object = segmentObject(cloud, link.account, path);
  const location = `/v1/${link.account}/${quoted(path)}`;
  if (object === undefined) {
    throw new Refusal(409, 'X-Symlink-Target does not exist', 'text', { 'Content-Location': location });
  }
  const content = contentOf(cloud, object);
  const found = content.etag.replaceAll('"', '');
  if (found !== etag) {
    const message = `Object Etag '${found}' does not match X-Symlink-Target-Etag header '${etag}'`;
    throw new Refusal(409, message, 'text', { 'Content-Location': location });
  }
  return { ...link, etag, bytes: content.size };
}

/** Where a link leads in the end, and the path to say so; an object that is no link leads to itself. */
export function followed(
  cloud: Cloud,
  start: StoredObject,
): { readonly object: StoredObject; readonly location: string | undefined } {
  let object = start;
  let location: string | undefined;
  for (let hop = 0; object.link !== undefined; hop += 1) {
    const { account, path, etag } = object.link;
    if (hop === MOST) {
      throw new Refusal(409, `Too many levels of symbolic links, maximum allowed is ${MOST}`, 'text');
    }
    location = `/v1/${account}/${quoted(path)}`;
    const target = segmentObject(cloud, account, path);
    if (target === undefined) throw new Refusal(404, '', '', { 'Content-Location': location });
    const found = contentOf(cloud, target).etag.replaceAll('"', '');
    if (etag !== undefined && target.link === undefined && found !== etag) {
      const message = `Object Etag ${found} does not match X-Symlink-Target-Etag header ${etag}`;
      throw new Refusal(409, message, 'text', { 'Content-Location': location });
    }
    object = target;
  }
  return { object, location };
}

/** What `?symlink=get` tells of a link. */
export function linkHeaders({ link }: StoredObject, account: string): Record<string, string> {
  if (link === undefined) return {};
  return {
    'X-Symlink-Target': quoted(link.path),
    ...(link.account === account ? {} : { 'X-Symlink-Target-Account': link.account }),
    ...(link.etag === undefined ? {} : { 'X-Symlink-Target-Etag': link.etag }),
    ...(link.bytes === undefined ? {} : { 'X-Symlink-Target-Bytes': String(link.bytes) }),
  };
}
