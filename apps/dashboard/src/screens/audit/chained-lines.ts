import type { Event } from '@osm/api-client';

/** What the first event is chained to. */
const genesis = '00'.repeat(32);

/** Whether this page can make a chain: browsers have the means only where the page came by TLS, or from this very host. */
export const canChain = (): boolean => typeof globalThis.crypto.subtle !== 'undefined';

/**
 * Events as lines of JSON that `openstack-migrate events verify` follows: each has the hash of the one before it and its
 * own. They have to be all events from the first on, for each hash is made of all before it.
 */
export async function* chainedLines(events: AsyncIterable<Event>): AsyncGenerator<string, void, void> {
  let before = genesis;
  for await (const event of events) {
    const { position, subject, type, version, id, at, correlation, causation, actor, producer, data } = event;
    const link = [position, subject, id, type, version, at, JSON.stringify(data)];
    const text = JSON.stringify([...link, correlation ?? null, causation ?? null, actor ?? null, producer]);
    const hash = await hashOf(before, text);
    const fields = { position, subject, type, version, id, at, correlation, causation, actor, producer, data };
    yield `${JSON.stringify({ ...fields, before, hash })}\n`;
    before = hash;
  }
}

/** Events as lines of JSON, as `openstack-migrate events -f json` writes them. */
export async function* plainLines(events: AsyncIterable<Event>): AsyncGenerator<string, void, void> {
  for await (const event of events) yield `${JSON.stringify(event)}\n`;
}

const hashOf = async (before: string, text: string): Promise<string> => {
  const words = new TextEncoder().encode(text);
  const bytes = new Uint8Array(32 + words.length);
  bytes.set(Uint8Array.from({ length: 32 }, (_, at) => Number.parseInt(before.slice(at * 2, at * 2 + 2), 16)));
  bytes.set(words, 32);
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
};
