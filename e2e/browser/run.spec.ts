import { isJsonObject, type JsonObject } from '@osm/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Api } from '@osm/api-client';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { apiOf, approvedPlan, scanBoth } from './through-api.ts';

describe('the screen Run', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;
  const networks: string[] = [];

  const make = async (kind: string, body: JsonObject): Promise<string> => {
    const request = { method: 'POST', path: `/${kind}s`, body: { [kind]: body } } as const;
    const { body: answer } = await desk.clouds.source.admin.send('network', request);
    const made = isJsonObject(answer) ? answer[kind] : undefined;
    return isJsonObject(made) ? String(made['id']) : '';
  };

  const column = (name: RegExp) => tab.page.getByRole('region', { name });

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    for (const name of ['red', 'green', 'blue']) {
      const network = await make('network', { name: `${name} net` });
      await make('subnet', { name: `${name} sub`, network_id: network, cidr: '10.9.0.0/24', ip_version: 4 });
      networks.push(network);
    }
    const token = await desk.token('ann', 'view', 'plan', 'execute', 'cleanup');
    api = apiOf(desk, token);
    await scanBoth(desk, api);
    tab = await browser.open(`${desk.url}/run`, token);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  it('shows a plan that moves, without being loaded again, until all is done that can be', async () => {
    desk.clouds.destination.fake?.faults.add({
      ...{ service: 'network', method: 'POST', path: /subnets$/ },
      action: { status: 400, body: { NeutronError: { type: 'BadRequest', message: 'no room', detail: '' } } },
    });
    const planId = await approvedPlan(
      api,
      networks.map((id) => ({ type: 'network', id })),
    );
    await tab.page.getByRole('row', { name: planId.slice(0, 8) }).click();
    await tab.page.getByRole('progressbar', { name: /0 succeeded/ }).waitFor();
    await api.ask('planner.start', { path: { planId }, body: {} });
    await column(/^Failed 3/).waitFor();
    await tab.page.getByRole('progressbar', { name: /3 failed, 0 skipped, 0 to come/ }).waitFor();
    await settled(tab.page);
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('run-failed');
  });

  it('says of a failed step why, and what to do, and tries it again', async () => {
    desk.clouds.destination.fake?.faults.clear();
    await column(/^Failed 3/)
      .getByRole('row', { name: /red sub/ })
      .click();
    const step = tab.page.getByRole('complementary', { name: /^step subnet/ });
    await step.getByText('no room').waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('run-step');
    await step.getByRole('button', { name: 'Retry' }).click();
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('there is room now');
    await tab.keep('run-retry');
    await dialog.getByRole('button', { name: 'Retry', exact: true }).click();
    await column(/^Failed 2/).waitFor();
    await step.getByText('succeeded').waitFor();
  });

  it('does without another, with a reason, and tries the rest again', async () => {
    await column(/^Failed 2/)
      .getByRole('row', { name: /green sub/ })
      .click();
    const step = tab.page.getByRole('complementary', { name: /^step subnet/ });
    await step.getByRole('button', { name: 'Skip' }).click();
    const dialog = tab.page.getByRole('dialog');
    expect(await dialog.getByRole('button', { name: 'Skip', exact: true }).isDisabled()).toBe(true);
    await dialog.getByLabel('Reason').fill('not used any more');
    await dialog.getByRole('button', { name: 'Skip', exact: true }).click();
    await column(/^Skipped 1/).waitFor();
    await step.getByText('ann: not used any more').waitFor();

    await tab.page.getByRole('button', { name: 'Retry what failed' }).click();
    await dialog.getByLabel('Reason').fill('there is room now');
    await dialog.getByRole('button', { name: 'Retry what failed', exact: true }).click();
    await tab.page.getByRole('progressbar', { name: /0 failed, 1 skipped, 0 to come/ }).waitFor();
    await tab.keep('run-done');
    expect(tab.faults).toEqual([]);
    const { items } = await api.ask('registry.mapping-page', { query: { status: 'completed', type: 'subnet' } });
    expect(items.map(({ name }) => name).sort()).toEqual(['blue sub', 'red sub']);
  });
});
