import type { Cloud, JsonObject, Reply } from './frame.ts';
import { Refusal } from './frame.ts';
import { projects } from './identity-rows.ts';
import { asked, listed, page } from './swift-listing.ts';
import { checkMetadata, LIMITS, merged, visible } from './swift-metadata.ts';
import { accepted } from './swift-pages.ts';
import type { SwiftCall } from './swift-request.ts';
import { titled, titledAll } from './swift-request.ts';
import type { Account, Container } from './swift-rows.ts';
import { accounts, asIso, asTimestamp, bytesUsed, containers, containersOf, stamp } from './swift-rows.ts';

/** GET or HEAD of an account: its numbers and its containers. An account that nobody used yet looks empty. */
export function showAccount(request: SwiftCall): Reply {
  const { cloud, account: name } = request;
  const wanted = asked(request, LIMITS.account_listing_limit);
  const rows = containersOf(cloud, name);
  const headers = {
    ...accountHeaders(request, rows),
    ...(accounts(cloud).has(name) ? { 'Accept-Ranges': 'bytes' } : {}),
  };
  if (request.method === 'HEAD') {
    // An account that is not made yet answers as an empty list would that somebody reads.
    return { ...listed(request, headers, [], around(name)), status: accounts(cloud).has(name) ? 204 : 200 };
  }
  const byName = new Map(rows.map((row) => [row.name, row]));
  const items = page([...byName.keys()], wanted).map((item) => {
    const row = 'name' in item ? byName.get(item.name) : undefined;
    return row === undefined ? { ...item } : containerRow(cloud, row);
  });
  return listed(request, headers, items, around(name));
}

const around = (name: string) => ({ tag: 'account', of: 'container', name });

function containerRow(cloud: Cloud, row: Container): JsonObject {
  return {
    name: row.name,
    count: row.objects.size,
    bytes: bytesUsed(row),
    last_modified: asIso(row.createdAt),
    // Newer releases tell the policy.
    ...(cloud.options.release === 'zed' ? {} : { storage_policy: row.policy }),
  };
}

function accountHeaders(request: SwiftCall, rows: readonly Container[]): Record<string, string> {
  const account = accounts(request.cloud).get(request.account);
  const at = asTimestamp(account?.createdAt ?? stamp(request.cloud));
  return {
    ...numbers('X-Account-', rows),
    'X-Timestamp': at,
    ...(account === undefined ? { 'X-Put-Timestamp': at } : {}),
    ...byPolicy(rows),
    ...(account === undefined ? {} : projectDomain(request)),
    ...titledAll(visible(account?.headers ?? {}, request.owner)),
  };
}

function projectDomain({ cloud, account }: SwiftCall): Record<string, string> {
  const domain = projects(cloud).get(account.replace(/^AUTH_/, ''))?.domain_id;
  return typeof domain === 'string' ? { 'X-Account-Project-Domain-Id': domain } : {};
}

function byPolicy(rows: readonly Container[]): Record<string, string> {
  const policies = [...new Set(rows.map((row) => row.policy))];
  return Object.assign(
    {},
    ...policies.map((policy) =>
      numbers(
        `X-Account-Storage-Policy-${titled(policy)}-`,
        rows.filter((row) => row.policy === policy),
      ),
    ),
  ) as Record<string, string>;
}

/**
 * How many containers, objects and bytes. Here they are always right; a real cloud's are as old as the last round of its
 * container updater.
 */
function numbers(prefix: string, rows: readonly Container[]): Record<string, string> {
  return {
    [`${prefix}Container-Count`]: String(rows.length),
    [`${prefix}Object-Count`]: String(rows.reduce((sum, row) => sum + row.objects.size, 0)),
    [`${prefix}Bytes-Used`]: String(rows.reduce((sum, row) => sum + bytesUsed(row), 0)),
  };
}

/** The account of a request, made where it is not there (account_autocreate). */
export function madeAccount({ cloud, account: name }: Pick<SwiftCall, 'cloud' | 'account'>): Account {
  const found = accounts(cloud).get(name);
  if (found !== undefined) return found;
  const made: Account = { name, createdAt: stamp(cloud), headers: {} };
  accounts(cloud).set(name, made);
  return made;
}

/** POST to an account: its metadata. */
export function updateAccount(request: SwiftCall): Reply {
  checkMetadata(request.headers, 'account');
  const account = madeAccount(request);
  account.headers = merged(account.headers, request.headers, 'account', request.owner);
  return { status: 204 };
}

/** PUT of an account: 201 when new. */
export function putAccount(request: SwiftCall): Reply {
  const existed = accounts(request.cloud).has(request.account);
  updateAccount(request);
  return existed ? accepted() : { status: 201 };
}

/** DELETE of an account with all that it holds: for reseller admins. */
export function deleteAccount({ cloud, account }: SwiftCall): Reply {
  if (!accounts(cloud).delete(account)) throw new Refusal(404, '');
  for (const row of containersOf(cloud, account)) containers(cloud).delete(`${account}/${row.name}`);
  return { status: 204 };
}
