import { decodeEvent, everyPlan } from '@osm/contracts';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

export interface Duplicates {
  /** Commands that were given to the workers once more. */
  readonly sent: () => number;
  /** Sends no more, and all that was dispatched so far once again, in another order; settles when that is done. */
  again(): Promise<void>;
}

/**
 * Gives every step to the workers a second time, under another key so that the queue takes it: a little later than the
 * planner does, and in another order.
 */
export const deliverTwice = ({ log, queue }: Stage, random: () => number): Duplicates => {
  const stopping = new AbortController();
  const { signal } = stopping;
  let sent = 0;
  const seen: { readonly service: string; readonly key: string; readonly command: Command }[] = [];
  const send = async (at: number): Promise<void> => {
    const one = seen[at];
    if (one === undefined) return;
    sent += 1;
    await queue.enqueue(one.service, `${one.key}/again-${sent}`, { ...one.command });
  };
  const work = async (): Promise<void> => {
    const under: Promise<void>[] = [];
    for await (const batch of log.tail({ filter: everyPlan, after: 0, signal })) {
      for (const recorded of batch) {
        const event = decodeEvent(recorded);
        if (event.type !== 'StepDispatched') continue;
        const { stepId, attempt, service } = event.data;
        const planId = recorded.subject.split('.').at(-1) ?? '';
        const at =
          seen.push({ service, key: `${planId}/${stepId}/${attempt}`, command: { planId, stepId, attempt } }) - 1;
        under.push(pause(random() * 300).then(() => send(at)));
      }
    }
    await Promise.all(under);
  };
  const done = work();
  return {
    sent: () => sent,
    again: async () => {
      stopping.abort();
      await done;
      const order = [...seen.keys()].sort(() => random() - 0.5);
      for (const at of order) await send(at);
    },
  };
};

interface Command {
  readonly planId: string;
  readonly stepId: string;
  readonly attempt: number;
}
