import { Failure } from '@osm/kernel';
import { asRoot } from './as-root.ts';
import type { Copier } from './copier.ts';
import { tarRemedy } from './tar.ts';

/**
 * Lets rsync do the copying. It reads what is there of a changed file and sends only the rest; what it has written stays
 * where it is when it is stopped, and is gone on with the next time.
 */
export const rsync: Copier = {
  name: 'rsync',
  copy: async ({ from, to, paths, differing, already, total, signal, progress }) => {
    if (paths.length === 0) return 0;
    // Size and time of such files are the same: it must look into them.
    const more = differing.size > 0 ? ['--ignore-times'] : [];
    const running = asRoot('rsync', [...options, ...more, `${from}/`, `${to}/`], signal, ['pipe', 'pipe']);
    const { stdin, stdout } = running.child;
    if (stdin === null || stdout === null) throw new TypeError('rsync runs without pipes');
    // That it is gone is told by how it ended.
    stdin.on('error', () => stdin.destroy());
    stdin.end(Buffer.from(paths.map((path) => `${path}\0`).join(''), 'latin1'));
    let moved = 0;
    for await (const line of linesOf(stdout)) {
      const [, bytes] = /^\s*(\d+)\s+\d+%/.exec(line) ?? [];
      if (bytes !== undefined) progress(already + Number(bytes), total);
      moved = Number(/^Literal data: (\d+)/.exec(line)?.[1] ?? moved);
    }
    const { code, complaint } = await running.ended;
    // 24: something went away under its hands. The next listing tells.
    if (code === 0 || code === 24) return moved;
    throw new Failure(
      'copy-failed',
      `cannot copy ${from} to ${to}: ${complaint || `rsync ended with ${String(code)}`}`,
      {
        remedy: tarRemedy(complaint),
      },
    );
  },
};

const options = [
  '--archive',
  '--hard-links',
  '--acls',
  '--xattrs',
  ...['+x user.*', '+x trusted.*', '+x security.capability', '-x *'].map((rule) => `--filter=${rule}`),
  '--numeric-ids',
  // Otherwise a time is as good as another one of the same second.
  '--modify-window=-1',
  '--sparse',
  '--inplace',
  // Between two local directories it would send every changed file whole.
  '--no-whole-file',
  '--no-inc-recursive',
  '--from0',
  '--files-from=-',
  '--ignore-missing-args',
  '--info=progress2,stats2',
  '--no-human-readable',
];

/** What it says, line by line; its progress overwrites itself. */
async function* linesOf(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + chunk.toString('latin1')).split(/[\r\n]/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  yield rest;
}
