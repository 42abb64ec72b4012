import { Conflict } from '@osm/event-log';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { numberedEvents, numbersOf, sampleEvent } from '../sample-event.ts';

const subject = 'osm.evt.plan.1';

export const appendLaws = (open: Open): void => {
  it(
    'begins a subject at revision 0 and answers the position of the last event',
    withOpened(open, async ({ log }) => {
      const first = await log.append(subject, 0, [sampleEvent()]);
      const third = await log.append(subject, first, numberedEvents(2));
      expect((await log.load(subject)).map(({ position }) => position)).toEqual([first, third - 1, third]);
      expect(await log.head()).toBe(third);
    }),
  );

  it(
    'refuses an expectation that is too low, and writes nothing',
    withOpened(open, async ({ log }) => {
      const first = await log.append(subject, 0, [sampleEvent()]);
      await log.append(subject, first, [sampleEvent()]);
      await expect(log.append(subject, first, [sampleEvent()])).rejects.toBeInstanceOf(Conflict);
      await expect(log.append(subject, 0, numberedEvents(3))).rejects.toBeInstanceOf(Conflict);
      expect(await log.load(subject)).toHaveLength(2);
    }),
  );

  it(
    'refuses an expectation that is too high',
    withOpened(open, async ({ log }) => {
      await log.append('osm.evt.plan.2', 0, numberedEvents(3));
      await expect(log.append(subject, 2, [sampleEvent()])).rejects.toBeInstanceOf(Conflict);
      expect(await log.load(subject)).toEqual([]);
    }),
  );

  it(
    "does not mind what other subjects' revisions are",
    withOpened(open, async ({ log }) => {
      await log.append('osm.evt.plan.2', 0, numberedEvents(5));
      await log.append(subject, 0, [sampleEvent()]);
      expect(await log.load(subject)).toHaveLength(1);
    }),
  );

  it(
    'writes many events in their order',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(40));
      expect(numbersOf(await log.load(subject))).toEqual(Array.from({ length: 40 }, (_, at) => at + 1));
    }),
  );

  it(
    'with nothing to append leaves the revision as it is',
    withOpened(open, async ({ log }) => {
      const first = await log.append(subject, 0, [sampleEvent()]);
      expect(await log.append(subject, first, [])).toBe(first);
      expect(await log.head()).toBe(first);
    }),
  );

  it(
    'finds nothing on a subject that nobody wrote to',
    withOpened(open, async ({ log }) => {
      expect(await log.load('osm.evt.plan.absent')).toEqual([]);
      expect(await log.head()).toBe(0);
    }),
  );
};
