import { Failure } from '@osm/kernel';
import { run } from '../../cli/src/run.ts';
import type { Io } from '../../cli/src/io.ts';

/**
 * `openstack-migrate` as a person runs it, but in this process: what kills the demo kills what the command does, as it
 * would kill the command itself. All show the command; they differ in what they show of its words.
 */
export interface CommandLine {
  /** Shows everything. Resolves to the exit code. */
  shown(...argv: readonly string[]): Promise<number>;
  /** Shows how far it is instead of a line for each resource, and no hints. */
  folded(...argv: readonly string[]): Promise<number>;
  /** Resolves to what it writes; raises where it fails. */
  captured(...argv: readonly string[]): Promise<string>;
  /** The same, without a word. */
  quiet(...argv: readonly string[]): Promise<string>;
}

/** The command line with this configuration. */
export const commandLine = (io: Io, config: string): CommandLine => {
  const env = { ...io.env, OPENSTACK_MIGRATE_CONFIG: config };
  const announce = (argv: readonly string[]): void => {
    const line = `$ npx openstack-migrate ${argv.map(quoted).join(' ')}`;
    io.out(`${io.colour ? `\u001b[1m${line}\u001b[22m` : line}\n`);
  };
  const perform = async (argv: readonly string[], out: (text: string) => void): Promise<number> => {
    announce(argv);
    const code = await runHere(argv, { ...io, out, env });
    io.out('\n');
    return code;
  };
  const quiet = async (...argv: readonly string[]): Promise<string> => {
    const parts: string[] = [];
    const code = await runHere(argv, { ...io, out: (text) => parts.push(text), terminal: false, colour: false, env });
    if (code !== 0) throw new Error(`openstack-migrate ${argv.join(' ')} ended with ${code}`);
    return parts.join('');
  };
  return {
    shown: (...argv) => perform(argv, io.out),
    folded: (...argv) => perform(argv, folding(io)),
    captured: (...argv) => {
      announce(argv);
      return quiet(...argv);
    },
    quiet,
  };
};

/** What is told of each resource, the hints where to look, and what has its twin already. */
const folded = {
  // A colour may stand before the word.
  resource: /^(\u001b\[\d+m)?(created|adopted|reused)\b/,
  hint: /^(look at|info:) /,
};

/** Of the lines about resources each twentieth is shown as a count, and none where a live display counts them. */
const folding = ({ out, terminal }: Io): ((text: string) => void) => {
  let done = 0;
  return (text) => {
    if (folded.hint.test(text)) return;
    if (!folded.resource.test(text)) return out(text);
    done += 1;
    if (!terminal && done % 20 === 0) out(`… ${done} resources done\n`);
  };
};

/** A command that is told to stop ends the demo too. */
const runHere = async (argv: readonly string[], io: Io): Promise<number> => {
  const code = await run(argv, io);
  if (!io.interrupted.aborted) return code;
  throw new Failure('interrupted', 'the demo was stopped; what was begun is recorded', {
    remedy: '`npm run demo` goes on from here.',
  });
};

const quoted = (word: string): string => (/^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
