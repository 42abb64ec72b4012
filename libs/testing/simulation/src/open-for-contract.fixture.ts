import { setImmediate } from 'node:timers/promises';
import type { Opened, Replica } from '@osm/testing/event-log-contract';
import { chanceOf } from './chance.ts';
import { Commands } from './commands.ts';
import { Faults } from './faults.ts';
import { Life } from './life.ts';
import { SharedLog } from './shared-log.ts';
import { simCommandQueue } from './sim-command-queue.ts';
import { simEventLog } from './sim-event-log.ts';
import { Subscriptions } from './subscriptions.ts';
import { Timeline } from './timeline.ts';
import { wireOf } from './wire.ts';

/** Virtual time passes so many times as fast as the suite's own, so that lost answers are waited for. */
const hurry = 20;

/**
 * The simulated log and queue as the contract's suite wants them, with a clock of their own. With faults answers are lost and
 * what is on its way takes long, which a client has to get over by itself.
 */
export const openForContract = (isAtomic: boolean, withFaults: boolean) => async (): Promise<Opened> => {
  const chance = chanceOf(1);
  const timeline = new Timeline(chance);
  const faults = new Faults(chance, ['log-reply-lost', 'delivery-delayed']);
  faults.isCalm = !withFaults;
  const shared = new SharedLog();
  const around = { timeline, chance, faults, shared, trace: () => undefined };
  const subscriptions = new Subscriptions(around);
  const commands = new Commands(around, 1000);
  let lives: Life[] = [];
  const replica = async (): Promise<Replica> => {
    const life = new Life(`process-${lives.length}`, timeline, chance);
    lives.push(life);
    const wire = wireOf(life, faults, () => undefined);
    return {
      log: simEventLog({ shared, subscriptions, life, wire, isAtomic }),
      queue: simCommandQueue(commands, life, wire),
    };
  };
  let isDisposed = false;
  const [began, first] = [performance.now(), timeline.now];
  const passing = (async () => {
    while (!isDisposed) {
      await timeline.run(() => isDisposed, first + (performance.now() - began) * hurry);
      await setImmediate();
    }
  })();
  return {
    ...(await replica()),
    replica,
    now: () => timeline.now,
    reopen: async () => {
      for (const life of lives) life.suffer({ kind: 'killed' });
      lives = [];
      return replica();
    },
    dispose: async () => {
      isDisposed = true;
      await passing;
    },
  };
};
