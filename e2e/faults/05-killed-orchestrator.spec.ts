import { everyMigration, everyPlan, everyScan, planSubject } from '@osm/contracts';
import { followLog, run, type Drafted, type Heard } from '@osm/testing/harness';
import { describeFault } from './describe-fault.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { seed, seededRandom } from './seeded-random.ts';
import { openStage, type ServiceApp, type Stage } from './stage.ts';

/** While the plan runs, in turn. */
const victims: readonly ServiceApp[] = [
  'planner',
  'registry',
  'planner',
  'discovery',
  'planner',
  'registry',
  'planner',
];

/** Milliseconds within which what was under way goes on, once the process is there again. */
const patience = 5000;

/** Waits for what shows that a service goes on, after this position: an event of its own, or that it has read all. */
const sign = async ({ log, asker }: Stage, app: ServiceApp, after: number): Promise<void> => {
  if (app === 'registry') return void (await asker.ask('registry.position', { atLeast: after }));
  const filter = app === 'discovery' ? everyScan : everyPlan;
  await followLog(log, () => true, { after, filter, withinMs: 60_000, what: `${app} to go on` });
};

/** Kills a service and starts it again; answers after how many milliseconds of its new life it went on. */
const killAndWatch = async (stage: Stage, app: ServiceApp): Promise<number> => {
  await stage.service(app).kill();
  const after = await stage.log.head();
  await stage.start(app);
  const began = performance.now();
  await sign(stage, app, after);
  return performance.now() - began;
};

/** Asks for the plan, and does not wait for its draft. */
const ask = ({ asker, policy, wanted: { route, roots, include } }: Stage) => {
  const asked = { intent: 'migrate', cleanUp: 'never', policy: { ...policy } } as const;
  const request = { route, roots: [...roots], include, ...asked };
  return asker.ask('planner.draft', { request, by: 'e2e' });
};

/** The draft of a plan, once it is there. */
const drafted = async ({ log }: Stage, planId: string): Promise<Drafted> => {
  const filter = planSubject(planId);
  const isDraft = ({ event }: Heard): boolean => event.type === 'PlanDrafted';
  const { recorded, event } = await followLog(log, isDraft, { filter, withinMs: 60_000, what: 'the draft' });
  if (event.type !== 'PlanDrafted') throw new TypeError('not what was waited for');
  return { planId, resumed: false, position: recorded.position, ...event.data };
};

/** Waits until so many more events of a kind are in the log. */
const more = async ({ log }: Stage, events: number, filter: string): Promise<void> => {
  let left = events;
  const isLast = (): boolean => --left <= 0;
  await followLog(log, isLast, { after: await log.head(), filter, withinMs: 60_000, what: `${events} more events` });
};

describeFault({
  id: 5,
  fault: 'the services that decide and tell (planner, registry, discovery) are killed at random moments',
  expected: 'they know after it what they knew before; what was under way goes on within 5 s',
  run: async () => {
    await using stage = await openStage({ shop: { networks: 60 }, latencyMs: 50, settings: { slots: 2 } });
    const random = seededRandom(seed);
    const pauses: { readonly app: string; readonly milliseconds: number }[] = [];
    const kill = async (app: ServiceApp): Promise<void> => {
      pauses.push({ app, milliseconds: await killAndWatch(stage, app) });
    };

    const whileScanning = async (): Promise<void> => {
      await more(stage, 1 + Math.floor(random() * 3), everyScan);
      await kill('discovery');
    };
    const whileRunning = async (): Promise<void> => {
      for (const app of victims) {
        await more(stage, 5 + Math.floor(random() * 25), everyMigration);
        if (app !== 'discovery') {
          await kill(app);
          continue;
        }
        // It has nothing to do with a plan that runs: it only must not hold it up.
        await stage.service(app).kill();
        await stage.start(app);
      }
    };

    await Promise.all([stage.scan(), whileScanning()]);
    const { planId } = await ask(stage);
    await kill('planner');
    const [outcome] = await Promise.all([run(stage, await drafted(stage, planId)), whileRunning()]);

    mustHold(await wrongOnNats(stage));
    const late = pauses.filter(({ milliseconds }) => milliseconds > patience);
    mustHold(late.map(({ app, milliseconds }) => `${app} went on only after ${(milliseconds / 1000).toFixed(1)} s`));
    const longest = Math.max(...pauses.map(({ milliseconds }) => milliseconds));
    return `${victims.length + 2} kills, the longest pause ${(longest / 1000).toFixed(1)} s, ${outcome.succeeded} steps succeeded`;
  },
});
