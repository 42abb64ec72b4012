import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { numberedEvents, sampleEvent } from '../sample-event.ts';
import { gather } from '../until.ts';

export const durabilityLaws = (open: Open): void => {
  it(
    'keeps every acknowledged event, its position and its place over a crash',
    withOpened(open, async ({ log, reopen }) => {
      await Promise.all(
        Array.from({ length: 20 }, (_, at) => log.append(`osm.evt.scan.${at}`, 0, numberedEvents(5, at * 5))),
      );
      const before = await gather(log.read());
      const again = await reopen('killed');
      expect(before).toHaveLength(100);
      expect(await gather(again.log.read())).toEqual(before);
      expect(await again.log.head()).toBe(before.at(-1)?.position);
    }),
  );

  it(
    'goes on after a crash where it was',
    withOpened(open, async ({ log, reopen }) => {
      const revision = await log.append('osm.evt.plan.1', 0, numberedEvents(2));
      const again = await reopen('killed');
      const next = await again.log.append('osm.evt.plan.1', revision, [sampleEvent({ number: 3 })]);
      expect(next).toBeGreaterThan(revision);
      expect(await again.log.load('osm.evt.plan.1')).toHaveLength(3);
    }),
  );

  it(
    'keeps what was acknowledged in the moment before the crash',
    withOpened(open, async ({ log, reopen }) => {
      const acknowledged = new Set<string>();
      const writers = Array.from({ length: 10 }, async (_, writer) => {
        let revision = 0;
        for (let at = 0; at < 30; at++) {
          const event = sampleEvent({ writer, at });
          revision = await log.append(`osm.evt.scan.${writer}`, revision, [event]);
          acknowledged.add(event.id);
        }
      });
      await Promise.all(writers);
      const again = await reopen('killed');
      const found = new Set((await gather(again.log.read())).map(({ id }) => id));
      expect([...acknowledged].filter((id) => !found.has(id))).toEqual([]);
    }),
  );
};
