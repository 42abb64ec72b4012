/** Talking to Swift in the contract suites, and throwing away what they made. */
import { createHash } from 'node:crypto';
import type { Answer, ContractCloud, Session, Tenant } from './glance-session.ts';
import { makeTenant, signIn, uniqueName } from './glance-session.ts';

/** What a request to Swift carries. */
export interface Sent {
  readonly bytes?: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A row of a list of objects. */
export interface Row {
  readonly name?: string;
  readonly subdir?: string;
  readonly bytes?: number;
  readonly hash?: string;
  readonly content_type?: string;
  readonly last_modified?: string;
  readonly slo_etag?: string;
  readonly symlink_path?: string;
  readonly version_id?: string;
  readonly is_latest?: boolean;
}

/** Someone who calls Swift, with a container of their own names. */
export interface Swift {
  readonly session: Session;
  /** `AUTH_<project>`. */
  readonly account: string;
  /** A request below the account. */
  call(method: string, path: string, sent?: Sent): Promise<Answer>;
  /** A request with nobody's token, to a path below the account. */
  anonymous(method: string, path: string, sent?: Sent): Promise<Answer>;
  /** Makes a container that goes away with `clear`, and answers its path: `/name`. */
  container(headers?: Readonly<Record<string, string>>): Promise<string>;
  /** The rows of a list. */
  rows(path: string): Promise<Row[]>;
  /** Takes away all that this account holds. */
  clear(): Promise<void>;
}

/** The admin's Swift and a tenant's. */
export async function openSwift(cloud: ContractCloud): Promise<{
  readonly admin: Swift;
  readonly tenant: Tenant;
  readonly swift: Swift;
}> {
  const admin = await signIn(cloud);
  const tenant = await makeTenant(cloud, admin);
  return { admin: swiftOf(admin), tenant, swift: swiftOf(tenant.session) };
}

/** Swift as this session sees it, in the account of its project or another one. */
export function swiftOf(session: Session, projectId = session.projectId): Swift {
  const account = `AUTH_${projectId}`;
  const base = session.endpoint('object-store').replace(/AUTH_[^/]*$/, account);
  const call = (method: string, path: string, sent: Sent = {}): Promise<Answer> =>
    ask(`${base}${path}`, method, { ...sent, headers: { 'X-Auth-Token': session.token, ...sent.headers } });
  const rows = async (path: string): Promise<Row[]> => {
    const answer = await call('GET', `${path}${path.includes('?') ? '&' : '?'}format=json`);
    return Array.isArray(answer.body) ? answer.body.filter(isRow) : [];
  };
  return {
    ...{ session, account, call, rows },
    anonymous: (method, path, sent = {}) => ask(`${base}${path}`, method, sent),
    container: async (headers = {}) => {
      const path = `/${uniqueName('swift')}`;
      const made = await call('PUT', path, { headers });
      if (made.status !== 201) throw new Error(`cannot make ${path}: ${made.status} ${String(made.body)}`);
      return path;
    },
    clear: async () => {
      for (const { name = '' } of await rows('')) await emptied(call, rows, `/${name}`);
    },
  };
}

async function emptied(call: Swift['call'], rows: Swift['rows'], container: string): Promise<void> {
  const remove = ['X-Remove-Versions-Location', 'X-Remove-History-Location'].map((name) => [name, 'x']);
  await call('POST', container, { headers: Object.fromEntries(remove) as Record<string, string> });
  for (const { name = '', version_id } of await rows(`${container}?versions`)) {
    await call('DELETE', `${container}/${encoded(name)}?version-id=${version_id ?? 'null'}`);
  }
  for (const { name = '' } of await rows(container)) await call('DELETE', `${container}/${encoded(name)}`);
  await call('DELETE', container);
}

/** A name as it stands in a path. */
export function encoded(name: string): string {
  return name.split('/').map(encodeURIComponent).join('/');
}

function isRow(row: unknown): row is Row {
  return typeof row === 'object' && row !== null;
}

async function ask(url: string, method: string, { bytes, headers }: Sent): Promise<Answer> {
  const body = bytes === undefined ? {} : { body: Buffer.from(bytes) };
  const response = await fetch(url, { method, headers: { ...headers }, redirect: 'manual', ...body });
  const content = Buffer.from(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, body: parsed(response, content), bytes: content };
}

function parsed(response: Response, content: Buffer): unknown {
  const text = content.toString('utf8');
  if (response.headers.get('content-type')?.startsWith('application/json') !== true || text === '') return text;
  const value: unknown = JSON.parse(text);
  return value;
}

/** MD5 in hex. */
export function md5(...bytes: readonly (string | Uint8Array)[]): string {
  const hash = createHash('md5');
  for (const one of bytes) hash.update(one);
  return hash.digest('hex');
}

/** A page of Swift for a status. */
export function html(reason: string, explanation: string): string {
  return `<html><h1>${reason}</h1><p>${explanation}</p></html>`;
}

/** These headers of an answer, null for one that is not there. */
export function headersOf(answer: Answer, ...names: readonly string[]): (string | null)[] {
  return names.map((name) => answer.headers.get(name));
}
