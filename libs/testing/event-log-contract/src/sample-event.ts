import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';

/** An event of no meaning, with fresh id. */
export const sampleEvent = (data: JsonObject = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  id: randomUUID(),
  type: 'Sampled',
  version: 1,
  at: '2026-01-02T03:04:05.678Z',
  data,
  producer: 'event-log-contract/1.0.0',
  ...more,
});

/** Events numbered from `first`: their data are `{ number }`. */
export const numberedEvents = (count: number, first = 1): readonly NewEvent[] =>
  Array.from({ length: count }, (_, at) => sampleEvent({ number: first + at }));

/** The numbers of such events. */
export const numbersOf = (events: readonly Pick<NewEvent, 'data'>[]): readonly unknown[] =>
  events.map(({ data }) => data['number']);
