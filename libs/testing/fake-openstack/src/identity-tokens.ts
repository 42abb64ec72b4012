import { createHash } from 'node:crypto';
import type { Call, Cloud, Context, Json, JsonObject, Reply, Route } from './frame.ts';
import { isObject, isoSeconds, table } from './frame.ts';
import { Refusal } from './frame.ts';
import { catalogOf } from './identity-catalog.ts';
import { effectiveRoleIds, withImplied } from './identity-grants.ts';
import type { ApplicationCredential, Project, User } from './identity-rows.ts';
import {
  applicationCredentials,
  listed,
  passwords,
  projects,
  roles,
  shown,
  unauthorized,
  users,
} from './identity-rows.ts';

/** What a token stands for. `id` is what the client holds. */
interface Token {
  readonly id: string;
  readonly methods: readonly string[];
  readonly userId: string;
  readonly scope: Scope;
  readonly roleIds: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly auditIds: readonly string[];
  readonly applicationCredential: ApplicationCredential | undefined;
}

type Scope =
  | { readonly kind: 'unscoped' }
  | { readonly kind: 'project'; readonly id: string }
  | { readonly kind: 'domain'; readonly id: string }
  | { readonly kind: 'system' };

/** Tokens are kept by a digest of themselves, so that the state shown to tests holds none that can be used. */
const tokens = table<Token>('identity.tokens');

/** Who holds this token; undefined when it is unknown, expired, revoked, or when user or scope were disabled since. */
export function authenticate(cloud: Cloud, tokenId: string): Context | undefined {
  const token = live(cloud, tokenId);
  const user = token === undefined ? undefined : users(cloud).get(token.userId);
  if (token === undefined || user === undefined) return undefined;
  const names = token.roleIds.flatMap((id) => roles(cloud).get(id)?.name ?? []);
  return {
    tokenId,
    userId: user.id,
    userName: user.name,
    userDomainId: user.domain_id,
    projectId: token.scope.kind === 'project' ? token.scope.id : undefined,
    domainId: token.scope.kind === 'domain' ? token.scope.id : undefined,
    system: token.scope.kind === 'system',
    roles: names,
    isAdmin: names.includes('admin'),
  };
}

/** The routes under /v3/auth. */
export const tokenRoutes: readonly Route[] = [
  { method: 'POST', path: '/v3/auth/tokens', open: true, handle: issue },
  { method: 'GET', path: '/v3/auth/tokens', handle: validate },
  { method: 'DELETE', path: '/v3/auth/tokens', handle: revoke },
  { method: 'GET', path: '/v3/auth/catalog', handle: (call) => ({ status: 200, body: authCatalog(call) }) },
  { method: 'GET', path: '/v3/auth/projects', handle: (call) => ({ status: 200, body: scopes(call, 'project') }) },
  { method: 'GET', path: '/v3/auth/domains', handle: (call) => ({ status: 200, body: scopes(call, 'domain') }) },
  { method: 'GET', path: '/v3/auth/system', handle: authSystem },
];

function issue(call: Call): Reply {
  const auth = isObject(call.body) ? call.body.auth : undefined;
  if (!isObject(auth)) throw missing('auth', 'request body');
  const { identity, scope } = auth;
  const methods = isObject(identity) && Array.isArray(identity.methods) ? identity.methods : undefined;
  if (!isObject(identity) || methods === undefined) throw missing('identity', 'auth');
  const proof = prove(call.cloud, identity, methods);
  const wanted =
    proof.applicationCredential === undefined
      ? scopeOf(call.cloud, scope, proof.user)
      : projectScope(proof.applicationCredential.projectId);
  const roleIds = rolesFor(call.cloud, proof, wanted);
  const token = store(call.cloud, proof, wanted, roleIds);
  return { status: 201, headers: tokenHeaders(token.id), body: tokenBody(call, token) };
}

function tokenHeaders(id: string): Record<string, string> {
  return { 'X-Subject-Token': id, Vary: 'X-Auth-Token' };
}

