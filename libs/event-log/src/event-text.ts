import type { NewEvent } from '@osm/contracts';
import { Failure } from '@osm/kernel';

/** The most bytes that an event's data may have as JSON text: what one NATS message carries, envelope aside. */
export const largestEvent = 240 * 1024;

/** The event's data as every log stores them; too large an event is refused before anything is written. */
export const eventText = (event: NewEvent): string => {
  const text = JSON.stringify(event.data);
  const bytes = Buffer.byteLength(text);
  if (bytes <= largestEvent) return text;
  throw new Failure(
    'event-too-large',
    `cannot record ${event.type}: it has ${bytes} bytes, ${largestEvent} are the limit`,
    {
      remedy: 'This is a defect of openstack-migrate, which has to split it: report it with the log.',
    },
  );
};
