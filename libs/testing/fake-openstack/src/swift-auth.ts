/** Who may do what: keystoneauth with the roles of a usual deployment (operator_roles, ResellerAdmin) and container ACLs. */
import type { Cloud, Context } from './frame.ts';
import { Refusal } from './frame.ts';
import { allowsReferrer, namesCaller } from './swift-acls.ts';
import type { SwiftPath } from './swift-request.ts';
import { findContainer } from './swift-request.ts';

const OPERATORS = ['admin', 'member', 'swiftoperator'];
const RESELLER_ADMIN = 'reselleradmin';

/** Lets a request pass or throws 401 or 403; true when the caller owns the account. */
export function authorize(
  cloud: Cloud,
  caller: Context | undefined,
  method: string,
  path: SwiftPath,
  referrer: string | undefined,
): boolean {
  const roles = (caller?.roles ?? []).map((role) => role.toLowerCase());
  if (roles.includes(RESELLER_ADMIN)) return true;
  if (path.container === undefined && method === 'DELETE') throw denied(caller, path.account);
  const own = caller?.projectId !== undefined && path.account === `AUTH_${caller.projectId}`;
  // Owners are owners whatever an ACL says of them or of everybody.
  if (own && roles.some((role) => OPERATORS.includes(role))) return true;
  const acl = aclOf(cloud, method, path);
  if (caller !== undefined && namesCaller(acl, cloud, caller)) return false;
  const referred = allowsReferrer(acl, referrer);
  if (referred && (path.object !== undefined || acl.split(',').includes('.rlistings'))) return false;
  if (!own) throw denied(caller, path.account);
  // A role that the ACL names is let in only where no referrer item already said no.
  if (!referred && acl.split(',').some((item) => roles.includes(item.toLowerCase()))) return false;
  throw denied(caller, path.account);
}

/** The ACL that decides: the read one for GET and HEAD, the write one for what changes an object, none otherwise. */
function aclOf(cloud: Cloud, method: string, { account, container, object }: SwiftPath): string {
  const headers = container === undefined ? undefined : findContainer(cloud, account, container)?.headers;
  if (headers === undefined) return '';
  if (method === 'GET' || method === 'HEAD') return headers['x-container-read'] ?? '';
  return object === undefined ? '' : (headers['x-container-write'] ?? '');
}

function denied(caller: Context | undefined, account: string): Refusal {
  if (caller !== undefined) return new Refusal(403, '');
  return new Refusal(401, '', '', { 'Www-Authenticate': `Swift realm="${account}"` });
}
