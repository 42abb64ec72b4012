import { parseSubject, type RecordedEvent } from '@osm/contracts';
import type { JsonObject } from '@osm/kernel';

/** One event as a line for people: its position, time, what it is about, what happened, and the words that matter most. */
export const eventLine = (event: RecordedEvent): string =>
  [String(event.position).padStart(6), event.at, aboutOf(event), event.type, ...details(event.data)].join(' ');

const aboutOf = (event: RecordedEvent): string => {
  const subject = parseSubject(event.subject);
  switch (subject.aggregate) {
    case 'scan':
      return `scan ${subject.scanId}`;
    case 'plan':
      return `plan ${subject.planId}`;
    case 'inventory':
      return `${subject.cloud}: ${subject.ref.type} ${subject.ref.id}`;
    case 'limits':
    case 'access':
      return subject.aggregate;
    case 'migration':
      return `${subject.route.source} to ${subject.route.destination}: ${subject.ref.type} ${subject.ref.id}`;
  }
};

const telling = [
  'type',
  'outcome',
  'seen',
  'changed',
  'name',
  'stepId',
  'step',
  'attempt',
  'destinationId',
  'how',
  'succeeded',
  'failed',
  'skipped',
  'because',
  'bandwidth',
  'transfers',
  'reason',
  'by',
];

const details = (data: JsonObject): readonly string[] => {
  const told = telling.flatMap((key) => (isTold(data[key]) ? [`${key}=${String(data[key])}`] : []));
  const failure = data['failure'];
  const message = typeof failure === 'object' && failure !== null && 'message' in failure ? failure.message : undefined;
  return typeof message === 'string' ? [...told, JSON.stringify(message)] : told;
};

const isTold = (value: unknown): boolean => ['string', 'number', 'boolean'].includes(typeof value);
