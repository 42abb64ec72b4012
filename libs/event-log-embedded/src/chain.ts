import { createHash } from 'node:crypto';
import type { EventRow } from './event-row.ts';

/** What the first event's hash is chained to. */
export const genesis: Buffer = Buffer.alloc(32);

/**
 * The hash of one row: SHA-256 of the hash of the row before it and of everything in this row. Whoever changes, inserts
 * or removes a row must rewrite all that follow, and the hash of the newest, noted elsewhere, gives that away too.
 */
export const chainHash = (before: Buffer, row: Omit<EventRow, 'hash'>): Buffer => {
  const { position, subject, id, type, version, at, data, correlation, causation, actor, producer } = row;
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
