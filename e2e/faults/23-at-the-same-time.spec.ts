import { describeFault } from './describe-fault.ts';
import { fakeOf } from './fake-of.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage, type Stage } from './stage.ts';

/** Plans of the very same resources that are drafted, approved and started at once. */
const starts = 50;

describeFault({
  id: 23,
  fault: `two operators start the same migration, ${starts} plans of it are started at once, two workers take its steps`,
  expected: 'each resource gets exactly one twin; who comes later gets the same plan, or finds the twin',
  seconds: 900,
  run: async () => {
    await using stage = await openStage({ shop: { networks: 2, images: 1 } });
    await stage.start('migrator-network');
    await stage.start('planner');
    const { ledger } = fakeOf(stage.clouds.destination);
    const operators = await Promise.all([start(stage), start(stage)]);
    for (const { code, output } of operators) if (code !== 0) throw new Error(output);
    const posts = (): number =>
      ledger.writes().filter(({ method, path }) => method === 'POST' && /\/networks$/.test(path)).length;
    if (posts() !== 2) throw new Error(`${posts()} requests for 2 networks`);

    // A third network, which nobody has seen yet, wanted by all at once.
    const { body } = await stage.clouds.source.admin.send('network', {
      method: 'POST',
      path: '/networks',
      body: { network: { name: 'net-3', project_id: stage.shop.projectId } },
    });
    const id = (body as { readonly network: { readonly id: string } }).network.id;
    await stage.scan();
    const request = {
      ...{ route: stage.clouds.route, roots: [{ type: 'network', id }], include: { needs: true, members: false } },
      ...{ intent: 'migrate' as const, cleanUp: 'never' as const, policy: { ...stage.policy } },
    };
    const drafted = await Promise.all(
      Array.from({ length: starts }, (_, at) => stage.asker.ask('planner.draft', { request, by: `operator-${at}` })),
    );
    const planIds = [...new Set(drafted.map(({ planId }) => planId))];
    await Promise.all(planIds.map((planId) => untilDrafted(stage, planId)));
    const refused = (await Promise.allSettled(planIds.map((planId) => approveAndStart(stage, planId)))).filter(
      ({ status }) => status === 'rejected',
    );
    if (refused.length > 0) throw new Error(`${refused.length} plans were refused: ${JSON.stringify(refused[0])}`);
    await Promise.all(planIds.map((planId) => untilCompleted(stage, planId)));

    if (posts() !== 3) throw new Error(`${posts()} requests for 3 networks`);
    mustHold(await wrongOnNats(stage, { sourceChanged: true }));
    const plans = await stage.asker.ask('registry.plans', {});
    const failed = plans.reduce((sum, plan) => sum + plan.failed + plan.skipped, 0);
    if (failed > 0) throw new Error(`${failed} steps have failed or were skipped`);
    return `${plans.length} plans, ${planIds.length} of them of one network at once, and 3 requests for 3 networks`;
  },
});

const start = async (stage: Stage): Promise<{ readonly code: number | null; readonly output: string }> => {
  const run = await stage.command(
    stage.config,
    ...['start', '--resource-type', 'domain', '--include-dependencies', '--include-members'],
    stage.shop.domainId,
  );
  return { code: await run.ended, output: run.output() };
};

const rowOf = async (stage: Stage, planId: string) =>
  (await stage.asker.ask('registry.plans', { atLeast: await stage.log.head() })).find((row) => row.plan_id === planId);

/** Looks until it is so; the deadline is that of the row. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 500));
};

const untilDrafted = (stage: Stage, planId: string): Promise<void> =>
  until(async () => (await rowOf(stage, planId))?.digest !== null);

const approveAndStart = async (stage: Stage, planId: string): Promise<void> => {
  const digest = (await rowOf(stage, planId))?.digest ?? '';
  await stage.asker.ask('planner.approve', { planId, digest, by: 'operator' });
  await stage.asker.ask('planner.start', { planId, by: 'operator' });
};

const untilCompleted = (stage: Stage, planId: string): Promise<void> =>
  until(async () => (await rowOf(stage, planId))?.status === 'completed');
