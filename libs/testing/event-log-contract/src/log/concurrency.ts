import { Conflict, transact, type Decider } from '@osm/event-log';
import type { ScanEvent } from '@osm/contracts';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { sampleEvent } from '../sample-event.ts';

const subject = 'osm.evt.scan.1';

export const concurrencyLaws = (open: Open): void => {
  it(
    'at the same revision have exactly one winner',
    withOpened(open, async (opened) => {
      const logs = [opened.log, (await opened.replica()).log];
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, at) =>
          (logs[at % 2] ?? opened.log).append(subject, 0, [sampleEvent({ number: at })]),
        ),
      );
      const won = outcomes.flatMap((outcome, at) => (outcome.status === 'fulfilled' ? [at] : []));
      const lost = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
      expect(won).toHaveLength(1);
      expect(lost.every((reason) => reason instanceof Conflict)).toBe(true);
      expect((await opened.log.load(subject)).map(({ data }) => data)).toEqual([{ number: won[0] }]);
    }),
  );

  it(
    'to different subjects all win',
    withOpened(open, async ({ log }) => {
      const subjects = Array.from({ length: 50 }, (_, at) => `osm.evt.scan.${at}`);
      const positions = await Promise.all(subjects.map((each) => log.append(each, 0, [sampleEvent()])));
      expect(new Set(positions).size).toBe(50);
      expect(await log.head()).toBe(Math.max(...positions));
    }),
  );

  it(
    'of transactions are all made, one after the other',
    withOpened(open, async (opened) => {
      const logs = [opened.log, (await opened.replica()).log];
      const scan: Decider<string, number, ScanEvent> = {
        initial: 0,
        decide: (type, seen) => [
          { type: 'ScanTypeFinished', data: { type, outcome: 'listed', seen, changed: 0, vanished: 0 } },
        ],
        evolve: (seen) => seen + 1,
      };
      const clock = { now: () => new Date(), sleep: async () => {} };
      const recorderOf = (log: typeof opened.log) => ({
        log,
        clock,
        ids: { next: () => randomUUID() },
        provenance: { producer: 'contract' },
      });
      const states = await Promise.all(
        Array.from({ length: 20 }, async (_, at) => {
          const { state } = await transact(recorderOf(logs[at % 2] ?? opened.log), scan, subject, `type-${at}`);
          return state;
        }),
      );
      expect(states.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
      const seen = (await opened.log.load(subject)).map(({ data }) => data['seen']);
      expect(seen).toEqual(Array.from({ length: 20 }, (_, at) => at));
    }),
  );
};
