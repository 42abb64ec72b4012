import type { Api } from '@osm/api-client';
import { isJsonObject } from '@osm/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { makeAtSource, makeNetwork } from './source-network.ts';
import { apiOf, scanBoth, until } from './through-api.ts';

type Roots = readonly { readonly type: string; readonly id: string }[];

describe('the screen of a plan', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;
  let front: Awaited<ReturnType<typeof makeNetwork>>;
  const many: string[] = [];

  const button = (name: string) => tab.page.getByRole('button', { name, exact: true });
  const row = (name: RegExp) => tab.page.getByRole('row', { name });

  const drafted = async (roots: Roots): Promise<string> => {
    const { planId, position } = await api.ask('planner.draft', { body: { request: { roots: [...roots] } } });
    const plan = () => api.ask('registry.plan-summary', { path: { planId }, query: { atLeast: position } });
    await until(async () => (await plan()).status === 'drafted');
    return planId;
  };

  beforeAll(async () => {
    const settings = { cleanup_needs_second: true };
    [desk, browser] = await Promise.all([openDesk({ settings }), openBrowser()]);
    front = await makeNetwork(desk, 'front', '10.8.0.0/24');
    // A router to the outside needs a network that nobody can make: a warning.
    await makeAtSource(desk, 'router', {
      name: 'edge',
      external_gateway_info: { network_id: await externalNetwork() },
    });
    for (let at = 0; at < 90; at += 1) many.push((await makeNetwork(desk, `many-${at}`, `10.9.${at}.0/24`)).network);
    const token = await desk.token('ann', 'view', 'plan', 'execute', 'cleanup');
    api = apiOf(desk, token);
    await scanBoth(desk, api);
    tab = await browser.open(`${desk.url}/plans`, token);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  const externalNetwork = async (): Promise<string> => {
    const { admin } = desk.clouds.source;
    const query = { 'router:external': 'True' };
    const { body } = await admin.send('network', { method: 'GET', path: '/networks', query });
    const networks = isJsonObject(body) ? body['networks'] : undefined;
    const [first] = Array.isArray(networks) ? networks.filter(isJsonObject) : [];
    if (typeof first?.['id'] !== 'string') throw new Error('the source has no external network');
    return first['id'];
  };

  it('tells why each resource is in it', async () => {
    const planId = await drafted([{ type: 'network', id: front.network }]);
    await row(new RegExp(planId.slice(0, 8))).focus();
    await tab.page.keyboard.press('Enter');
    await row(/create subnet front-a/).focus();
    await tab.page.keyboard.press('Enter');
    const about = tab.page.getByRole('region', { name: 'subnet front-a' });
    await about.getByText(/^lives in/).waitFor();
    await about.getByRole('button', { name: 'network front' }).first().click();
    await tab.page.getByRole('region', { name: 'network front' }).getByText('somebody chose it').waitFor();
    await tab.page.locator('.react-flow__node').filter({ hasText: 'front-a' }).waitFor();
    await settled(tab.page);
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('plan');
  });

  it('is approved with a reason and started, and what it says is done', async () => {
    await button('Approve').click();
    const dialog = tab.page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill('window of Saturday');
    expect(await seriousViolations(tab.page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await tab.page.getByText('approved', { exact: true }).waitFor();
    await tab.page.getByText('window of Saturday').waitFor();
    await button('Start').click();
    await dialog.getByRole('button', { name: 'Start', exact: true }).click();
    await tab.page.getByRole('heading', { level: 1, name: 'Run' }).waitFor();
    const planId = new URL(tab.page.url()).pathname.split('/').at(-1) ?? '';
    await until(async () => (await api.ask('registry.plan-summary', { path: { planId } })).status === 'completed');
    const { body } = await desk.clouds.destination.admin.send('network', { method: 'GET', path: '/networks' });
    const networks = isJsonObject(body) && Array.isArray(body['networks']) ? body['networks'] : [];
    expect(networks.filter((each) => isJsonObject(each) && each['name'] === 'front')).toHaveLength(1);
  });

  it('is approved with warnings only by somebody who has read them', async () => {
    const { items } = await api.ask('registry.inventory-page', { query: { type: 'router' } });
    const planId = await drafted(items.map(({ source_id: id }) => ({ type: 'router', id })));
    await tab.page.goto(`${desk.url}/plans/${planId}`);
    await tab.page.getByRole('region', { name: 'Findings' }).getByText('map-first').waitFor();
    await tab.keep('plan-warning');
    await button('Approve').click();
    const dialog = tab.page.getByRole('dialog');
    const approve = dialog.getByRole('button', { name: 'Approve', exact: true });
    expect(await approve.isDisabled()).toBe(true);
    await dialog.getByLabel(/^I have read its 1 warning/).check();
    expect(await approve.isDisabled()).toBe(false);
    await tab.keep('plan-approve');
    await dialog.getByRole('button', { name: 'Leave it' }).click();
    expect((await api.ask('registry.plan-summary', { path: { planId } })).status).toBe('drafted');
  });

  it('is drawn in part where it is big, says so, and draws what is near the chosen step', async () => {
    const planId = await drafted(many.map((id) => ({ type: 'network', id })));
    const { resources } = await api.ask('registry.plan-summary', { path: { planId } });
    await tab.page.goto(`${desk.url}/plans/${planId}`);
    await tab.page.getByText(`150 of ${resources} resources are drawn.`).waitFor();
    await settled(tab.page);
    await tab.page.getByRole('searchbox').fill('many-89-a');
    await row(/create subnet many-89-a/).focus();
    await tab.page.keyboard.press('Enter');
    await tab.page.locator('.react-flow__node[data-id]').filter({ hasText: 'many-89-a' }).waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('plan-big');
  });

  it('that deletes waits for a second person, and lets no one be both', async () => {
    const { planId } = await api.ask('planner.draft-cleanup', { body: { type: 'subnet' } });
    await tab.page.goto(`${desk.url}/plans/${planId}`);
    const start = planId.slice(0, 8);
    const dialog = tab.page.getByRole('dialog');
    await button('Approve').click();
    await dialog.getByLabel(`Type ${start}`).fill(start);
    await dialog.getByRole('button', { name: 'Approve', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await button('Agree as the second').hover();
    await tab.page.getByRole('tooltip', { name: /another person has to agree/ }).waitFor();
    await tab.keep('plan-second');

    const ben = await browser.open(
      `${desk.url}/plans/${planId}`,
      await desk.token('ben', 'view', 'execute', 'cleanup'),
    );
    await ben.page.getByRole('button', { name: 'Agree as the second' }).click();
    await ben.page.getByLabel(`Type ${start}`).fill(start);
    await ben.page.getByRole('button', { name: 'Agree', exact: true }).click();
    await button('Start').waitFor();
    expect((await api.ask('registry.plan-summary', { path: { planId } })).seconded_by).toBe('ben');
    expect([...tab.faults, ...ben.faults]).toEqual([]);
    await ben.close();
  });
});
