import { alternately } from '@osm/testing/bench-figures';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setup as build } from '../build-apps.ts';
import { bounds, type Bench } from './bench.ts';
import { runNode } from './children.ts';

const program = path.resolve(import.meta.dirname, '../../dist/apps/cli/main.js');

/** What a person waits for before anything is to be seen: the command, each time as a new process. */
export const start: Bench = {
  name: 'start',
  summary: 'how long `openstack-migrate --help` and `list` take as new processes',
  run: async ({ rounds, tell }) => {
    await build();
    const data = mkdtempSync(path.join(tmpdir(), 'osm-bench-'));
    try {
      // The first one makes the files.
      await runNode(program, ['--data', data, 'list']);
      const taking = (args: readonly string[]) => async () => {
        const began = performance.now();
        await runNode(program, args);
        return { seconds: (performance.now() - began) / 1000 };
      };
      const sides = await alternately(
        rounds,
        { help: taking(['--help']), list: taking(['--data', data, 'list']) },
        (side, round, { seconds }) => tell(`${round + 1}: ${side} ${seconds.toFixed(3)} s`),
      );
      const keys = { helpSeconds: sides.help.seconds.median, listSeconds: sides.list.seconds.median };
      const missed = bounds(
        { key: 'helpSeconds', value: keys.helpSeconds, most: 0.25 },
        { key: 'listSeconds', value: keys.listSeconds, most: 0.6 },
      );
      return { sides, keys, missed };
    } finally {
      rmSync(data, { recursive: true });
    }
  },
};
