import type { RecordedEvent } from '@osm/contracts';
import { expect, it } from 'vitest';
import { withOpened, type Open, type Opened } from '../opened.ts';
import { numberedEvents, numbersOf, sampleEvent } from '../sample-event.ts';
import { gather } from '../until.ts';

const subjects = [
  'osm.evt.plan.1',
  'osm.evt.scan.1',
  'osm.evt.planner',
  'osm.evt.plan',
  'osm.evt.plan.1.deep',
  'osm.evt.plan.2',
];

/** One event on each subject, numbered from 1. */
const seed = async ({ log }: Opened): Promise<readonly number[]> => {
  const positions: number[] = [];
  for (const [at, subject] of subjects.entries()) {
    positions.push(await log.append(subject, 0, [sampleEvent({ number: at + 1 })]));
  }
  return positions;
};

export const readLaws = (open: Open): void => {
  it(
    'gives everything, oldest first, and ends',
    withOpened(open, async (opened) => {
      expect(await gather(opened.log.read())).toEqual([]);
      await seed(opened);
      expect(numbersOf(await gather(opened.log.read()))).toEqual([1, 2, 3, 4, 5, 6]);
    }),
  );

  it.each([
    ['osm.evt.plan.1', [1]],
    ['osm.evt.plan.>', [1, 5, 6]],
    ['osm.evt.plan.1.>', [5]],
    ['osm.evt.>', [1, 2, 3, 4, 5, 6]],
    ['osm.evt.absent.>', []],
    ['osm.evt.absent', []],
  ])('filters by %s', async (filter, expected) =>
    withOpened(open, async (opened) => {
      await seed(opened);
      expect(numbersOf(await gather(opened.log.read({ filter })))).toEqual(expected);
    })(),
  );

  it(
    'begins after a position, with and without a filter',
    withOpened(open, async (opened) => {
      const [first, , third] = await seed(opened);
      expect(numbersOf(await gather(opened.log.read({ after: third ?? 0 })))).toEqual([4, 5, 6]);
      expect(numbersOf(await gather(opened.log.read({ after: first ?? 0, filter: 'osm.evt.plan.>' })))).toEqual([5, 6]);
      expect(await gather(opened.log.read({ after: await opened.log.head() }))).toEqual([]);
      expect(await gather(opened.log.read({ after: 1_000_000 }))).toEqual([]);
    }),
  );

  it(
    'ends at what was the head when it began, however much is written meanwhile',
    withOpened(open, async ({ log }) => {
      let revision = await log.append('osm.evt.plan.1', 0, numberedEvents(3));
      const seen: RecordedEvent[] = [];
      for await (const event of log.read({ filter: 'osm.evt.plan.>' })) {
        seen.push(event);
        revision = await log.append('osm.evt.plan.1', revision, [sampleEvent({ number: 'later' })]);
      }
      expect(numbersOf(seen)).toEqual([1, 2, 3]);
    }),
  );

  it(
    'gives thousands of events without a gap',
    withOpened(open, async ({ log }) => {
      await Promise.all(
        Array.from({ length: 50 }, (_, at) => log.append(`osm.evt.scan.${at}`, 0, numberedEvents(50, at * 50))),
      );
      const events = await gather(log.read());
      expect(new Set(numbersOf(events)).size).toBe(2500);
      expect(events.map(({ position }) => position)).toEqual(
        events.map(({ position }) => position).sort((a, b) => a - b),
      );
    }),
  );

  it(
    'may be left early, and read again',
    withOpened(open, async (opened) => {
      await seed(opened);
      for await (const event of opened.log.read()) if (event.data['number'] === 2) break;
      expect(await gather(opened.log.read())).toHaveLength(6);
    }),
  );

  it(
    'rejects when it is aborted: a part must not pass for the whole',
    withOpened(open, async (opened) => {
      await seed(opened);
      const controller = new AbortController();
      const reading = async () => {
        for await (const event of opened.log.read({ signal: controller.signal })) {
          if (event.data['number'] === 2) controller.abort(new Error('enough'));
        }
      };
      await expect(reading()).rejects.toThrow('enough');
    }),
  );
};
