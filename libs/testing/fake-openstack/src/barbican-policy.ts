/**
 * Who may do what in Barbican: its older policy, which stands in both releases unless somebody turns it off. Members of the
 * project need the role creator (or observer, or audit, for some), whatever they have elsewhere; only an administrator of
 * the very project sees what its creator keeps private.
 */
import type { Guarded } from './barbican-rows.ts';
import type { Context } from './frame.ts';
import { Refusal } from './frame.ts';

type Rule = (context: Context, row: Guarded) => boolean;

const has = ({ roles }: Context, ...wanted: readonly string[]): boolean => wanted.some((role) => roles.includes(role));
const inside: Rule = ({ projectId }, row) => projectId === row.projectId;
const isPrivate = ({ acl }: Guarded): boolean => acl?.projectAccess === false;
const ownCreator: Rule = (who, row) => has(who, 'creator') && inside(who, row) && who.userId === row.creatorId;
const projectAdmin: Rule = (who, row) => has(who, 'admin') && inside(who, row);
const listed: Rule = (who, row) => row.acl?.users.includes(who.userId) === true;

const seenBy =
  (...roles: readonly string[]): Rule =>
  (who, row) =>
    (has(who, ...roles) && inside(who, row) && !isPrivate(row)) ||
    ownCreator(who, row) ||
    projectAdmin(who, row) ||
    listed(who, row);

/** What is asked of one secret or container. */
export const rules = {
  get: seenBy('admin', 'observer', 'creator', 'audit'),
  decrypt: seenBy('admin', 'observer', 'creator'),
  put: (who: Context, row: Guarded): boolean => has(who, 'admin', 'creator') && inside(who, row),
  acl: (who: Context, row: Guarded): boolean => has(who, 'admin', 'creator', 'observer') && inside(who, row),
  /** Deleting, and writing of ACLs and metadata. */
  change: (who: Context, row: Guarded): boolean =>
    projectAdmin(who, row) || ownCreator(who, row) || (has(who, 'creator') && inside(who, row) && !isPrivate(row)),
} as const;

/** Refuses, in Barbican's words, who may not do this with the row. */
export function enforce(rule: Rule, context: Context, row: Guarded, operation: string): void {
  if (!rule(context, row)) throw notAllowed(operation);
}

/** Refuses who has none of the roles in the token's project. */
export function enforceRole(context: Context, roles: readonly string[], operation: string): string {
  if (!has(context, ...roles) || context.projectId === undefined) throw notAllowed(operation);
  return context.projectId;
}

function notAllowed(operation: string): Refusal {
  return new Refusal(403, `${operation} attempt not allowed - please review your user/project privileges`);
}
