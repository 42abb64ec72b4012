import { createHash, generateKeyPairSync, X509Certificate } from 'node:crypto';
import type { Schema } from './cinder-nova-validation.ts';
import { object, validate } from './cinder-nova-validation.ts';
import type { Call, Cloud, JsonObject, Reply } from './frame.ts';
import { isObject, Refusal, table } from './frame.ts';
import { NAME, nextRow } from './nova-flavors.ts';
import { listBody, needAdmin, refuseUnknownQuery } from './nova-page.ts';
import { novaLimit } from './nova-quotas.ts';

/** A keypair of one user. Names are unique per user. */
interface Keypair {
  readonly row: number;
  readonly userId: string;
  readonly name: string;
  readonly type: 'ssh' | 'x509';
  readonly publicKey: string;
  readonly fingerprint: string;
  readonly createdAt: number;
}

const keypairs = table<Keypair>('compute.keypairs');

/** GET /os-keypairs: of the caller, or since 2.10 of the user that an admin names. */
export function listKeypairs(call: Call): Reply {
  refuseUnknownQuery(call, ['user_id', 'limit', 'marker']);
  const userId = userOf(call, 'index', call.query.get('user_id'));
  const rows = [...keypairs(call.cloud).values()]
    .filter((keypair) => keypair.userId === userId)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const view = (keypair: Keypair): JsonObject => ({ keypair: listed(call, keypair) });
  if (!call.atLeast('2.35')) return { status: 200, body: { keypairs: rows.map(view) } };
  const body = listBody(call, rows, {
    path: 'os-keypairs',
    key: 'keypairs',
    idOf: (keypair) => keypair.name,
    view,
    missingMarker: (name) => new Refusal(400, `Marker ${name} could not be found.`),
  });
  return { status: 200, body };
}

/** GET /os-keypairs/:name. */
export function showKeypair(call: Call): Reply {
  refuseUnknownQuery(call, ['user_id']);
  const keypair = keypairOf(call, 'show');
  const { type, ...rest } = listed(call, keypair);
  const body: JsonObject = {
    ...rest,
    user_id: keypair.userId,
    created_at: `${new Date(keypair.createdAt).toISOString().slice(0, 19)}.000000`,
    deleted: false,
    deleted_at: null,
    id: keypair.row,
    updated_at: null,
  };
  return { status: 200, body: { keypair: type === undefined ? body : { ...body, type } } };
}

/** POST /os-keypairs: imports a public key; before 2.92 makes one when none is given. */
export function createKeypair(call: Call): Reply {
  const { keypair: inner } = validate(createSchema(call), call.body);
  const body = isObject(inner) ? inner : {};
  const userId = userOf(call, 'create', typeof body.user_id === 'string' ? body.user_id : null);
  const name = String(body.name).trim();
  const type = body.type === 'x509' ? 'x509' : 'ssh';
  const count = [...keypairs(call.cloud).values()].filter((keypair) => keypair.userId === userId).length;
  const limit = novaLimit(call.cloud, call.context.projectId ?? '', 'key_pairs');
  if (limit >= 0 && count >= limit) throw new Refusal(403, 'Quota exceeded, too many key pairs.');
  const made = typeof body.public_key === 'string' ? undefined : generated(type);
  const publicKey = made?.publicKey ?? String(body.public_key);
  const fingerprint = type === 'ssh' ? fingerprintOf(publicKey) : certificateFingerprint(publicKey);
  const key = keyOf(userId, name);
  if (keypairs(call.cloud).has(key)) throw new Refusal(409, `Key pair '${name}' already exists.`);
  const keypair: Keypair = {
    ...{ row: nextRow(call), userId, name, type, publicKey, fingerprint, createdAt: call.cloud.now() },
  };
  keypairs(call.cloud).set(key, keypair);
  const view: JsonObject = { ...listed(call, keypair), user_id: userId };
  if (made !== undefined) view.private_key = made.privateKey;
  return { status: call.atLeast('2.2') ? 201 : 200, body: { keypair: view } };
}

/** True when the user has a keypair of this name. */
export function hasKeypair(cloud: Cloud, userId: string, name: string): boolean {
  return keypairs(cloud).has(keyOf(userId, name));
}

