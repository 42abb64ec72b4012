import { openApi, type Api } from '@osm/api-client';
import { setTimeout } from 'node:timers/promises';
import type { Desk } from './open-desk.ts';

/** The API of a desk, as a program asks it. */
export const apiOf = (desk: Desk, token: string): Api => openApi({ url: desk.url, token: () => token });

/** Has both clouds scanned to the end. */
export const scanBoth = async (desk: Desk, api: Api): Promise<void> => {
  const { source, destination } = desk.clouds.route;
  for (const cloud of [source, destination]) {
    const { scanId, position } = await api.ask('discovery.scan', { body: { cloud, multitenant: true } });
    await until(
      async () =>
        (await api.ask('registry.scan', { path: { scanId }, query: { atLeast: position } })).status === 'completed',
    );
  }
};

/** Has a plan drafted and approved; answers its id. */
export const approvedPlan = async (
  api: Api,
  roots: readonly { readonly type: string; readonly id: string }[],
): Promise<string> => {
  const { planId, position } = await api.ask('planner.draft', { body: { request: { roots: [...roots] } } });
  const plan = () => api.ask('registry.plan-summary', { path: { planId }, query: { atLeast: position } });
  await until(async () => ['drafted', 'rejected'].includes((await plan()).status));
  const drafted = await plan();
  const digest = drafted.digest ?? '';
  if (digest === '') throw new Error(`the draft was rejected: ${JSON.stringify(drafted.findings)}`);
  await api.ask('planner.approve', { path: { planId }, body: { digest } });
  return planId;
};

/** Waits for something; a minute at most. */
export const until = async (is: () => Promise<boolean>): Promise<void> => {
  const end = performance.now() + 60_000;
  while (!(await is())) {
    if (performance.now() > end) throw new Error('it did not come to be within a minute');
    await setTimeout(50);
  }
};
