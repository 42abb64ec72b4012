import type { Cloud, Context } from './frame.ts';
import { Refusal } from './frame.ts';
import { projects } from './identity-rows.ts';
import type { Headers } from './swift-rows.ts';

/** An ACL in its clean form (swift/common/middleware/acl.py clean_acl); 400 where it is none. */
export function cleanAcl(header: string, value: string): string {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => cleanItem(header, item))
    .join(',');
}

function cleanItem(header: string, item: string): string {
  const colon = item.indexOf(':');
  if (colon < 0) return item;
  const designator = item.slice(0, colon).trim();
  if (!designator.startsWith('.')) return item;
  if (!['.r', '.ref', '.referer', '.referrer'].includes(designator)) {
    throw new Refusal(400, `Unknown designator '${designator}' in ACL: '${item}'`, 'plain');
  }
  if (header.includes('write')) throw new Refusal(400, `Referrers not allowed in write ACL: '${item}'`, 'plain');
  let host = item.slice(colon + 1).trim();
  const negated = host.startsWith('-');
  if (negated) host = host.slice(1).trim();
  if (host !== '*' && host.startsWith('*')) host = host.slice(1).trim();
  if (host === '' || host === '.') {
    throw new Refusal(400, `No host/domain value after referrer designation in ACL: '${item}'`, 'plain');
  }
  return `.r:${negated ? '-' : ''}${host}`;
}

/** The headers of a request with their ACLs cleaned. */
export function withCleanAcls(headers: Headers): Record<string, string> {
  const cleaned: Record<string, string> = { ...headers };
  for (const name of ['x-container-read', 'x-container-write']) {
    const value = headers[name];
    if (value !== undefined) cleaned[name] = cleanAcl(name, value);
  }
  return cleaned;
}

/** True when the ACL names the caller: `project:user`, each an id, a name (in the default domain only) or `*`. */
export function namesCaller(acl: string, cloud: Cloud, caller: Context): boolean {
  if (caller.projectId === undefined) return false;
  const project = projects(cloud).get(caller.projectId);
  const named = caller.userDomainId === 'default' && project?.domain_id === 'default';
  const projectsOf = [caller.projectId, '*', ...(named ? [project.name] : [])];
  const users = [caller.userId, '*', ...(named ? [caller.userName] : [])];
  const items = acl.split(',');
  return projectsOf.some((one) => users.some((user) => items.includes(`${one}:${user}`)));
}

/** True when an ACL lets a referrer in: the last of its `.r:` items that fits decides. */
export function allowsReferrer(acl: string, referrer: string | undefined): boolean {
  const host = hostOf(referrer);
  let allowed = false;
  for (const item of acl.split(',').filter((one) => one.startsWith('.r:'))) {
    const negated = item.startsWith('.r:-');
    const name = item.slice(negated ? 4 : 3);
    if (name === '*' || name === host || (name.startsWith('.') && host.endsWith(name))) allowed = !negated;
  }
  return allowed;
}

function hostOf(referrer: string | undefined): string {
  return referrer !== undefined && URL.canParse(referrer) ? new URL(referrer).hostname : 'unknown';
}
