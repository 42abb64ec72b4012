import { digest, Failure, isJsonObject, marker, type JsonObject } from '@osm/kernel';
import type { Cloud, Step, StepContext } from '@osm/resource';

/**
 * Nova gives a new server a key of the user who asks for it, and that is the migrating one. So the owner's key is lent to it
 * under the same name, for as long as the server is made; afterwards the server keeps name and key by itself.
 *
 * A keypair has nothing that could say on whose behalf it is there. Each who needs it makes a second one, of the same key,
 * whose name says so: with any such beside it a key is a loan, and goes with the last of them; without, it is the
 * migrating user's own, and stays.
 */
export const lendKey: Step = {
  name: 'lend-key',
  when: ({ has_key }, { multitenant_mode }) => has_key === true && multitenant_mode,
  run: async (context) => {
    const { destination, signal } = context;
    const key = await ownersKey(context);
    const there = await keyNamed(destination, key.name, signal);
    const onLoan = (await holdersOf(destination, key.name, signal)).length > 0;
    if (there !== undefined && there['fingerprint'] !== key.fingerprint) throw nameTaken(context, key.name, onLoan);
    if (there !== undefined && !onLoan) return { lent: false };
    await make(destination, holderName(context, key.name), key, signal);
    await make(destination, key.name, key, signal);
    const made = await keyNamed(destination, key.name, signal);
    if (made?.['fingerprint'] === key.fingerprint) return { lent: true };
    // Another migration was quicker: its key must not wait for us to go.
    await remove(destination, holderName(context, key.name), signal);
    throw nameTaken(context, key.name, true);
  },
};

/** Takes it back, unless others still work with it: the last one does. */
export const giveKeyBack: Step = {
  name: 'give-key-back',
  always: true,
  when: ({ has_key }, { multitenant_mode }) => has_key === true && multitenant_mode,
  run: async (context) => {
    const { destination, attributes, signal } = context;
    const name = String(attributes['key_name']);
    const own = holderName(context, name);
    if (!(await holdersOf(destination, name, signal)).includes(own)) return { returned: false };
    const isShared = async (): Promise<boolean> =>
      (await holdersOf(destination, name, signal)).some((holder) => holder !== own);
    const shared = await isShared();
    const borrowed = await keyNamed(destination, name, signal);
    if (!shared) await remove(destination, name, signal);
    await remove(destination, own, signal);
    // Somebody may have come since, and found the key still there.
    if (!shared && borrowed !== undefined && (await isShared())) await make(destination, name, borrowed, signal);
    return { returned: !shared };
  },
};

/** Names of keypairs are ASCII and have no more than 255 characters: a digest stands for the other name. */
const suffixOf = (name: string): string =>
  `-lends-${digest({ name })
    .replace(/[^0-9a-f]/g, '')
    .slice(0, 16)}`;

const holderName = ({ route, ref }: StepContext, name: string): string =>
  `${marker(route, ref.type, ref.id, lendKey.name)}${suffixOf(name)}`;

const holdersOf = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<readonly string[]> => {
  const holders: string[] = [];
  for await (const item of cloud.list('compute', '/os-keypairs', { key: 'keypairs', microversion: '2.92' }, signal)) {
    const found = isJsonObject(item['keypair']) ? String(item['keypair']['name']) : '';
    if (found.endsWith(suffixOf(name))) holders.push(found);
  }
  return holders;
};

interface Key {
  readonly name: string;
  readonly fingerprint: string;
  readonly public_key: string;
  readonly type: string;
}

/** Of the owner, at the source. */
const ownersKey = async ({ source, attributes, signal }: StepContext): Promise<Key> => {
  const name = String(attributes['key_name']);
  const path = `/os-keypairs/${encodeURIComponent(name)}`;
  const query = { user_id: String(attributes['user_id']) };
  const { body } = await source.send('compute', { method: 'GET', path, query, microversion: '2.92' }, signal);
  const key = isJsonObject(body) && isJsonObject(body['keypair']) ? body['keypair'] : {};
  return {
    name,
    fingerprint: String(key['fingerprint']),
    public_key: String(key['public_key']),
    type: String(key['type'] ?? 'ssh'),
  };
};

const keyNamed = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
  const path = `/os-keypairs/${encodeURIComponent(name)}`;
  const request = { method: 'GET', path, microversion: '2.92', accept: [404] } as const;
  const { status, body } = await cloud.send('compute', request, signal);
  return status !== 404 && isJsonObject(body) && isJsonObject(body['keypair']) ? body['keypair'] : undefined;
};

/** 409: it is there already. */
const make = async (cloud: Cloud, name: string, key: Key | JsonObject, signal: AbortSignal): Promise<void> => {
  const body = { keypair: { name, public_key: key['public_key'], type: key['type'] ?? 'ssh' } };
  const request = { method: 'POST', path: '/os-keypairs', body, microversion: '2.92', accept: [409] } as const;
  await cloud.send('compute', { ...request, repeatable: true }, signal);
};

const remove = async (cloud: Cloud, name: string, signal: AbortSignal): Promise<void> => {
  const path = `/os-keypairs/${encodeURIComponent(name)}`;
  await cloud.send('compute', { method: 'DELETE', path, microversion: '2.92', accept: [404] }, signal);
};

const nameTaken = ({ ref, destination }: StepContext, name: string, onLoan: boolean): Failure =>
  new Failure(
    'key-name-taken',
    `cannot lend keypair ${name} of instance ${ref.id} to the migrating user on ${destination.name}: that user has another key of this name, or another migration lends it one`,
    {
      // A key that another migration has on loan goes when its own server is made.
      disposition: onLoan ? 'retry' : 'stop',
      remedy: 'If the migrating user has a key of its own under this name, rename that one; then retry.',
    },
  );
