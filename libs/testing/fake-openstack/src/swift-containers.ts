import type { Cloud, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { madeAccount } from './swift-accounts.ts';
import { withCleanAcls } from './swift-acls.ts';
import { asked, formatOf, listed, page } from './swift-listing.ts';
import { checkMetadata, LIMITS, merged, visible } from './swift-metadata.ts';
import { accepted } from './swift-pages.ts';
import { checkQuotaHeaders } from './swift-quotas.ts';
import type { SwiftCall } from './swift-request.ts';
import { containerOf, findContainer, quoted, titledAll } from './swift-request.ts';
import type { Container, StoredObject } from './swift-rows.ts';
import { asHttpDate, asIso, asTimestamp, bytesUsed, containers, namesOf, stamp } from './swift-rows.ts';
import { listVersions, versioningHeaders, withVersioning } from './swift-versions.ts';

/** Names of the storage policies; the first is the default. */
export function policiesOf(cloud: Cloud): readonly string[] {
  return cloud.options.storagePolicies ?? ['gold'];
}

/** PUT of a container: 201 when new, else 202 and the same as a POST. */
export function putContainer(request: SwiftCall): Reply {
  const { cloud, account, container: name = '' } = request;
  const policy = policyOf(request);
  checkContainer(request);
  const before = findContainer(cloud, account, name);
  if (before !== undefined && policy !== undefined && policy !== before.policy) throw new Refusal(409, '');
  madeAccount(request);
  const at = stamp(cloud);
  const made: Container = before ?? {
    ...{ account, name, createdAt: at, changedAt: at, policy: policy ?? policiesOf(cloud)[0] ?? '', headers: {} },
    ...{ versionsEnabled: undefined, objects: new Map(), versions: new Map(), ordered: undefined },
  };
  change(request, made);
  containers(cloud).set(`${account}/${name}`, made);
  return before === undefined ? { status: 201 } : accepted();
}

/** POST to a container: its metadata. */
export function updateContainer(request: SwiftCall): Reply {
  checkContainer(request);
  change(request, containerOf(request));
  return { status: 204 };
}

function checkContainer({ headers, container = '' }: SwiftCall): void {
  checkQuotaHeaders(headers);
  checkMetadata(headers, 'container');
  const length = Buffer.byteLength(container);
  const most = LIMITS.max_container_name_length;
  if (length > most) throw new Refusal(400, `Container name length of ${length} longer than ${most}`, 'plain');
}

function change(request: SwiftCall, container: Container): void {
  const said = withCleanAcls(request.headers);
  const kept = merged(container.headers, said, 'container', request.owner);
  withVersioning(request, container, kept);
  container.changedAt = stamp(request.cloud);
}

function policyOf({ cloud, headers }: SwiftCall): string | undefined {
  const asked = headers['x-storage-policy'];
  if (asked === undefined || asked === '') return undefined;
  const found = policiesOf(cloud).find((policy) => policy.toLowerCase() === asked.toLowerCase());
  if (found === undefined) throw new Refusal(400, `Invalid X-Storage-Policy '${asked}'`, 'text');
  return found;
}

/** GET or HEAD of a container: what it is, and its objects. */
export function showContainer(request: SwiftCall): Reply {
  const wanted = asked(request, LIMITS.container_listing_limit);
  const container = containerOf(request);
  const headers = containerHeaders(request, container);
  const around = { tag: 'container', of: 'object', name: container.name };
  if (request.method === 'HEAD') return { ...listed(request, headers, [], around), status: 204 };
  formatOf(request);
  if (request.query.has('versions')) {
    return listed(
      request,
      headers,
      listVersions(container, wanted).map(({ object, ...row }) => ({ ...objectRow(object), ...row })),
      around,
    );
  }
  const rows = page(namesOf(container), wanted).map((item) => {
    const object = 'name' in item ? container.objects.get(item.name) : undefined;
    return object === undefined ? { ...item } : objectRow(object);
  });
  return listed(request, headers, rows, around);
}

function containerHeaders(request: SwiftCall, container: Container): Record<string, string> {
  return {
    'X-Container-Object-Count': String(container.objects.size),
    'X-Container-Bytes-Used': String(bytesUsed(container)),
    'X-Timestamp': asTimestamp(container.createdAt),
    ...titledAll(visible(container.headers, request.owner)),
    ...versioningHeaders(container),
    'Last-Modified': asHttpDate(container.changedAt),
    'Accept-Ranges': 'bytes',
    'X-Storage-Policy': container.policy,
  };
}

/** An object in a list. Of a large object the hash is its manifest's, and the size is what a reader gets. */
export function objectRow(object: StoredObject): JsonObject {
  const { link, slo } = object;
  return {
    bytes: slo?.size ?? object.payload.size,
    hash: object.etag,
    name: object.name,
    content_type: object.contentType.replaceAll(/; +/g, ';'),
    last_modified: asIso(object.changedAt),
    ...(slo === undefined ? {} : { slo_etag: `"${slo.etag}"` }),
    ...(link?.etag === undefined ? {} : { symlink_etag: link.etag, symlink_bytes: link.bytes }),
    ...(link === undefined ? {} : { symlink_path: `/v1/${link.account}/${quoted(link.path)}` }),
  };
}

/** DELETE of a container: 409 while it holds anything. */
export function deleteContainer(request: SwiftCall): Reply {
  const container = containerOf(request);
  if (container.objects.size > 0) throw new Refusal(409, '');
  if (container.versions.size > 0) throw new Refusal(409, 'Delete all versions before deleting container.', 'plain');
  containers(request.cloud).delete(`${container.account}/${container.name}`);
  return { status: 204 };
}
