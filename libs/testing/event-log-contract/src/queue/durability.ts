import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { gate, until } from '../until.ts';

const queue = 'network';

export const commandDurabilityLaws = (open: Open): void => {
  it(
    'keeps what was queued when the storage is stopped, and forgets what was done',
    withOpened(open, async ({ queue: commands, reopen }) => {
      await commands.enqueue(queue, 'done', {});
      const seen: string[] = [];
      const first = await commands.work({
        queue,
        slots: 1,
        handler: async ({ key }) => {
          seen.push(key);
          return 'done';
        },
      });
      await until('the first', () => seen.length === 1);
      await first.stop();
      for (let at = 0; at < 5; at++) await commands.enqueue(queue, `key.${at}`, { at });
      const again = await reopen('stopped');
      expect(await again.queue.enqueue(queue, 'key.1', {})).toBe('pending');
      expect(await again.queue.enqueue(queue, 'done', {})).toBe('queued');
      const after: unknown[] = [];
      const second = await again.queue.work({
        queue,
        slots: 2,
        handler: async ({ key, command }) => {
          after.push([key, command['at']]);
          return 'done';
        },
      });
      await until('the rest', () => after.length === 6);
      await second.stop();
      expect(after.sort()).toEqual([['done', undefined], ...Array.from({ length: 5 }, (_, at) => [`key.${at}`, at])]);
    }),
  );

  it(
    'keeps what was queued when the storage is killed',
    withOpened(open, async ({ queue: commands, reopen }) => {
      for (let at = 0; at < 5; at++) await commands.enqueue(queue, `key.${at}`, { at });
      const again = await reopen('killed');
      const seen: unknown[] = [];
      const worker = await again.queue.work({
        queue,
        slots: 2,
        handler: async ({ command }) => {
          seen.push(command['at']);
          return 'done';
        },
      });
      await until('all five', () => seen.length === 5);
      await worker.stop();
      expect(seen.sort()).toEqual([0, 1, 2, 3, 4]);
    }),
  );

  it.each(['stopped', 'killed'] as const)('delivers again what was in hand when the storage was %s', async (how) =>
    withOpened(open, async ({ queue: commands, reopen }) => {
      await commands.enqueue(queue, 'one', { number: 1 });
      const inHand = gate();
      await commands.work({
        queue,
        slots: 1,
        handler: () => {
          inHand.open();
          return new Promise<never>(() => {});
        },
      });
      await inHand.opened;
      const again = await reopen(how);
      const seen: unknown[] = [];
      const second = await again.queue.work({
        queue,
        slots: 1,
        handler: async ({ command }) => {
          seen.push(command);
          return 'done';
        },
      });
      await until('it comes again', () => seen.length === 1);
      await second.stop();
      expect(seen).toEqual([{ number: 1 }]);
    })(),
  );
};
