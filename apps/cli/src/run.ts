import { failureRecord } from '@osm/kernel';
import { CommanderError } from 'commander';
import { exitCode, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { makeProgram } from './program.ts';

/** Runs one command line, as typed after the program's name. Resolves to its exit code and never rejects. */
export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  const ended = { code: exitCode.done as number };
  const program = makeProgram(io, (code) => (ended.code = code));
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return ended.code;
  } catch (error) {
    if (error instanceof CommanderError) return refused(error, io);
    return failed(error, io, argv.includes('--debug'));
  }
};

/** What commander says of a command line that it cannot take; help and version are no errors. */
const refused = (error: CommanderError, io: Io): number => {
  if (error.exitCode === 0) return exitCode.done;
  // Called without a command, it has shown its help.
  if (error.code === 'commander.help') return exitCode.wrongUse;
  const [message = '', suggestion] = error.message.split('\n');
  const meant = suggestion?.replace(/^\((.*)\)$/, '$1');
  say(io, message.replace(/^error: /, ''), meant ?? 'Add --help to see what the command takes.');
  return exitCode.wrongUse;
};

const failed = (error: unknown, io: Io, debug: boolean): number => {
  const { code, message, remedy, http } = failureRecord(error);
  say(io, oneLine(message), oneLine(remedy));
  if (debug) {
    if (http !== undefined) io.err(`${JSON.stringify(http)}\n`);
    io.err(`${error instanceof Error ? error.stack : String(error)}\n`);
  }
  return exitCodeOf(code);
};

const say = (io: Io, message: string, remedy: string): void => {
  io.err(`openstack-migrate: ${message}\n${remedy === '' ? '' : `${remedy}\n`}`);
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();
