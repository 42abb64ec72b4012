import { Failure, type JsonObject } from '@osm/kernel';
import { definitionOf } from './catalogue.ts';
import type { DomainEvent, RecordedEvent } from './event.ts';

/** Lifts the data of one event type from one version to the next. Pure. */
export type Upcaster = (data: JsonObject) => JsonObject;

/** By event type, the upcasters from version 1 → 2, 2 → 3, … Empty until a shape changes. */
export const upcasters: Readonly<Record<string, readonly Upcaster[]>> = {};

/**
 * The event in its newest shape. The data were checked when they were written, so they are not checked again: replay is
 * the hot path. A version newer than known stops the reader.
 */
export const decodeEvent = (recorded: Pick<RecordedEvent, 'type' | 'version' | 'data'>): DomainEvent => {
  const definition = definitionOf(recorded.type);
  if (recorded.version > definition.version) {
    throw new Failure(
      'newer-event',
      `cannot read ${recorded.type} of version ${recorded.version}: the newest known is ${definition.version}`,
      {
        remedy: 'Upgrade openstack-migrate: the log was written by a newer version.',
      },
    );
  }
  const ladder = (upcasters[recorded.type] ?? []).slice(recorded.version - 1);
  const data = ladder.reduce((lifted, upcast) => upcast(lifted), recorded.data);
  return { type: recorded.type, data } as DomainEvent;
};
