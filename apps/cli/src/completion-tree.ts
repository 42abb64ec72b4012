import { RootCommand, type Command as Completed, type OptionHandler } from '@bomb.sh/tab';
import type { Command, Option } from 'commander';
import { everyCommand, wordsOf } from './examples.ts';

/** What an option may be given, where that is known beside its choices: `--resource-type`. */
export type Values = ReadonlyMap<string, readonly string[]>;

/** The commands and options of the program as the shells' completion has them. */
export const completionTree = (program: Command, values: Values): RootCommand => {
  const root = new RootCommand();
  addOptions(root, program, values);
  for (const command of everyCommand(program)) {
    const completed = root.command(wordsOf(command), command.description());
    addOptions(completed, command, values);
    for (const { variadic, argChoices = [] } of command.registeredArguments) {
      completed.argument('word', (complete) => argChoices.forEach((choice) => complete(choice, '')), variadic);
    }
  }
  return root;
};

const addOptions = (completed: Completed, command: Command, values: Values): void => {
  for (const option of command.createHelp().visibleOptions(command)) {
    const long = option.long?.slice(2);
    if (long === undefined) continue;
    const short = option.short?.slice(1);
    if (!option.required && !option.optional) completed.option(long, option.description, short);
    else completed.option(long, option.description, valuesOf(option, values), short);
  }
};

/** Of an option that takes a value nothing is offered where nobody knows which: no other option either. */
const valuesOf = (option: Option, values: Values): OptionHandler => {
  const known = option.argChoices ?? values.get(option.long ?? '') ?? [];
  return (complete) => known.forEach((value) => complete(value, ''));
};
