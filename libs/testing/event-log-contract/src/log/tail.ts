import type { RecordedEvent } from '@osm/contracts';
import type { EventLog, ReadOptions } from '@osm/event-log';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { numberedEvents, numbersOf, sampleEvent } from '../sample-event.ts';
import { until } from '../until.ts';

const subject = 'osm.evt.plan.1';

interface Tailing {
  readonly seen: RecordedEvent[];
  /** Resolves when the tail has ended. */
  readonly ended: Promise<void>;
  abort(): void;
}

const startTail = (log: EventLog, options: ReadOptions = {}): Tailing => {
  const controller = new AbortController();
  const seen: RecordedEvent[] = [];
  const follow = async () => {
    for await (const batch of log.tail({ ...options, signal: controller.signal })) {
      expect(batch.length).toBeGreaterThan(0);
      seen.push(...batch);
    }
  };
  return { seen, ended: follow(), abort: () => controller.abort() };
};

export const tailLaws = (open: Open): void => {
  it(
    'gives what is there and what comes, in order and once, and ends when aborted',
    withOpened(open, async (opened) => {
      const other = (await opened.replica()).log;
      let revision = await opened.log.append(subject, 0, numberedEvents(5));
      const tailing = startTail(opened.log);
      await until('the old events', () => tailing.seen.length === 5);
      revision = await other.append(subject, revision, numberedEvents(3, 6));
      await until('the new events', () => tailing.seen.length === 8);
      await opened.log.append(subject, revision, numberedEvents(1, 9));
      await until('the last event', () => tailing.seen.length === 9);
      tailing.abort();
      await tailing.ended;
      expect(numbersOf(tailing.seen)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect(tailing.seen).toEqual(await opened.log.load(subject));
    }),
  );

  it(
    'misses nothing that is written while it catches up',
    withOpened(open, async ({ log }) => {
      await log.append('osm.evt.scan.0', 0, numberedEvents(200));
      const tailing = startTail(log);
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => log.append(`osm.evt.scan.${at + 1}`, 0, numberedEvents(20))),
      );
      await until('all 600', () => tailing.seen.length >= 600);
      const positions = tailing.seen.map(({ position }) => position);
      expect(new Set(positions).size).toBe(600);
      expect(positions).toEqual([...positions].sort((a, b) => a - b));
      tailing.abort();
      await tailing.ended;
    }),
  );

  it(
    'keeps nothing back until more comes, however much there is',
    withOpened(open, async ({ log }) => {
      let revision = await log.append(subject, 0, numberedEvents(180));
      for (let count = 181; count <= 200; count++) {
        revision = await log.append(subject, revision, numberedEvents(1, count));
        const tailing = startTail(log);
        await until(`all of ${count}`, () => tailing.seen.length === count);
        tailing.abort();
        await tailing.ended;
      }
    }),
  );

  it(
    'begins after a position and keeps to its filter',
    withOpened(open, async ({ log }) => {
      const after = await log.append(subject, 0, numberedEvents(2));
      await log.append(subject, after, numberedEvents(1, 3));
      const tailing = startTail(log, { after, filter: 'osm.evt.plan.>' });
      await until('the old one', () => tailing.seen.length === 1);
      await log.append('osm.evt.scan.1', 0, [sampleEvent({ number: 'other' })]);
      await log.append('osm.evt.plan.2', 0, numberedEvents(1, 4));
      await until('the new one', () => tailing.seen.length === 2);
      tailing.abort();
      await tailing.ended;
      expect(numbersOf(tailing.seen)).toEqual([3, 4]);
    }),
  );

  it(
    'waits on an empty log, from the head, and beyond it',
    withOpened(open, async ({ log }) => {
      const fromStart = startTail(log);
      const fromTen = startTail(log, { after: 10 });
      await log.append(subject, 0, numberedEvents(11));
      await until('all', () => fromStart.seen.length === 11 && fromTen.seen.length === 1);
      expect(fromTen.seen[0]?.position).toBe(11);
      fromStart.abort();
      fromTen.abort();
      await Promise.all([fromStart.ended, fromTen.ended]);
    }),
  );

  it(
    'ends at once when it is aborted before it begins',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(2));
      const tailing = startTail({ ...log, tail: (options) => log.tail({ ...options, signal: AbortSignal.abort() }) });
      await tailing.ended;
      expect(tailing.seen).toEqual([]);
    }),
  );
};
