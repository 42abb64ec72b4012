import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { gate, until } from '../until.ts';

const queue = 'network';

export const withdrawLaws = (open: Open): void => {
  it(
    'takes back by prefix of the key, and leaves the rest',
    withOpened(open, async ({ queue: commands }) => {
      for (const key of ['plan-1.a', 'plan-1.b.1', 'plan-10.a', 'plan-2.a']) await commands.enqueue(queue, key, {});
      await commands.enqueue('compute', 'plan-1.a', {});
      expect(await commands.withdraw(queue, 'plan-1.')).toBe(2);
      expect(await commands.withdraw(queue, 'plan-1.')).toBe(0);
      expect(await commands.withdraw('absent', 'plan-1.')).toBe(0);
      const seen: string[] = [];
      const worker = (name: string) =>
        commands.work({
          queue: name,
          slots: 1,
          handler: async ({ key }) => {
            seen.push(`${name} ${key}`);
            return 'done';
          },
        });
      const workers = [await worker(queue), await worker('compute')];
      await until('what is left', () => seen.length === 3);
      await Promise.all(workers.map((each) => each.stop()));
      expect(seen.sort()).toEqual(['compute plan-1.a', 'network plan-10.a', 'network plan-2.a']);
    }),
  );

  it(
    'frees the key',
    withOpened(open, async ({ queue: commands }) => {
      await commands.enqueue(queue, 'plan-1.a', {});
      expect(await commands.withdraw(queue, 'plan-1')).toBe(1);
      expect(await commands.enqueue(queue, 'plan-1.a', {})).toBe('queued');
    }),
  );

  it(
    'leaves to its worker what a worker has taken',
    withOpened(open, async ({ queue: commands }) => {
      const inHand = gate();
      const finish = gate();
      const seen: string[] = [];
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async ({ key }) => {
          inHand.open();
          await finish.opened;
          seen.push(key);
          return 'done';
        },
      });
      for (let at = 0; at < 4; at++) await commands.enqueue(queue, `plan-1.${at}`, {});
      await inHand.opened;
      expect(await commands.withdraw(queue, 'plan-1.')).toBe(3);
      expect(await commands.enqueue(queue, 'plan-1.0', {})).toBe('pending');
      finish.open();
      await until('it has ended', () => seen.length === 1);
      await subscription.stop();
      expect(seen).toEqual(['plan-1.0']);
    }),
  );
};
