import { expect, it } from 'vitest';
import { withOpened, type Open } from '../opened.ts';
import { gate, until } from '../until.ts';

const queue = 'network';

export const workLaws = (open: Open): void => {
  it(
    'runs as many commands at once as there are slots, and not one more',
    withOpened(open, async ({ queue: commands }) => {
      for (let at = 0; at < 12; at++) await commands.enqueue(queue, `key.${at}`, {});
      let running = 0;
      let most = 0;
      let finished = 0;
      const full = gate();
      const subscription = await commands.work({
        queue,
        slots: 3,
        handler: async () => {
          most = Math.max(most, ++running);
          if (running === 3) full.open();
          await full.opened;
          await new Promise(setImmediate);
          running--;
          finished++;
          return 'done';
        },
      });
      await until('all twelve', () => finished === 12);
      await subscription.stop();
      expect(most).toBe(3);
    }),
  );

  it(
    'is shared by workers, and each command goes to one',
    withOpened(open, async (opened) => {
      const other = (await opened.replica()).queue;
      const seen: [worker: string, key: string][] = [];
      const both = gate();
      const handlerOf = (worker: string) => async (delivery: { readonly key: string }) => {
        seen.push([worker, delivery.key]);
        if (new Set(seen.map(([who]) => who)).size === 2) both.open();
        await both.opened;
        return 'done' as const;
      };
      const one = await opened.queue.work({ queue, slots: 2, handler: handlerOf('one') });
      const two = await other.work({ queue, slots: 2, handler: handlerOf('two') });
      for (let at = 0; at < 30; at++) await opened.queue.enqueue(queue, `key.${at}`, {});
      await until('all thirty', () => seen.length === 30);
      await Promise.all([one.stop(), two.stop()]);
      expect(new Set(seen.map(([, key]) => key)).size).toBe(30);
      expect(new Set(seen.map(([worker]) => worker))).toEqual(new Set(['one', 'two']));
    }),
  );

  it(
    'takes the oldest command first, and leaves other queues alone',
    withOpened(open, async ({ queue: commands }) => {
      for (let at = 0; at < 5; at++) {
        await commands.enqueue(queue, `key.${at}`, { at });
        await commands.enqueue('compute', `key.${at}`, { at: 'other' });
      }
      const seen: unknown[] = [];
      const subscription = await commands.work({
        queue,
        slots: 1,
        handler: async ({ command }) => {
          seen.push(command['at']);
          return 'done';
        },
      });
      await until('five', () => seen.length === 5);
      await subscription.stop();
      expect(seen).toEqual([0, 1, 2, 3, 4]);
    }),
  );

  it(
    'when stopped waits for what runs, and takes nothing more',
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
      await commands.enqueue(queue, 'one', {});
      await commands.enqueue(queue, 'two', {});
      await inHand.opened;
      let stopped = false;
      const stopping = subscription.stop().then(() => {
        stopped = true;
      });
      await new Promise(setImmediate);
      expect(stopped).toBe(false);
      finish.open();
      await stopping;
      expect(seen).toEqual(['one']);
      const next = await commands.work({
        queue,
        slots: 1,
        handler: async ({ key }) => {
          seen.push(key);
          return 'done';
        },
      });
      await until('the second', () => seen.length === 2);
      await next.stop();
      expect(seen).toEqual(['one', 'two']);
    }),
  );
};
