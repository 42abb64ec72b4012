/**
 * Signing in to a cloud and calling its services by hand, for the contract suites of the storage and compute services:
 * no client stands between that could smooth anything.
 */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A cloud that a contract suite runs against, and who signs in: an admin with a project. */
export interface ContractCloud {
  /** Keystone's URL, with `/v3`. */
  readonly authUrl: string;
  readonly credentials: Credentials;
  /** Bytes that stand for one GiB of a volume; 1 GiB when absent. */
  readonly gibBytes?: number;
}

/** A user with a password, and the project to work in. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly userDomainName: string;
  readonly projectName: string;
  readonly projectDomainName: string;
}

/** What a request carries besides its method and path. */
export interface Sent {
  readonly json?: unknown;
  /** Sent as they are, as `application/octet-stream`. */
  readonly bytes?: Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The parsed body; the text where it is no JSON. */
  readonly body: unknown;
  readonly bytes: Buffer;
}

/** Someone signed in. */
export interface Session {
  readonly token: string;
  readonly userId: string;
  readonly projectId: string;
  /** The public URL of a service. */
  endpoint(type: string): string;
  /** A request to the service of this type; the path is below its endpoint. */
  call(type: string, method: string, path: string, sent?: Sent): Promise<Answer>;
}

/** Signs in with a password. Throws what the cloud answers when it refuses. */
export async function signIn({
  authUrl,
  credentials,
}: Pick<ContractCloud, 'authUrl' | 'credentials'>): Promise<Session> {
  const user = {
    name: credentials.username,
    domain: { name: credentials.userDomainName },
    password: credentials.password,
  };
  const project = { name: credentials.projectName, domain: { name: credentials.projectDomainName } };
  const identity = { methods: ['password'], password: { user } };
  const answer = await send('POST', `${authUrl}/auth/tokens`, { json: { auth: { identity, scope: { project } } } });
  if (answer.status !== 201) throw new Error(`cannot sign in to ${authUrl}: ${JSON.stringify(answer.body)}`);
  const token = answer.headers.get('x-subject-token') ?? '';
  const endpoint = (type: string): string => endpointOf(answer, type);
  return {
    token,
    userId: text(answer, 'token', 'user', 'id'),
    projectId: text(answer, 'token', 'project', 'id'),
    endpoint,
    call: (type, method, path, sent = {}) =>
      send(method, `${endpoint(type)}${path}`, { ...sent, headers: { 'X-Auth-Token': token, ...sent.headers } }),
  };
}

/** A project with a user of its own, made for a suite; `remove` takes both away. */
export interface Tenant {
  readonly session: Session;
  remove(): Promise<void>;
}

/** Makes a project and a user with the role member in it. */
export async function makeTenant(cloud: ContractCloud, admin: Session): Promise<Tenant> {
  const name = uniqueName('tenant');
  const password = randomBytes(12).toString('hex');
  const project = text(
    await admin.call('identity', 'POST', '/projects', { json: { project: { name } } }),
    'project',
    'id',
  );
  const user = { name, password, default_project_id: project };
  const userId = text(await admin.call('identity', 'POST', '/users', { json: { user } }), 'user', 'id');
  const roles = await admin.call('identity', 'GET', '/roles?name=member');
  const role = text(roles, 'roles', '0', 'id');
  await admin.call('identity', 'PUT', `/projects/${project}/users/${userId}/roles/${role}`);
  const credentials = { ...cloud.credentials, username: name, password, projectName: name };
  const inDefault = { ...credentials, userDomainName: 'Default', projectDomainName: 'Default' };
  return {
    session: await signIn({ authUrl: cloud.authUrl, credentials: inDefault }),
    remove: async () => {
      await admin.call('identity', 'DELETE', `/users/${userId}`);
      await admin.call('identity', 'DELETE', `/projects/${project}`);
    },
  };
}

/** A name that nothing else on the cloud has. */
export function uniqueName(what: string): string {
  return `contract-${what}-${randomBytes(4).toString('hex')}`;
}

/** What stands at a path in an answer's body; undefined where the path leads nowhere. */
export function at(answer: Pick<Answer, 'body'>, ...path: readonly string[]): unknown {
  let value: unknown = answer.body;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The text at a path in an answer's body. Throws the whole body where there is none. */
export function text(answer: Answer, ...path: readonly string[]): string {
  const value = at(answer, ...path);
  if (typeof value === 'string') return value;
  throw new Error(`no text at ${path.join('.')} of ${answer.status} ${JSON.stringify(answer.body)}`);
}

/** Asks again until the answer is as wanted; fails with the last answer after a deadline. */
export async function until(
  ask: () => Promise<Answer>,
  wanted: (answer: Answer) => boolean,
  seconds = 120,
): Promise<Answer> {
  const deadline = Date.now() + seconds * 1000;
  for (let pause = 20; ; pause = Math.min(pause * 2, 1000)) {
    const answer = await ask();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error(`still ${answer.status} ${JSON.stringify(answer.body)}`);
    await sleep(pause);
  }
}

function endpointOf(answer: Answer, type: string): string {
  const catalog = at(answer, 'token', 'catalog');
  for (const service of Array.isArray(catalog) ? catalog : []) {
    const entry: Answer = { ...answer, body: service };
    if (at(entry, 'type') !== type) continue;
    const endpoints = at(entry, 'endpoints');
    for (const endpoint of Array.isArray(endpoints) ? endpoints : []) {
      const row: Answer = { ...answer, body: endpoint };
      if (at(row, 'interface') === 'public') return text(row, 'url').replace(/\/$/, '');
    }
  }
  throw new Error(`the catalogue has no public endpoint of ${type}`);
}

async function send(method: string, url: string, sent: Sent): Promise<Answer> {
  const body = sent.bytes ?? (sent.json === undefined ? undefined : JSON.stringify(sent.json));
  const type = sent.bytes === undefined ? 'application/json' : 'application/octet-stream';
  const headers = { ...(body === undefined ? {} : { 'Content-Type': type }), ...sent.headers };
  const response = await fetch(url, { method, headers, ...(body === undefined ? {} : { body: toBody(body) }) });
  const bytes = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body: parsed(bytes.toString('utf8')), bytes };
}

function toBody(body: string | Uint8Array): string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' ? body : new Uint8Array(body);
}

function parsed(content: string): unknown {
  if (!/^\s*[[{]/.test(content)) return content;
  try {
    const value: unknown = JSON.parse(content);
    return value;
  } catch {
    return content;
  }
}