function missing(attribute: string, target: string): Refusal {
  return new Refusal(
    400,
    `Expecting to find ${attribute} in ${target}. The server could not comply with the request since it is either ` +
      'malformed or otherwise incorrect. The client is assumed to be in error.',
  );
}

/** Keystone does not say whether a token never was, ended or was revoked. */
function unknownToken(): Refusal {
  return new Refusal(404, 'Could not recognize Fernet token');
}

/** Who somebody proved to be, and how. */
interface Proof {
  readonly user: User;
  readonly methods: readonly string[];
  readonly parent: Token | undefined;
  readonly applicationCredential: ApplicationCredential | undefined;
}

function prove(cloud: Cloud, identity: JsonObject, methods: readonly Json[]): Proof {
  const [method] = methods;
  const given = typeof method === 'string' ? identity[method] : undefined;
  if (typeof method !== 'string' || !isObject(given)) throw unauthorized();
  switch (method) {
    case 'password':
      return {
        user: byPassword(cloud, given),
        methods: ['password'],
        parent: undefined,
        applicationCredential: undefined,
      };
    case 'token': {
      const parent = live(cloud, String(given.id));
      const user = parent === undefined ? undefined : users(cloud).get(parent.userId);
      if (parent === undefined || user === undefined || parent.applicationCredential !== undefined)
        throw unauthorized();
      return { user, methods: [...new Set(['token', ...parent.methods])], parent, applicationCredential: undefined };
    }
    case 'application_credential': {
      const credential = byApplicationCredential(cloud, given);
      const user = users(cloud).get(credential.userId);
      if (user === undefined || !isUsable(cloud, user)) throw unauthorized();
      return { user, methods: ['application_credential'], parent: undefined, applicationCredential: credential };
    }
    default:
      throw unauthorized();
  }
}

function byPassword(cloud: Cloud, given: JsonObject): User {
  const asked = given.user;
  if (!isObject(asked)) throw missing('user', 'password');
  const user = namedUser(cloud, asked);
  if (user === undefined || !isUsable(cloud, user)) throw unauthorized();
  const password = passwords(cloud).get(user.id);
  if (password === undefined || password !== asked.password) throw unauthorized();
  return user;
}

function namedUser(cloud: Cloud, asked: JsonObject): User | undefined {
  if (typeof asked.id === 'string') return users(cloud).get(asked.id);
  const domain = namedDomain(cloud, asked.domain);
  return [...users(cloud).values()].find((user) => user.domain_id === domain?.id && user.name === asked.name);
}

function isUsable(cloud: Cloud, user: User): boolean {
  return user.enabled && projects(cloud).get(user.domain_id)?.enabled === true;
}

function byApplicationCredential(cloud: Cloud, given: JsonObject): ApplicationCredential {
  const user = isObject(given.user) ? namedUser(cloud, given.user) : undefined;
  const credential =
    typeof given.id === 'string'
      ? applicationCredentials(cloud).get(given.id)
      : [...applicationCredentials(cloud).values()].find(
          (each) => each.name === given.name && each.userId === user?.id,
        );
  if (credential === undefined || credential.secret !== given.secret) throw unauthorized();
  if (credential.expiresAt !== undefined && credential.expiresAt < cloud.now()) throw unauthorized();
  return credential;
}

function namedDomain(cloud: Cloud, asked: Json | undefined): Project | undefined {
  if (!isObject(asked)) return undefined;
  return [...projects(cloud).values()].find(
    (each) => each.is_domain && (each.id === asked.id || each.name === asked.name),
  );
}

function projectScope(id: string): Scope {
  return { kind: 'project', id };
}

