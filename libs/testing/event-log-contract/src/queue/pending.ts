import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { gate, until } from '../until.ts';

const queue = 'network';

export const pendingLaws = (open: Open): void => {
  it(
    'takes one command a key at a time, and others beside it',
    withOpened(open, async (opened) => {
      const other = (await opened.replica()).queue;
      expect(await opened.queue.enqueue(queue, 'plan.step.1', { number: 1 })).toBe('queued');
      expect(await other.enqueue(queue, 'plan.step.1', { number: 2 })).toBe('pending');
      expect(await other.enqueue(queue, 'plan.step.2', { number: 3 })).toBe('queued');
      expect(await other.enqueue('compute', 'plan.step.1', { number: 4 })).toBe('queued');
    }),
  );

  it(
    'of many at once with the same key takes one',
    withOpened(open, async ({ queue: commands }) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => commands.enqueue(queue, 'one', {})));
      expect(answers.filter((answer) => answer === 'queued')).toHaveLength(1);
    }),
  );

  it(
    'is refused while the command runs, and free again when it is done',
    withOpened(open, async ({ queue: commands }) => {
      const inHand = gate();
      const finish = gate();
      const seen: unknown[] = [];
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async ({ command }) => {
          inHand.open();
          await finish.opened;
          seen.push(command['number']);
          return 'done';
        },
      });
      await commands.enqueue(queue, 'one', { number: 1 });
      await inHand.opened;
      expect(await commands.enqueue(queue, 'one', { number: 'refused' })).toBe('pending');
      finish.open();
      await until('free', async () => (await commands.enqueue(queue, 'one', { number: 2 })) === 'queued');
      await until('the second', () => seen.length === 2);
      await subscription.stop();
      expect(seen).toEqual([1, 2]);
    }),
  );

  it.each(['a', 'a.b.c', '', '.', 'plan 1.step/2.*', '>', 'Données', 'a..b'])(
    'takes the key %j and gives it back',
    async (key) =>
      withOpened(open, async ({ queue: commands }) => {
        const command = { no: false, zero: 0, text: '', nothing: null, list: [], odd: '☃' };
        await commands.enqueue(queue, key, command);
        const seen: unknown[] = [];
        const subscription = await commands.work({
          queue,
          slots: 1,
          handler: async (delivery) => {
            seen.push([delivery.key, delivery.command, delivery.deliveries, delivery.signal.aborted]);
            return 'done';
          },
        });
        await until('the command', () => seen.length === 1);
        await subscription.stop();
        expect(seen).toEqual([[key, command, 1, false]]);
      })(),
  );
};
