import { enforce, rules } from './barbican-policy.ts';
import type { Acl, Guarded } from './barbican-rows.ts';
import { hrefOf, time } from './barbican-rows.ts';
import { invalid, jsonOf } from './barbican-validation.ts';
import { repr } from './cinder-nova-validation.ts';
import type { Call, Reply, Route } from './frame.ts';
import { isObject } from './frame.ts';

/** A collection whose rows have an ACL. */
export interface Shelf<Row extends Guarded> {
  readonly collection: 'secrets' | 'containers';
  /** The word in Barbican's refusals: `SecretACL(s)`. */
  readonly word: string;
  find(call: Call): Row;
  keep(call: Call, row: Row): void;
}

/** Reading, replacing and removing the ACL of the rows of a collection. */
export function aclRoutes<Row extends Guarded>(shelf: Shelf<Row>): readonly Route[] {
  const path = `/v1/${shelf.collection}/:id/acl`;
  const { find, keep, word, collection } = shelf;
  const change = (call: Call, acl: Acl | null, operation: string): Row => {
    const row = find(call);
    enforce(rules.change, call.context, row, `${word} ${operation}`);
    keep(call, { ...row, acl });
    return row;
  };
  return [
    {
      method: 'GET',
      path,
      handle: (call) => {
        const row = find(call);
        enforce(rules.acl, call.context, row, `${word} retrieval`);
        return shown(row);
      },
    },
    {
      method: 'PUT',
      path,
      handle: (call) => {
        const { id } = change(call, asked(call, find(call).acl), 'Update');
        return { status: 200, body: { acl_ref: `${hrefOf(call, collection, id)}/acl` } };
      },
    },
    {
      method: 'DELETE',
      path,
      handle: (call) => {
        change(call, null, 'deletion');
        return { status: 200 };
      },
    },
  ];
}

function shown({ acl }: Guarded): Reply {
  if (acl === null) return { status: 200, body: { read: { 'project-access': true } } };
  const { projectAccess, users, created, updated } = acl;
  const read = { 'project-access': projectAccess, users: [...users], created: time(created), updated: time(updated) };
  return { status: 200, body: { read } };
}

/** What is not among the request is as at first; an empty `read` sets nothing. */
function asked(call: Call, before: Acl | null): Acl | null {
  const body = jsonOf(call);
  const read = isObject(body.read) ? body.read : {};
  if (Object.keys(read).length === 0) return null;
  const { 'project-access': projectAccess = true, users = [] } = read;
  if (typeof projectAccess !== 'boolean') {
    throw invalid('ACL', `${repr(projectAccess)} is not of type 'boolean'`, 'read');
  }
  if (!Array.isArray(users)) throw invalid('ACL', `${repr(users)} is not of type 'array'`, 'read');
  const now = call.cloud.now();
  return { projectAccess, users: users.map(String), created: before?.created ?? now, updated: now };
}