function scopeOf(cloud: Cloud, scope: Json | undefined, user: User): Scope {
  if (scope === undefined) return defaultScope(cloud, user);
  if (!isObject(scope)) return { kind: 'unscoped' };
  if (isObject(scope.system)) return { kind: 'system' };
  if (isObject(scope.project)) {
    const project = namedProject(cloud, scope.project);
    if (project === undefined) throw unauthorized();
    return projectScope(project.id);
  }
  if (isObject(scope.domain)) {
    const domain = namedDomain(cloud, scope.domain);
    if (domain?.enabled !== true) throw unauthorized();
    return { kind: 'domain', id: domain.id };
  }
  return { kind: 'unscoped' };
}

/** Without a scope, the user's default project is taken when the user has a role there; else the token is unscoped. */
function defaultScope(cloud: Cloud, user: User): Scope {
  const id = user.default_project_id;
  if (typeof id !== 'string' || projects(cloud).get(id)?.enabled !== true) return { kind: 'unscoped' };
  const held = effectiveRoleIds(cloud, user.id, { scope: 'project', targetId: id });
  return held.length === 0 ? { kind: 'unscoped' } : projectScope(id);
}

function namedProject(cloud: Cloud, asked: JsonObject): Project | undefined {
  const project =
    typeof asked.id === 'string'
      ? projects(cloud).get(asked.id)
      : [...projects(cloud).values()].find(
          (each) =>
            !each.is_domain && each.name === asked.name && each.domain_id === namedDomain(cloud, asked.domain)?.id,
        );
  const domain = project?.domain_id == null ? project : projects(cloud).get(project.domain_id);
  return project?.enabled === true && domain?.enabled === true ? project : undefined;
}

function rolesFor(cloud: Cloud, proof: Proof, scope: Scope): readonly string[] {
  if (scope.kind === 'unscoped') return [];
  const held = heldRoles(cloud, proof.user.id, scope);
  const limited = proof.applicationCredential?.roleIds;
  const granted = limited === undefined ? held : withImplied(cloud, limited).filter((id) => held.includes(id));
  if (granted.length === 0) throw unauthorized();
  return granted;
}

function heldRoles(cloud: Cloud, userId: string, scope: Exclude<Scope, { kind: 'unscoped' }>): readonly string[] {
  if (scope.kind === 'system') return effectiveRoleIds(cloud, userId, { scope: 'system', targetId: 'system' });
  return effectiveRoleIds(cloud, userId, { scope: scope.kind, targetId: scope.id });
}

function store(cloud: Cloud, proof: Proof, scope: Scope, roleIds: readonly string[]): Token {
  const now = cloud.now();
  const id = `gAAAAA${createHash('sha256').update(`${cloud.newId()}/${now}`).digest('base64url')}`;
  const audit = createHash('sha256').update(id).digest('base64url').slice(0, 22);
  const token: Token = {
    id,
    methods: proof.methods,
    userId: proof.user.id,
    scope,
    roleIds,
    issuedAt: now,
    expiresAt: proof.parent?.expiresAt ?? now + (cloud.options.tokenSeconds ?? 3600) * 1000,
    auditIds: [audit, ...(proof.parent?.auditIds.slice(-1) ?? [])],
    applicationCredential: proof.applicationCredential,
  };
  tokens(cloud).set(digest(id), { ...token, id: digest(id) });
  return token;
}

function digest(tokenId: string): string {
  return createHash('sha256').update(tokenId).digest('hex');
}

/** The token while it may be used: not expired, its user able to sign in, its scope enabled. */
function live(cloud: Cloud, tokenId: string): Token | undefined {
  const token = tokens(cloud).get(digest(tokenId));
  if (token === undefined || token.expiresAt <= cloud.now()) return undefined;
  const user = users(cloud).get(token.userId);
  if (user === undefined || !isUsable(cloud, user)) return undefined;
  if (token.applicationCredential !== undefined && !applicationCredentials(cloud).has(token.applicationCredential.id))
    return undefined;
  if (token.scope.kind !== 'project' && token.scope.kind !== 'domain') return { ...token, id: tokenId };
  return projects(cloud).get(token.scope.id)?.enabled === true ? { ...token, id: tokenId } : undefined;
}

