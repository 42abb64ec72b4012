import type { RecordedEvent } from '@osm/contracts';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { numberedEvents, numbersOf, sampleEvent } from '../sample-event.ts';
import { gate, until } from '../until.ts';

const subject = 'osm.evt.plan.1';
const filter = 'osm.evt.plan.>';
const durable = 'runner';

export const subscribeLaws = (open: Open): void => {
  it(
    'gives each event in order, old and new, that fits the filter',
    withOpened(open, async ({ log }) => {
      const revision = await log.append(subject, 0, numberedEvents(3));
      await log.append('osm.evt.scan.1', 0, [sampleEvent({ number: 'other' })]);
      const seen: RecordedEvent[] = [];
      const subscription = await log.subscribe({ durable, filter, handler: async (event) => void seen.push(event) });
      await until('the old ones', () => seen.length === 3);
      await log.append(subject, revision, numberedEvents(3, 4));
      await until('the new ones', () => seen.length === 6);
      await subscription.stop();
      expect(seen).toEqual(await log.load(subject));
    }),
  );

  it(
    'gives an event again when its handler threw, before any later event',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(4));
      const seen: unknown[] = [];
      const handler = async ({ data }: RecordedEvent) => {
        seen.push(data['number']);
        if (seen.filter((number) => number === 2).length < 3 && data['number'] === 2) throw new Error('not yet');
      };
      const subscription = await log.subscribe({ durable, filter, handler });
      await until('the fourth', () => seen.includes(4));
      await subscription.stop();
      expect(seen).toEqual([1, 2, 2, 2, 3, 4]);
    }),
  );

  it(
    'stops between two events: the one in hand is dealt with and not given again',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(3));
      const inHand = gate();
      const finish = gate();
      const seen: unknown[] = [];
      const handler = async ({ data }: RecordedEvent) => {
        inHand.open();
        await finish.opened;
        seen.push(data['number']);
      };
      const first = await log.subscribe({ durable, filter, handler });
      await inHand.opened;
      const stopped = first.stop();
      finish.open();
      await stopped;
      expect(seen).toEqual([1]);
      const second = await log.subscribe({ durable, filter, handler });
      await until('the rest', () => seen.length === 3);
      await second.stop();
      expect(seen).toEqual([1, 2, 3]);
    }),
  );

  it.each(['stopped', 'killed'] as const)('keeps its place when the storage is %s', async (how) =>
    withOpened(open, async ({ log, reopen }) => {
      const revision = await log.append(subject, 0, numberedEvents(3));
      const before: unknown[] = [];
      const handler = async ({ data }: RecordedEvent) => void before.push(data['number']);
      const subscription = await log.subscribe({ durable, filter, handler });
      await until('three', () => before.length === 3);
      await subscription.stop();
      const again = await reopen(how);
      await again.log.append(subject, revision, numberedEvents(2, 4));
      const after: unknown[] = [];
      const second = await again.log.subscribe({
        durable,
        filter,
        handler: async ({ data }) => void after.push(data['number']),
      });
      await until('the new ones', () => after.includes(5));
      await second.stop();
      expect(before).toEqual([1, 2, 3]);
      // Some may come again after a kill, but in order and without a gap.
      expect([1, 2, 3, 4, 5].slice(-after.length)).toEqual(after);
      expect(after.length).toBeGreaterThanOrEqual(2);
      if (how === 'stopped') expect(after).toEqual([4, 5]);
    })(),
  );

  it(
    'gives again what was in hand when the process ended',
    withOpened(open, async ({ log, reopen }) => {
      await log.append(subject, 0, numberedEvents(2));
      const inHand = gate();
      await log.subscribe({
        durable,
        filter,
        handler: () => {
          inHand.open();
          return new Promise<never>(() => {});
        },
      });
      await inHand.opened;
      const again = await reopen('killed');
      const seen: unknown[] = [];
      const second = await again.log.subscribe({
        durable,
        filter,
        handler: async ({ data }) => void seen.push(data['number']),
      });
      await until('both', () => seen.length === 2);
      await second.stop();
      expect(seen).toEqual([1, 2]);
    }),
  );

  it(
    'has one event in flight over all replicas, and the other takes over when one stops',
    withOpened(open, async (opened) => {
      const { log } = opened;
      const other = (await opened.replica()).log;
      let inFlight = 0;
      let most = 0;
      const seen: unknown[] = [];
      const handler = async ({ data }: RecordedEvent) => {
        most = Math.max(most, ++inFlight);
        await new Promise(setImmediate);
        seen.push(data['number']);
        inFlight--;
      };
      const one = await log.subscribe({ durable, filter, handler });
      const two = await other.subscribe({ durable, filter, handler });
      const revision = await log.append(subject, 0, numberedEvents(40));
      await until('forty', () => new Set(seen).size === 40);
      await one.stop();
      await log.append(subject, revision, numberedEvents(10, 41));
      await until('fifty', () => new Set(seen).size === 50);
      await two.stop();
      expect(most).toBe(1);
      // One whose acknowledgement was lost comes once more before the next.
      expect(seen.filter((number, at) => number !== seen[at - 1])).toEqual(numbersOf(numberedEvents(50)));
    }),
  );

  it(
    'gives every durable its own copy',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(3));
      const seen = { runner: [] as unknown[], dispatcher: [] as unknown[] };
      const runner = await log.subscribe({
        durable: 'runner',
        filter,
        handler: async ({ data }) => void seen.runner.push(data['number']),
      });
      const dispatcher = await log.subscribe({
        durable: 'dispatcher',
        filter,
        handler: async ({ data }) => void seen.dispatcher.push(data['number']),
      });
      await until('both', () => seen.runner.length === 3 && seen.dispatcher.length === 3);
      await Promise.all([runner.stop(), dispatcher.stop()]);
      expect(seen).toEqual({ runner: [1, 2, 3], dispatcher: [1, 2, 3] });
    }),
  );

  it(
    'lets a handler append to the very subjects it hears',
    withOpened(open, async ({ log }) => {
      await log.append(subject, 0, numberedEvents(1));
      const seen: unknown[] = [];
      const handler = async (event: RecordedEvent) => {
        seen.push(event.data['number']);
        if (seen.length < 5) await log.append(subject, event.position, numberedEvents(1, seen.length + 1));
      };
      const subscription = await log.subscribe({ durable, filter, handler });
      await until('five', () => seen.length === 5);
      await subscription.stop();
      expect(seen).toEqual([1, 2, 3, 4, 5]);
    }),
  );
};
