import { decodeEvent, everyMigration } from '@osm/contracts';
import type { ServiceProcess } from '@osm/testing/harness';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openStage, type Stage } from './stage.ts';
import { deliverTwice } from './twice-delivered.ts';
import { untilIdle } from './until-idle.ts';

describeFault({
  id: 20,
  seconds: 600,
  fault: `two processes of each service but the registry; every command comes twice, the second ones in another order (seed ${seed}); workers freeze in a create request, lose their leases, and wake up when all is done`,
  expected: 'each twin is made once, and identified once; who lost its lease can record nothing',
  run: async () => {
    await using stage = await openStage();
    const { faults, ledger } = fakeOf(stage.clouds.destination);
    const first = stage.service('migrator-network');
    const second = await stage.start('migrator-network');
    await Promise.all(
      (['planner', 'migrator-identity', 'migrator-image', 'data-transfer'] as const).map((app) => stage.start(app)),
    );
    const zombies = [first, second];
    // The cloud has made the network: its answer waits at a process that does not run.
    const freeze = async (): Promise<void> => {
      for (const { pid } of zombies) process.kill(pid, 'SIGSTOP');
      await stage.start('migrator-network');
    };
    faults.add({ method: 'POST', path: /\/networks$/, times: 1, action: { after: freeze } });
    const duplicates = deliverTwice(stage, seededRandom(seed));
    const outcome = await stage.migrate();
    if (outcome.failed > 0) throw new Error(JSON.stringify(outcome.failures));
    const recorded = await migrationEvents(stage);
    const written = ledger.writes().length;

    wake(zombies);
    await duplicates.again();
    await untilIdle(stage);
    // In order: what they had in hand has ended, one way or the other.
    await Promise.all(zombies.map((each) => each.stop()));
    const late = (await migrationEvents(stage)).slice(recorded.length);
    mustHold([
      ...late.map((what) => `recorded after all was done: ${what}`),
      ...ledger
        .writes()
        .slice(written)
        .filter(
          ({ method, path }) =>
            method === 'POST' && /\/(networks|subnets|security-groups|projects|domains|images)$/.test(path),
        )
        .map(({ path }) => `asked for again: POST ${path}`),
      ...twice(recorded),
      ...(await wrongOnNats(stage)),
    ]);
    const taken = recorded.filter((what) => what.startsWith('StepStarted')).length - outcome.steps;
    if (taken <= 0) throw new Error('no step was ever begun by a second worker');
    return `${duplicates.sent()} commands sent once more, ${taken} begun by a second worker, 2 workers frozen beyond their lease: ${outcome.succeeded} steps succeeded`;
  },
});

/** Each as `type subject step`. */
const migrationEvents = async ({ log }: Stage): Promise<readonly string[]> => {
  const events: string[] = [];
  for await (const recorded of log.read({ filter: everyMigration })) {
    const { type, data } = decodeEvent(recorded);
    events.push(`${type} ${recorded.subject} ${'stepId' in data ? data.stepId : ''}`);
  }
  return events;
};

/** What may be recorded once only, and was recorded again. */
const twice = (events: readonly string[]): readonly string[] => {
  const once = events.filter((what) => /^(TwinIdentified|StepSucceeded|ResourceMigrated)/.test(what));
  return once.filter((what, at) => once.indexOf(what) !== at).map((what) => `recorded twice: ${what}`);
};

const wake = (frozen: readonly ServiceProcess[]): void => {
  for (const { pid } of frozen) process.kill(pid, 'SIGCONT');
};