function validate(call: Call): Reply {
  const subject = subjectOf(call);
  const token = live(call.cloud, subject);
  if (token === undefined) throw unknownToken();
  if (token.userId !== call.context.userId && !call.context.isAdmin) {
    throw new Refusal(403, 'You are not authorized to perform the requested action: identity:validate_token.');
  }
  return { status: 200, headers: tokenHeaders(subject), body: tokenBody(call, token) };
}

function revoke(call: Call): Reply {
  const subject = subjectOf(call);
  if (!tokens(call.cloud).delete(digest(subject))) throw unknownToken();
  return { status: 204 };
}

function subjectOf(call: Call): string {
  const subject = call.headers['x-subject-token'];
  if (typeof subject !== 'string') throw missing('X-Subject-Token', 'headers');
  return subject;
}

function tokenBody(call: Call, token: Token): JsonObject {
  const { cloud } = call;
  const user = users(cloud).get(token.userId);
  const body: JsonObject = {
    methods: [...token.methods],
    user: {
      domain: reference(projects(cloud).get(user?.domain_id ?? '')),
      id: token.userId,
      name: user?.name ?? null,
      password_expires_at: null,
    },
    audit_ids: [...token.auditIds],
    expires_at: micro(token.expiresAt),
    issued_at: micro(token.issuedAt),
    ...scopeBody(cloud, token.scope),
  };
  if (token.applicationCredential !== undefined) {
    const { id, name, shown: row } = token.applicationCredential;
    body.application_credential = { id, name, restricted: row.unrestricted !== true };
  }
  if (token.scope.kind === 'unscoped') return { token: body };
  body.roles = token.roleIds.map((id) => reference(roles(cloud).get(id)));
  if (!call.query.has('nocatalog')) body.catalog = catalogOf(cloud, scopedProject(token));
  return { token: body };
}

function scopedProject(token: Token): string | undefined {
  return token.scope.kind === 'project' ? token.scope.id : undefined;
}

function scopeBody(cloud: Cloud, scope: Scope): JsonObject {
  if (scope.kind === 'unscoped') return {};
  if (scope.kind === 'system') return { system: { all: true } };
  const target = projects(cloud).get(scope.id);
  if (scope.kind === 'domain') return { domain: reference(target) };
  const domain = reference(projects(cloud).get(target?.domain_id ?? ''));
  return { project: { domain, ...reference(target) }, is_domain: target?.is_domain ?? false };
}

function reference(row: { id: string; name: string } | undefined): JsonObject {
  return { id: row?.id ?? null, name: row?.name ?? null };
}

function micro(milliseconds: number): string {
  return isoSeconds(milliseconds).replace('Z', '.000000Z');
}

function authCatalog(call: Call): JsonObject {
  const { projectId } = call.context;
  return { catalog: catalogOf(call.cloud, projectId), links: { self: `${call.baseUrl}/v3/auth/catalog` } };
}

function scopes(call: Call, kind: 'project' | 'domain'): JsonObject {
  const held = [...projects(call.cloud).values()].filter(
    (each) =>
      each.enabled &&
      each.is_domain === (kind === 'domain') &&
      effectiveRoleIds(call.cloud, call.context.userId, { scope: kind, targetId: each.id }).length > 0,
  );
  return listed(
    call,
    `${kind}s`,
    held.map((each) => shown(call, `/${kind}s/${each.id}`, kind === 'project' ? each : domainFields(each))),
  );
}

/** A domain shows less than the project that acts as it. */
export function domainFields(row: Project): JsonObject {
  const { id, name, description, enabled, tags, options } = row;
  return { id, name, description, enabled, tags, options };
}

function authSystem(call: Call): Reply {
  const held = effectiveRoleIds(call.cloud, call.context.userId, { scope: 'system', targetId: 'system' });
  return {
    status: 200,
    body: { system: held.length === 0 ? [] : [{ all: true }], links: { self: `${call.baseUrl}/v3/auth/system` } },
  };
}
