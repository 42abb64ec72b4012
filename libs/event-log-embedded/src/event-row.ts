import type { RecordedEvent } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';

/** An event as a row of the table `events`. */
export interface EventRow {
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
  readonly hash: Buffer;
}

/** The event that a row holds; what the event did not have is absent again. */
export const eventOf = (row: EventRow): RecordedEvent => ({
  position: row.position,
  subject: row.subject,
  id: row.id,
  type: row.type,
  version: row.version,
  at: row.at,
  data: JSON.parse(row.data) as JsonObject,
  ...(row.correlation === null ? {} : { correlation: row.correlation }),
  ...(row.causation === null ? {} : { causation: row.causation }),
  ...(row.actor === null ? {} : { actor: row.actor }),
  producer: row.producer,
});
