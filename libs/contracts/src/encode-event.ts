import { Failure, type Clock, type Ids, type JsonObject } from '@osm/kernel';
import { definitionOf } from './catalogue.ts';
import type { DomainEvent, NewEvent, Provenance } from './event.ts';

/** Checks an event against its schema and gives it its envelope. Data that do not fit never reach the log. */
export const encodeEvent = (event: DomainEvent, provenance: Provenance, clock: Clock, ids: Ids): NewEvent => {
  const definition = definitionOf(event.type);
  const checked = definition.data.safeParse(event.data);
  if (!checked.success) {
    throw new Failure('malformed-event', `cannot record ${event.type}: ${checked.error.message}`, {
      remedy: 'This is a defect of openstack-migrate: report it with the log.',
      cause: checked.error,
    });
  }
  return {
    id: ids.next(),
    type: event.type,
    version: definition.version,
    at: clock.now().toISOString(),
    data: checked.data as JsonObject,
    ...provenance,
  };
};
