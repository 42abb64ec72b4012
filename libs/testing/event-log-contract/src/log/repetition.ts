import { Conflict } from '@osm/event-log';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { numberedEvents, numbersOf, sampleEvent } from '../sample-event.ts';

const subject = 'osm.evt.plan.1';

export const repetitionLaws = (open: Open): void => {
  it(
    'is written once and answered as the first time',
    withOpened(open, async ({ log }) => {
      const events = numberedEvents(3);
      const position = await log.append(subject, 0, events);
      expect(await log.append(subject, 0, events)).toBe(position);
      expect(numbersOf(await log.load(subject))).toEqual([1, 2, 3]);
    }),
  );

  it(
    'is recognised when the subject has moved on',
    withOpened(open, async ({ log }) => {
      const events = numberedEvents(2);
      const position = await log.append(subject, 0, events);
      await log.append(subject, position, numberedEvents(2, 3));
      expect(await log.append(subject, 0, events)).toBe(position);
      expect(numbersOf(await log.load(subject))).toEqual([1, 2, 3, 4]);
    }),
  );

  it(
    'is recognised in the middle of a subject and among others',
    withOpened(open, async ({ log }) => {
      const before = await log.append(subject, 0, numberedEvents(2));
      await log.append('osm.evt.plan.2', 0, [sampleEvent()]);
      const events = numberedEvents(2, 3);
      const position = await log.append(subject, before, events);
      expect(await log.append(subject, before, events)).toBe(position);
      expect(await log.load(subject)).toHaveLength(4);
    }),
  );

  it(
    'completes what a crash left half written',
    withOpened(open, async ({ log }) => {
      const events = numberedEvents(4);
      await log.append(subject, 0, events.slice(0, 2));
      const position = await log.append(subject, 0, events);
      expect(numbersOf(await log.load(subject))).toEqual([1, 2, 3, 4]);
      expect(position).toBe(await log.head());
    }),
  );

  it(
    'of what a crash left half written is refused when somebody else wrote after it',
    withOpened(open, async ({ log }) => {
      const events = numberedEvents(3);
      const half = await log.append(subject, 0, events.slice(0, 1));
      await log.append(subject, half, [sampleEvent({ number: 'else' })]);
      await expect(log.append(subject, 0, events)).rejects.toBeInstanceOf(Conflict);
      expect(numbersOf(await log.load(subject))).toEqual([1, 'else']);
    }),
  );

  it(
    'at the same time as the first is written once',
    withOpened(open, async (opened) => {
      const other = (await opened.replica()).log;
      const events = numberedEvents(3);
      const [one, two] = await Promise.all([opened.log.append(subject, 0, events), other.append(subject, 0, events)]);
      expect(one).toBe(two);
      expect(numbersOf(await opened.log.load(subject))).toEqual([1, 2, 3]);
    }),
  );

  it(
    'after a crash is written once',
    withOpened(open, async ({ log, reopen }) => {
      const events = numberedEvents(2);
      const position = await log.append(subject, 0, events);
      const again = await reopen('killed');
      expect(await again.log.append(subject, 0, events)).toBe(position);
      expect(await again.log.load(subject)).toHaveLength(2);
    }),
  );
};