/** DELETE /os-keypairs/:name. */
export function deleteKeypair(call: Call): Reply {
  refuseUnknownQuery(call, ['user_id']);
  const keypair = keypairOf(call, 'delete');
  keypairs(call.cloud).delete(keyOf(keypair.userId, keypair.name));
  return { status: call.atLeast('2.2') ? 204 : 202 };
}

const DIGITS_AND_LETTERS = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';

function nameSchema(safe: string): Schema {
  const reason = `An invalid 'name' value was provided. The name must be: Only expected characters: [${safe}]`;
  const check = (value: unknown): string | boolean =>
    typeof value !== 'string' || [...value].every((character) => safe.includes(character)) || reason;
  return {
    allOf: [NAME, { type: 'string', minLength: 1, maxLength: 255, format: { name: 'keypair_name', check } }],
  };
}

function createSchema(call: Call): Schema {
  const open = call.atLeast('2.92');
  const known: Record<string, Schema> = { name: nameSchema(`${open ? '@._- ' : '_- '}${DIGITS_AND_LETTERS}`) };
  if (call.atLeast('2.2')) known.type = { type: 'string', enum: ['ssh', 'x509'] };
  known.public_key = { type: 'string' };
  if (call.atLeast('2.10')) known.user_id = { type: 'string' };
  return object({ keypair: object(known, open ? ['name', 'public_key'] : ['name']) }, ['keypair']);
}

/** Whose keypairs are meant: before 2.10 always the caller's, another's only for admins. */
function userOf(call: Call, policy: string, asked: string | null): string {
  const userId = (call.atLeast('2.10') ? asked : null) ?? call.context.userId;
  if (userId !== call.context.userId) needAdmin(call, `os-keypairs:${policy}`);
  return userId;
}

function keypairOf(call: Call, policy: string): Keypair {
  const userId = userOf(call, policy, call.query.get('user_id'));
  const name = call.params.name ?? '';
  const keypair = keypairs(call.cloud).get(keyOf(userId, name));
  if (keypair === undefined) throw new Refusal(404, `Keypair ${name} not found for user ${userId}`);
  return keypair;
}

function keyOf(userId: string, name: string): string {
  return `${userId}/${name}`;
}

function listed(call: Call, keypair: Keypair): JsonObject {
  const body: JsonObject = { name: keypair.name, public_key: keypair.publicKey, fingerprint: keypair.fingerprint };
  return call.atLeast('2.2') ? { ...body, type: keypair.type } : body;
}

const SSH_TYPES = [
  ...['ssh-rsa', 'ssh-dss', 'ssh-ed25519', 'ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp384', 'ecdsa-sha2-nistp521'],
];

/** MD5 of the key's blob, in pairs, as `ssh-keygen -E md5 -l` shows it. */
function fingerprintOf(publicKey: string): string {
  const [type = '', base64 = ''] = publicKey.split(' ');
  const blob = Buffer.from(base64, 'base64');
  const declared = blob.length < 4 ? '' : blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1');
  if (!SSH_TYPES.includes(type) || declared !== type) {
    throw new Refusal(400, 'Keypair data is invalid: failed to generate fingerprint');
  }
  return pairs(createHash('md5').update(blob).digest('hex'));
}

function certificateFingerprint(pem: string): string {
  try {
    const { raw } = new X509Certificate(pem);
    return pairs(createHash('sha1').update(raw).digest('hex'));
  } catch {
    throw new Refusal(
      400,
      'Keypair data is invalid: failed to generate X509 fingerprint. Error message: Unable to load PEM file.',
    );
  }
}

function pairs(hex: string): string {
  return (hex.match(/../g) ?? []).join(':');
}

function generated(type: 'ssh' | 'x509'): { publicKey: string; privateKey: string } {
  if (type === 'x509') throw new Refusal(501, 'the fake cloud generates no x509 keypairs');
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { e = '', n = '' } = pair.publicKey.export({ format: 'jwk' });
  const parts = [Buffer.from('ssh-rsa'), positive(Buffer.from(e, 'base64url')), positive(Buffer.from(n, 'base64url'))];
  const blob = Buffer.concat(parts.flatMap((part) => [lengthOf(part), part]));
  return {
    publicKey: `ssh-rsa ${blob.toString('base64')} Generated-by-Nova`,
    privateKey: pair.privateKey.export({ format: 'pem', type: 'pkcs1' }).toString(),
  };
}

/** SSH numbers are signed: a set top bit wants a zero byte before it. */
function positive(bytes: Buffer): Buffer {
  return (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}
