import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { everyCommand, examples, wordsOf } from './examples.ts';
import type { Io } from './io.ts';
import { makeProgram } from './program.ts';

const io = (out: (text: string) => void): Io => ({
  ...{ out, err: () => undefined, terminal: false, colour: false, columns: 100, env: {} },
  interrupted: new AbortController().signal,
});

/** As a shell would hand it over. */
const words = (line: string): readonly string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);

/** The program with commands that only note that they were called. */
const noting = () => {
  const called: string[] = [];
  const program = makeProgram(
    io(() => undefined),
    () => undefined,
  );
  for (const command of everyCommand(program)) {
    if (doesSomething(command)) command.action(() => void called.push(wordsOf(command)));
  }
  return { program, called };
};

/** What only holds others is not called itself. */
const doesSomething = (command: Command): boolean => !['registry', 'token', 'help'].includes(wordsOf(command));

const all = Object.entries(examples).flatMap(([command, lines]) => lines.map((line) => [command, line] as const));

describe('an example in the help', () => {
  it('is there for every command', () => {
    const { program } = noting();
    const commands = everyCommand(program).filter(doesSomething).map(wordsOf);
    expect(Object.keys(examples).toSorted()).toEqual(commands.toSorted());
  });

  it.each(all)('of %s is taken by the program: %s', async (command, line) => {
    const { program, called } = noting();
    await program.parseAsync([...words(line)], { from: 'user' });
    expect(called).toEqual([command]);
  });

  it('stands at its end', async () => {
    let out = '';
    const program = makeProgram(
      io((text) => (out += text)),
      () => undefined,
    );
    await expect(program.parseAsync(['skip', '--help'], { from: 'user' })).rejects.toThrow('outputHelp');
    expect(out.trimEnd().split('\n').slice(-2)).toEqual([
      'Example:',
      `  openstack-migrate ${examples['skip']?.[0] ?? ''}`,
    ]);
  });
});
