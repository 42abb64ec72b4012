import { expect, it } from 'vitest';
import { gather } from '../until.ts';
import { withOpened, type Open } from '../opened.ts';
import { sampleEvent } from '../sample-event.ts';

export const orderLaws = (open: Open): void => {
  it(
    'is one for all subjects, and positions grow',
    withOpened(open, async (opened) => {
      const logs = [opened.log, (await opened.replica()).log];
      const acknowledged: number[] = [];
      for (let at = 0; at < 30; at++) {
        const log = logs[at % 2] ?? opened.log;
        acknowledged.push(await log.append(`osm.evt.scan.${at}`, 0, [sampleEvent({ at })]));
      }
      const events = await gather(opened.log.read());
      expect(events.map(({ data }) => data['at'])).toEqual(Array.from({ length: 30 }, (_, at) => at));
      expect(events.map(({ position }) => position)).toEqual(acknowledged);
      expect(acknowledged[0]).toBeGreaterThan(0);
      expect(acknowledged).toEqual([...acknowledged].sort((a, b) => a - b));
    }),
  );

  it(
    'is the same for everybody who reads',
    withOpened(open, async (opened) => {
      const writers = Array.from({ length: 10 }, async (_, writer) => {
        let revision = 0;
        for (let at = 0; at < 5; at++) {
          revision = await opened.log.append(`osm.evt.scan.${writer}`, revision, [sampleEvent({ writer, at })]);
        }
      });
      await Promise.all(writers);
      const other = (await opened.replica()).log;
      expect(await gather(other.read())).toEqual(await gather(opened.log.read()));
      const parts = await Promise.all(Array.from({ length: 10 }, (_, writer) => other.load(`osm.evt.scan.${writer}`)));
      const merged = parts.flat().sort((a, b) => a.position - b.position);
      expect(await gather(opened.log.read())).toEqual(merged);
    }),
  );
};
