import { planSubject, type PlanRow } from '@osm/contracts';
import { equalJson, type Json } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { findLeftovers, listed, photograph, readTenant } from '@osm/testing/tenant';
import { leftByCancelled } from '../journeys/left-by-cancelled.ts';
import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

describeFault({
  id: 28,
  fault: 'a plan is cancelled in the middle of a transfer, begun again, and rolled back',
  expected: 'both clouds are left clean, the shop arrives once, and only what the plans have made goes again',
  seconds: 600,
  run: async () => {
    await using stage = await openStage({ shop: { images: 2 } });
    const { clouds, shop } = stage;
    const { faults } = fakeOf(clouds.destination);
    const grantsBefore = await grants(clouds.destination.admin);
    const cancelled = Promise.withResolvers<number | null>();
    const begun = Promise.withResolvers<void>();
    // The upload hangs until the plan is cancelled: nobody but its worker can end it.
    const act = async (): Promise<void> => {
      begun.resolve();
      await cancelled.promise;
    };
    faults.add({ method: 'PUT', path: /\/images\/[^/]+\/file$/, times: 1, action: { during: { byte: 1000, act } } });
    const first = start(stage);
    await begun.promise;
    const [plan] = await stage.asker.ask('registry.plans', {});
    if (plan === undefined) throw new Error('there is no plan');
    const asked = Date.now();
    cancelled.resolve(await command(stage, 'cancel', plan.plan_id, '--reason', 'another night'));
    const seconds = Math.round((Date.now() - asked) / 1000);
    mustBe(await cancelled.promise, 0, 'cancel');
    mustBe(await first, 3, 'the cancelled start');
    const ends = (await stage.log.load(planSubject(plan.plan_id))).at(-1)?.type;
    if (ends !== 'PlanCancelled') throw new Error(`the plan ends with ${String(ends)}`);
    mustHold([
      ...(await findLeftovers(clouds.source.admin)),
      ...(await leftByCancelled(clouds.destination.admin, clouds.route, await planNow(stage, plan.plan_id))),
      ...(equalJson(grantsBefore as Json, (await grants(clouds.destination.admin)) as Json) ? [] : ['roles are left']),
      ...(await changed(stage)),
    ]);

    mustBe(await start(stage), 0, 'the second start');
    mustHold(await wrongOnNats(stage));
    const arrived = await stage.asker.ask('registry.mappings', { route: clouds.route });

    const plans = (await stage.asker.ask('registry.plans', {})).filter(isMigration);
    for (const { plan_id } of plans) mustBe(await command(stage, 'rollback', plan_id, '--yes'), 0, 'rollback');
    const left = await readTenant({ cloud: clouds.destination.admin }, shop.prefix);
    mustHold([
      ...(await findLeftovers(clouds.destination.admin)),
      ...left.map((thing) => `is left: ${JSON.stringify(thing)}`),
      ...(await changed(stage)),
      ...(equalJson(grantsBefore as Json, (await grants(clouds.destination.admin)) as Json) ? [] : ['roles are left']),
    ]);
    const rebuilt = await stage.asker.ask('registry.rebuild', {});
    if (!rebuilt.equal) throw new Error('the registry is not what the log makes of it');
    return `cancelled within ${seconds} s, ${arrived.length} resources arrived by ${plans.length} plans, and are gone again`;
  },
});

const planNow = async (stage: Stage, planId: string) =>
  stage.asker.ask('registry.plan', { planId, atLeast: await stage.log.head() });

const isMigration = ({ intent }: PlanRow): boolean => intent === 'migrate';

const command = async (stage: Stage, ...args: readonly string[]): Promise<number | null> => {
  const run = await stage.command(stage.config, ...args);
  const code = await run.ended;
  if (code !== 0 && code !== 3) throw new Error(run.output());
  return code;
};

const start = (stage: Stage): Promise<number | null> =>
  command(
    stage,
    ...['start', '--resource-type', 'domain', '--include-dependencies', '--include-members'],
    stage.shop.domainId,
  );

const mustBe = (code: number | null, wanted: number, what: string): void => {
  if (code !== wanted) throw new Error(`${what} ended with ${String(code)}, not with ${wanted}`);
};

const changed = async ({ clouds, shop, before }: Stage): Promise<readonly string[]> =>
  equalJson(before as Json, (await photograph(clouds.source.admin, shop.prefix)) as unknown as Json)
    ? []
    : ['the source is not as it was'];

/** Who has which role where. */
const grants = async (cloud: Cloud): Promise<readonly string[]> =>
  (await listed(cloud, 'identity', { path: '/role_assignments', key: 'role_assignments' }))
    .map((item) => JSON.stringify(item))
    .sort();
