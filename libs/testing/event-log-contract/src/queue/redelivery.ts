import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { until } from '../until.ts';

const queue = 'network';

export const redeliveryLaws = (open: Open): void => {
  it(
    'comes after the delay that the handler asked for, counted, and holds up nobody',
    withOpened(open, async ({ queue: commands, now = () => performance.now() }) => {
      const seen: [key: string, deliveries: number, at: number][] = [];
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async ({ key, deliveries }) => {
          seen.push([key, deliveries, now()]);
          return key === 'later' && deliveries < 3 ? { again: 300 } : 'done';
        },
      });
      await commands.enqueue(queue, 'later', {});
      for (let at = 0; at < 5; at++) await commands.enqueue(queue, `other.${at}`, {});
      await until('all', () => seen.length === 8);
      await subscription.stop();
      const order = seen.map(([key, deliveries]) => `${key} ${deliveries}`);
      expect(order).toEqual([
        'later 1',
        'other.0 1',
        'other.1 1',
        'other.2 1',
        'other.3 1',
        'other.4 1',
        'later 2',
        'later 3',
      ]);
      const times = seen.filter(([key]) => key === 'later').map(([, , at]) => at);
      for (const [at, time] of times.entries()) if (at > 0) expect(time - (times[at - 1] ?? 0)).toBeGreaterThan(280);
    }),
  );

  it(
    'keeps the key taken while a command waits to come again',
    withOpened(open, async ({ queue: commands }) => {
      let deliveries = 0;
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async (delivery) => {
          deliveries = delivery.deliveries;
          return deliveries === 1 ? { again: 200 } : 'done';
        },
      });
      await commands.enqueue(queue, 'one', {});
      await until('the first delivery', () => deliveries === 1);
      expect(await commands.enqueue(queue, 'one', {})).toBe('pending');
      await until('the second delivery', () => deliveries === 2);
      await subscription.stop();
    }),
  );

  it(
    'follows a thrown error, with growing delay',
    withOpened(open, async ({ queue: commands, now = () => performance.now() }) => {
      const times: number[] = [];
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async ({ deliveries }) => {
          times.push(now());
          if (deliveries < 4) throw new Error('not yet');
          return 'done';
        },
      });
      await commands.enqueue(queue, 'one', {});
      await until('the fourth delivery', () => times.length === 4);
      await subscription.stop();
      const [one = 0, two = 0, three = 0, four = 0] = times;
      expect(two - one).toBeGreaterThan(90);
      expect(three - two).toBeGreaterThan(180);
      expect(four - three).toBeGreaterThan(360);
    }),
  );
};
