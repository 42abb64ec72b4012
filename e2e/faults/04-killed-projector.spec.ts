import { inventorySubject, type InventoryEvent } from '@osm/contracts';
import { appendEvents } from '@osm/event-log';
import { isFailure } from '@osm/kernel';
import { systemClock, systemIds } from '@osm/platform';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openStage, shopServices, type Stage } from './stage.ts';

const kills = process.env['OSM_FAULTS_FULL'] === '1' ? 200 : 30;

const observed = (number: number): InventoryEvent => ({
  type: 'ResourceObserved',
  data: {
    ...{ scanId: 'load', name: `load ${number}`, projectId: null, attributes: { number }, fingerprint: String(number) },
    ...{ needs: [], parents: [], links: [], unknown: [] },
  },
});

/** Appends events of as many resources as it can, until it is told to stop; answers how many. */
const appendAlways = async ({ log }: Stage, signal: AbortSignal): Promise<number> => {
  const recorder = { log, clock: systemClock, ids: systemIds, provenance: { producer: 'e2e' } };
  let count = 0;
  const one = async (name: string): Promise<void> => {
    const subject = inventorySubject('elsewhere', { type: 'network', id: name });
    for (let revision = 0; !signal.aborted; count += 5) {
      const events = Array.from({ length: 5 }, (_, at) => observed(count + at));
      revision = await appendEvents(recorder, subject, revision, events);
      await pause(40);
    }
  };
  await Promise.all(Array.from({ length: 8 }, (_, at) => one(`n${at}`)));
  return count;
};

/** Waits until the registry tells of all that; each question is answered, or refused after half a minute. */
const caughtUp = async ({ asker }: Stage, atLeast: number): Promise<void> => {
  for (let left = 6; ; left--) {
    try {
      await asker.ask('registry.position', { atLeast });
      return;
    } catch (error) {
      if (left === 0 || !isFailure(error) || error.code !== 'registry-behind') throw error;
    }
  }
};

describeFault({
  id: 4,
  fault: 'the registry is killed while it projects, at random moments',
  expected: 'no batch is lost or projected twice: what it tells is what the log makes',
  seconds: 1800,
  run: async () => {
    await using stage = await openStage({ without: shopServices.filter((app) => app !== 'registry') });
    const random = seededRandom(seed);
    const ending = new AbortController();
    const appending = appendAlways(stage, ending.signal);
    const positions: number[] = [];
    for (let at = 0; at < kills; at++) {
      await pause(random() * 400);
      await stage.service('registry').kill();
      // Behind by what was written meanwhile: the next one begins with whole batches of that.
      await stage.start('registry');
      if (at % 10 === 0) positions.push((await stage.asker.ask('registry.position', {})).position);
    }
    ending.abort();
    const count = await appending;
    const head = await stage.log.head();
    // It was behind by all that came while it was dead.
    await caughtUp(stage, head);
    const { equal, tables } = await stage.asker.ask('registry.rebuild', {});
    if (!equal) throw new Error('the registry was not what the log makes of it');
    if (positions.some((position, at) => position < (positions[at - 1] ?? 0)))
      throw new Error('the registry went back');
    return `${kills} kills under ${count} events: equal to a rebuilt one (${tables['inventory']} rows of inventory)`;
  },
});
