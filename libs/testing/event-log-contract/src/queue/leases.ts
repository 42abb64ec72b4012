import { expect, it } from 'vitest';
import type { Opened, Replica } from '../opened.ts';
import { gate, until } from '../until.ts';

/** A replica whose connection can be cut, without either side hearing of it, and mended. */
export interface CuttableReplica extends Replica {
  cut(): void;
  mend(): void;
}

export interface OpenedCuttable extends Opened {
  cuttable(): Promise<CuttableReplica>;
}

export type OpenCuttable = () => Promise<OpenedCuttable>;

const queue = 'network';

const withCuttable =
  (open: OpenCuttable, law: (opened: OpenedCuttable) => Promise<void>) => async (): Promise<void> => {
    const opened = await open();
    try {
      await law(opened);
    } finally {
      await opened.dispose();
    }
  };

export const leaseLaws = (open: OpenCuttable): void => {
  it(
    'keeps the lease as long as the handler runs',
    withCuttable(open, async (opened) => {
      const seen: number[] = [];
      const finish = gate();
      const handler = async ({ deliveries }: { readonly deliveries: number }) => {
        seen.push(deliveries);
        await finish.opened;
        return 'done' as const;
      };
      const other = await opened.replica();
      const workers = [
        await opened.queue.work({ queue, slots: 2, handler }),
        await other.queue.work({ queue, slots: 2, handler }),
      ];
      await opened.queue.enqueue(queue, 'long', {});
      const began = performance.now();
      await until('four leases have passed', () => performance.now() - began > 4000);
      finish.open();
      await Promise.all(workers.map((each) => each.stop()));
      expect(seen).toEqual([1]);
    }),
  );

  it(
    'tells the worker by its signal, delivers to another, and lets the late answer count for nothing',
    withCuttable(open, async (opened) => {
      const lonely = await opened.cuttable();
      const aborted = gate();
      const inHand = gate();
      const late = gate();
      const first = await lonely.queue.work({
        queue,
        slots: 1,
        handler: async ({ signal }) => {
          signal.addEventListener('abort', aborted.open);
          inHand.open();
          await late.opened;
          return 'done';
        },
      });
      await opened.queue.enqueue(queue, 'one', {});
      await inHand.opened;
      lonely.cut();
      const deliveriesSeen: number[] = [];
      const finish = gate();
      const second = await opened.queue.work({
        queue,
        slots: 1,
        handler: async ({ deliveries }) => {
          deliveriesSeen.push(deliveries);
          await finish.opened;
          return 'done';
        },
      });
      await aborted.opened;
      await until('the other has it', () => deliveriesSeen.length === 1);
      lonely.mend();
      late.open();
      await first.stop();
      expect(await opened.queue.enqueue(queue, 'one', {})).toBe('pending');
      finish.open();
      await second.stop();
      expect(deliveriesSeen).toEqual([2]);
      expect(await opened.queue.enqueue(queue, 'one', {})).toBe('queued');
    }),
  );
};
