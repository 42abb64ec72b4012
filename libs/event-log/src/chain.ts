import { createHash } from 'node:crypto';
import type { RecordedEvent } from '@osm/contracts';

/** What the first event's hash is chained to. */
export const genesis: Buffer = Buffer.alloc(32);

/** An event as its hash is made of it: what it has not is null, and its data are the text that is stored. */
export interface ChainLink {
  readonly position: number;
  readonly subject: string;
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly at: string;
  /** The event's data, JSON text. */
  readonly data: string;
  readonly correlation: string | null;
  readonly causation: string | null;
  readonly actor: string | null;
  readonly producer: string;
}

/**
 * The hash of one event: SHA-256 of the hash of the event before it and of everything in this one. Whoever changes, inserts
 * or removes an event must rewrite all that follow, and the hash of the newest, noted elsewhere, gives that away too.
 */
export const chainHash = (before: Buffer, link: ChainLink): Buffer => {
  const { position, subject, id, type, version, at, data, correlation, causation, actor, producer } = link;
  const text = JSON.stringify([
    position,
    subject,
    id,
    type,
    version,
    at,
    data,
    correlation,
    causation,
    actor,
    producer,
  ]);
  return createHash('sha256').update(before).update(text).digest();
};

/** The hash of an event as it was read from a log, of either kind: both give the same. */
export const eventHash = (before: Buffer, event: RecordedEvent): Buffer => {
  const { correlation = null, causation = null, actor = null, data, ...rest } = event;
  return chainHash(before, { ...rest, data: JSON.stringify(data), correlation, causation, actor });
};
