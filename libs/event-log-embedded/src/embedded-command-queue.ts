import { redeliveryDelay, type CommandQueue, type Handled, type Subscription, type WorkOptions } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';
import { Bell } from './bell.ts';
import type { Workings } from './embedded-event-log.ts';
import { pause } from './pause.ts';

interface CommandRow {
  readonly number: number;
  readonly key: string;
  readonly command: string;
  readonly deliveries: number;
}

/** The queue of commands over the table of commands. */
export const embeddedCommandQueue = ({ db, writer, clock, closing, onTrouble }: Workings): CommandQueue => {
  const insert = db.prepare<[string, string, string, number]>(
    'INSERT INTO commands (queue, key, command, due) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const take = db.prepare<[string, number, number], CommandRow>(
    `UPDATE commands SET held = 1, deliveries = deliveries + 1 WHERE number IN
       (SELECT number FROM commands WHERE queue = ? AND held = 0 AND due <= ? ORDER BY due, number LIMIT ?)
     RETURNING number, key, command, deliveries`,
  );
  const nextDue = db.prepare<[string], number>('SELECT min(due) FROM commands WHERE queue = ? AND held = 0').pluck();
  const remove = db.prepare<[number]>('DELETE FROM commands WHERE number = ?');
  const putBack = db.prepare<[number, number]>('UPDATE commands SET held = 0, due = ? WHERE number = ?');
  const withdraw = db.prepare<[string, string, string]>(
    'DELETE FROM commands WHERE queue = ? AND deliveries = 0 AND substr(key, 1, length(?)) = ?',
  );

  const bells = new Map<string, Bell>();
  const bellOf = (queue: string): Bell => {
    const bell = bells.get(queue) ?? new Bell();
    bells.set(queue, bell);
    return bell;
  };

  const now = (): number => clock.now().getTime();

  const handle = async ({ key, command, deliveries }: CommandRow, { handler }: WorkOptions): Promise<Handled> => {
    try {
      return await handler({ key, command: JSON.parse(command) as JsonObject, deliveries, signal: closing });
    } catch (error) {
      onTrouble(error);
      return { again: redeliveryDelay(deliveries) };
    }
  };

  const run = async (row: CommandRow, options: WorkOptions): Promise<void> => {
    const handled = await handle(row, options);
    for (let failures = 1; !closing.aborted; failures++) {
      try {
        await writer.write(() => {
          if (handled === 'done') remove.run(row.number);
          else putBack.run(now() + handled.again, row.number);
        });
        return;
      } catch (error) {
        onTrouble(error);
        await pause(clock, redeliveryDelay(failures), closing);
      }
    }
  };

  /** Until something may have become ready: a new command, one put back, or one whose time has come. */
  const ready = async (queue: string, stopping: AbortSignal): Promise<void> => {
    const due = nextDue.get(queue);
    const woken = new AbortController();
    const wake = () => woken.abort();
    stopping.addEventListener('abort', wake, { signal: woken.signal });
    const waits = [bellOf(queue).wait(stopping.aborted ? stopping : woken.signal)];
    if (typeof due === 'number') waits.push(pause(clock, due - now(), woken.signal));
    await Promise.race(waits);
    wake();
  };

  const work = async (options: WorkOptions, stopping: AbortSignal): Promise<void> => {
    const { queue, slots } = options;
    const running = new Set<Promise<void>>();
    const start = (row: CommandRow): void => {
      const handling = run(row, options).then(() => {
        running.delete(handling);
        bellOf(queue).ring();
      });
      running.add(handling);
    };
    for (let failures = 0; !stopping.aborted;) {
      try {
        const free = slots - running.size;
        const rows = free === 0 ? [] : await writer.write(() => take.all(queue, now(), free));
        rows.forEach(start);
        failures = 0;
        if (rows.length === 0) await (free === 0 ? bellOf(queue).wait(stopping) : ready(queue, stopping));
      } catch (error) {
        if (closing.aborted) break;
        onTrouble(error);
        await pause(clock, redeliveryDelay(++failures), stopping);
      }
    }
    if (!closing.aborted) await Promise.all(running);
  };

  return {
    enqueue: async (queue, key, command) => {
      const { changes } = await writer.write(() => insert.run(queue, key, JSON.stringify(command), now()));
      if (changes === 0) return 'pending';
      bellOf(queue).ring();
      return 'queued';
    },
    work: async (options): Promise<Subscription> => {
      const stopping = new AbortController();
      const working = work(options, AbortSignal.any([stopping.signal, closing]));
      return {
        stop: () => {
          stopping.abort();
          return working;
        },
      };
    },
    withdraw: async (queue, keyPrefix) => (await writer.write(() => withdraw.run(queue, keyPrefix, keyPrefix))).changes,
  };
};
