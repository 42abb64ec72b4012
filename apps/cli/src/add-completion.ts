import type { Command } from 'commander';
import { bashCompletion } from './bash-completion.ts';
import type { Io } from './io.ts';
import { wrongUse } from './wrong-use.ts';

const shells = ['bash', 'zsh', 'fish'];

/** Options whose value is a file or a folder, and the command whose argument is one: the shell knows these. */
const takesFile = new Set(['-c', '--config', '--data']);
const fileCommand = ['events', 'verify'];

/**
 * Adds `complete`, which writes what has a shell complete commands by Tab. That calls `complete -- <words>`, and is answered
 * with what may stand in place of the last word.
 */
export const addCompletion = (program: Command, io: Io): void => {
  program
    .command('complete')
    .description('Write what has bash, zsh or fish complete commands and options by Tab.')
    .argument('<shell>', 'bash, zsh or fish')
    .allowExcessArguments()
    .action(async (shell: string) => {
      const words = askedWords(program);
      if (words !== undefined) return answer(program, io, words);
      if (!shells.includes(shell))
        throw wrongUse(`${shell} is no shell that is known`, `Name one of ${shells.join(', ')}.`);
      const name = program.name();
      if (shell === 'bash') return io.out(bashCompletion(name));
      // Writes to the standard output by itself.
      (await import('@bomb.sh/tab')).script(shell, name, name);
    });
};

/** What stands behind `complete --`; undefined where it was not called by a shell. */
const askedWords = ({ rawArgs }: Command & { readonly rawArgs?: readonly string[] }): readonly string[] | undefined => {
  const at = rawArgs?.indexOf('complete') ?? -1;
  return at >= 0 && rawArgs?.[at + 1] === '--' ? rawArgs.slice(at + 2) : undefined;
};

const answer = async (program: Command, io: Io, words: readonly string[]): Promise<void> => {
  const [last = '', before = ''] = words.toReversed();
  const isPath = fileCommand.every((word, at) => words[at] === word) && words.length > 2 && !last.startsWith('-');
  if (takesFile.has(before) || isPath) {
    // The shell is to complete files by itself.
    io.out(':0\n');
    return;
  }
  const { completionTree } = await import('./completion-tree.ts');
  completionTree(program, await valuesFor(before)).parse([...words]);
};

/** What is costly to know is looked up only where it is asked for. */
const valuesFor = async (option: string): Promise<ReadonlyMap<string, readonly string[]>> => {
  if (option === '--service') return new Map([[option, (await import('./service-words.ts')).serviceWords]]);
  if (option !== '--resource-type') return new Map();
  const { resourceTypes } = await import('@osm/resources/all');
  return new Map([[option, resourceTypes.map(({ type }) => type)]]);
};
