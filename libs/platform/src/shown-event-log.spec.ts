import { expect, it } from 'vitest';
import { shownEventLog } from './shown-event-log.ts';

it.each([
  ['embedded:', 'embedded:'],
  ['embedded:/var/lib/osm', 'embedded:/var/lib/osm'],
  ['nats://127.0.0.1:4222', 'nats://127.0.0.1:4222'],
  ['nats://ann:Secret-1@host:4222', 'nats://host:4222'],
  ['tls://token@one:4222,tls://ann:p@ss@two:4222', 'tls://one:4222,tls://two:4222'],
  ['nats://ann:Sec/ret@host', 'nats://host'],
  ['ann:Secret-1@host', 'host'],
])('an event log is shown without who asks: %s', (eventLog, shown) => {
  expect(shownEventLog(eventLog)).toBe(shown);
});
