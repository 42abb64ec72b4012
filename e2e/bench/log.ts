import { alternately } from '@osm/testing/bench-figures';
import path from 'node:path';
import { bounds, type Bench } from './bench.ts';
import { bundle } from './bundle.ts';
import { startProgram } from './children.ts';
import type { LogFigures } from './log-side.ts';

/** How fast the log is written, read, and projected. */
export const log: Bench = {
  name: 'log',
  summary: 'durable appends, replay and rebuild of the mapping database, events a second, embedded and on NATS',
  run: async ({ rounds, quick, tell }) => {
    const events = quick ? 20_000 : 200_000;
    const program = await bundle(path.join(import.meta.dirname, 'log-side.ts'));
    const measured = (kind: string) => async () => {
      const side = startProgram(program, [kind, String(events)]);
      const { appendPerSecond, replayPerSecond, rebuildPerSecond } = await side.hear<LogFigures>();
      await side.end();
      return { appendPerSecond, replayPerSecond, rebuildPerSecond };
    };
    const sides = await alternately(
      rounds,
      { embedded: measured('embedded'), nats: measured('nats') },
      (side, round, figures) => tell(`${round + 1}: ${side} ${JSON.stringify(figures)}`),
    );
    const { appendPerSecond, replayPerSecond, rebuildPerSecond } = sides.embedded;
    const keys = {
      appendPerSecond: appendPerSecond.median,
      replayPerSecond: replayPerSecond.median,
      rebuildPerSecond: rebuildPerSecond.median,
      natsAppendPerSecond: sides.nats.appendPerSecond.median,
      natsReplayPerSecond: sides.nats.replayPerSecond.median,
      natsRebuildPerSecond: sides.nats.rebuildPerSecond.median,
    };
    const missed = bounds(
      { key: 'appendPerSecond', value: keys.appendPerSecond, least: 5000 },
      { key: 'rebuildPerSecond', value: keys.rebuildPerSecond, least: 100_000 },
    );
    return { sides, keys, missed };
  },
};
