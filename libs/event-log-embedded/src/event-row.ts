import type { RecordedEvent } from '@osm/contracts';
import type { ChainLink } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';

/** An event as a row of the table `events`. */
export interface EventRow extends ChainLink {
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
