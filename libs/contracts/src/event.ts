import type { JsonObject } from '@osm/kernel';
import type { AccessEvent } from './events/access.ts';
import type { InventoryEvent } from './events/inventory.ts';
import type { LimitsEvent } from './events/limits.ts';
import type { MigrationEvent } from './events/migration.ts';
import type { PlanEvent } from './events/plan.ts';
import type { ScanEvent } from './events/scan.ts';

export type DomainEvent = ScanEvent | InventoryEvent | PlanEvent | MigrationEvent | LimitsEvent | AccessEvent;

/** Who and what led to an event. */
export interface Provenance {
  /** The plan or scan that this belongs to. */
  readonly correlation?: string | undefined;
  /** The id of the command or event that led here. */
  readonly causation?: string | undefined;
  /** The person, where a person caused it. */
  readonly actor?: string | undefined;
  /** The program and version that wrote it. */
  readonly producer: string;
}

/** An event on its way into the log. */
export interface NewEvent extends Provenance {
  /** Unique for ever: an append repeated with the same id is the same append. */
  readonly id: string;
  readonly type: string;
  readonly version: number;
  /** ISO 8601, UTC. For people: order is given by position alone. */
  readonly at: string;
  readonly data: JsonObject;
}

/** An event as the log holds it. */
export interface RecordedEvent extends NewEvent {
  readonly subject: string;
  /** Its place in the one order of all events, counted from 1, with gaps allowed. */
  readonly position: number;
}
