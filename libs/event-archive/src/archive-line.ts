import type { RecordedEvent } from '@osm/contracts';
import { eventHash } from '@osm/event-log';
import { isJsonObject, type JsonObject } from '@osm/kernel';

/** How far an archive, or a log, goes: the position of its newest event (0 for none) and the hash of its chain there. */
export interface ChainHead {
  readonly position: number;
  readonly hash: Buffer;
}

/** One event as the archive keeps it: what the log says, the hash of the event before it, and its own. */
export interface ArchiveLine {
  readonly event: RecordedEvent;
  readonly before: Buffer;
  readonly hash: Buffer;
}

/** The line of an event that follows another one; the same event makes the same line, to the letter. */
export const lineOf = (before: Buffer, event: RecordedEvent): { readonly text: string; readonly hash: Buffer } => {
  const { position, subject, type, version, id, at, correlation, causation, actor, producer, data } = event;
  const hash = eventHash(before, event);
  const fields = { position, subject, type, version, id, at, correlation, causation, actor, producer, data };
  const text = JSON.stringify({ ...fields, before: before.toString('hex'), hash: hash.toString('hex') });
  return { text, hash };
};

/** The event of a line; undefined where the line is not, to the letter, what was written. */
export const readLine = (text: string): ArchiveLine | undefined => {
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const { before, hash: _, ...event } = parsed;
  if (typeof before !== 'string' || !isEvent(event)) return undefined;
  const previous = Buffer.from(before, 'hex');
  const line = lineOf(previous, event);
  return line.text === text ? { event, before: previous, hash: line.hash } : undefined;
};

const parse = (text: string): JsonObject | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    // No JSON is one way of not being what was written; the caller says which line it is.
    return undefined;
  }
};

const isEvent = (value: unknown): value is RecordedEvent => {
  if (!isJsonObject(value)) return false;
  const texts = ['subject', 'type', 'id', 'at', 'producer'].every((key) => typeof value[key] === 'string');
  return texts && Number.isSafeInteger(value['position']) && isJsonObject(value['data']);
};
