import type { CommandQueue } from '@osm/event-log';
import type { Commands } from './commands.ts';
import type { Life } from './life.ts';
import type { Wire } from './wire.ts';

/** The queue of commands as one process has it. */
export const simCommandQueue = (commands: Commands, life: Life, wire: Wire): CommandQueue => ({
  enqueue: (queue, key, command) => wire.ask(`enqueue ${queue} ${key}`, () => commands.enqueue(queue, key, command)),
  work: async (options) => {
    await wire.ask(`work ${options.queue}`, () => undefined);
    return commands.work(life, wire, options);
  },
  withdraw: (queue, keyPrefix) => wire.ask(`withdraw ${queue} ${keyPrefix}`, () => commands.withdraw(queue, keyPrefix)),
});
