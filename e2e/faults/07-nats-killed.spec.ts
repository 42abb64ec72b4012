import { everyEvent, everyPlan, inventorySubject, type InventoryEvent } from '@osm/contracts';
import { appendEvents, type EventLog } from '@osm/event-log';
import { systemClock, systemIds } from '@osm/platform';
import { followLog } from '@osm/testing/harness';
import { setTimeout as pause } from 'node:timers/promises';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openStage, shopServices, type Stage } from './stage.ts';

const full = process.env['OSM_FAULTS_FULL'] === '1';
const cycles = full ? 100 : 10;

/** An event that the log has acknowledged. */
interface Acknowledged {
  readonly subject: string;
  readonly position: number;
  /** What it said. */
  readonly number: number;
}

const numbered = (number: number): InventoryEvent => ({
  type: 'ResourceObserved',
  data: {
    ...{ scanId: 'load', name: `load ${number}`, projectId: null, attributes: { number }, fingerprint: String(number) },
    ...{ needs: [], parents: [], links: [], unknown: [] },
  },
});

/** Appends one event after the other, until it is told to stop; answers what was acknowledged. */
const appendAlways = async (log: EventLog, name: string, signal: AbortSignal): Promise<readonly Acknowledged[]> => {
  const subject = inventorySubject('elsewhere', { type: 'network', id: name });
  const recorder = { log, clock: systemClock, ids: systemIds, provenance: { producer: 'e2e' } };
  const acknowledged: Acknowledged[] = [];
  for (let number = 1, revision = 0; !signal.aborted; number++) {
    revision = await appendEvents(recorder, subject, revision, [numbered(number)]);
    acknowledged.push({ subject, position: revision, number });
  }
  return acknowledged;
};

/** What was acknowledged and is not there, or elsewhere, or there is more than was appended. */
const lost = async (log: EventLog, acknowledged: readonly Acknowledged[]): Promise<readonly string[]> => {
  const there = new Map<number, string>();
  let found = 0;
  for await (const { position, subject, data } of log.read({ filter: everyEvent })) {
    if (data['scanId'] !== 'load') continue;
    there.set(position, `${subject} ${String(data['fingerprint'])}`);
    found += 1;
  }
  const missing = acknowledged.filter(
    ({ subject, position, number }) => there.get(position) !== `${subject} ${number}`,
  );
  const words = missing.map(({ subject, number, position }) => `${subject} ${number} was acknowledged at ${position}`);
  return found === acknowledged.length
    ? words
    : [...words, `${found} events where ${acknowledged.length} were acknowledged`];
};

/** Kills the server and starts it again, over and over. */
const killOverAndOver = async ({ nats, log }: Stage, random: () => number): Promise<void> => {
  await followLog(log, ({ event }) => event.type === 'PlanStarted', {
    ...{ filter: everyPlan, withinMs: 120_000, what: 'the plan to start' },
  });
  for (let cycle = 1; cycle <= cycles; cycle++) {
    await pause(200 + random() * 800);
    await nats.kill();
    await pause(random() * 300);
    await nats.start();
  }
};

describeFault({
  id: 7,
  fault: `nats-server is killed and started again, ${cycles} times, under load`,
  expected: 'no acknowledged event is lost, every client connects again, the run ends whole',
  seconds: full ? 1200 : 300,
  run: async () => {
    await using stage = await openStage({ shop: { networks: full ? 240 : 60 }, latencyMs: 20, settings: { slots: 2 } });
    const over = new AbortController();
    const writers = ['a', 'b', 'c'].map((name) => appendAlways(stage.log, name, over.signal));
    const killing = killOverAndOver(stage, seededRandom(seed));
    const moving = Promise.all([stage.migrate(), killing]).finally(() => over.abort());
    const [[outcome], ...written] = await Promise.all([moving, ...writers]);
    const acknowledged = written.flat();

    mustHold(await lost(stage.log, acknowledged));
    mustHold(await wrongOnNats(stage));
    // Discovery had nothing to do meanwhile: it shows here that it is connected.
    await stage.scan();
    const gone = shopServices.filter((app) => !isAlive(stage.service(app).pid));
    mustHold(gone.map((app) => `${app} has ended: ${stage.service(app).output()}`));
    return `${cycles} kills, ${acknowledged.length} acknowledged events all there, ${outcome.succeeded} steps succeeded`;
  },
});

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
    throw error;
  }
};
