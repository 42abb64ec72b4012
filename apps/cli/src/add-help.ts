import type { Command } from 'commander';
import type { Io } from './io.ts';
import { topics } from './topics.ts';
import { wrongUse } from './wrong-use.ts';

/** Adds `help`, which tells of a command what its --help does, and of a topic what no command can. */
export const addHelp = (program: Command, io: Io): void => {
  program.helpCommand(false);
  program
    .command('help')
    .description('Show what a command takes, or tell of formats, exit-codes, environment, tokens or plans.')
    .argument('[words...]', 'a command, or a topic; none: all commands')
    .action((words: readonly string[]) => tell(program, words, io));
  const list = Object.entries(topics).map(([word, { about }]) => `  ${word.padEnd(12)}  ${about}`);
  program.addHelpText('after', `\nTopics, told by openstack-migrate help <topic>:\n${list.join('\n')}`);
};

const tell = (program: Command, words: readonly string[], io: Io): void => {
  const [word = ''] = words;
  const topic = words.length === 1 ? topics[word] : undefined;
  // A word may be both: what is told of `plans` goes on after what that command takes.
  if (topic === undefined || program.commands.some((each) => each.name() === word)) {
    commandOf(program, words).outputHelp();
  }
  if (topic !== undefined) io.out(topic.text.slice(1));
};

const commandOf = (program: Command, words: readonly string[]): Command =>
  words.reduce((above, word) => {
    const below = above.commands.find((each) => each.name() === word);
    if (below !== undefined) return below;
    throw wrongUse(
      `${words.join(' ')} is neither a command nor a topic`,
      `There are the topics ${Object.keys(topics).join(', ')}; openstack-migrate --help lists the commands.`,
    );
  }, program);
