import type { Api } from '@osm/api-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { makeNetwork } from './source-network.ts';
import { apiOf, scanBoth } from './through-api.ts';

describe('the screen Inventory', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;
  let doomed: Awaited<ReturnType<typeof makeNetwork>>;

  const item = (name: RegExp) => tab.page.getByRole('treeitem', { name });
  const row = (name: RegExp) => tab.page.getByRole('row', { name });

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    await makeNetwork(desk, 'front', '10.7.1.0/24');
    await makeNetwork(desk, 'back', '10.7.2.0/24');
    doomed = await makeNetwork(desk, 'doomed', '10.7.3.0/24');
    const token = await desk.token('ann', 'view', 'plan');
    api = apiOf(desk, token);
    await scanBoth(desk, api);
    tab = await browser.open(`${desk.url}/inventory`, token);
    await item(/^Everything/).waitFor();
    await settled(tab.page);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  it('goes by keys from domain to project to kind, and shows only that', async () => {
    await item(/^Everything/).focus();
    // To the domain, which is open, into it, to its project, which is closed: open it and go in.
    for (const key of ['ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowRight']) await tab.page.keyboard.press(key);
    await item(/^network 4$/).focus();
    await tab.page.keyboard.press('Enter');
    await row(/^choose domain /)
      .first()
      .waitFor({ state: 'detached' });
    await row(/^choose network front /).waitFor();
    expect(await row(/^choose /).count()).toBe(4);
    expect(new URL(tab.page.url()).searchParams.get('type')).toBe('network');
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('inventory');
  });

  it('finds by address', async () => {
    await item(/^Everything/).click();
    await tab.page.getByRole('searchbox').fill('10.7.2.');
    await row(/subnet back-a/).waitFor();
    await row(/front/).first().waitFor({ state: 'detached' });
  });

  it('says so where nothing fits', async () => {
    await tab.page.getByRole('searchbox').fill('no such thing');
    await tab.page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
    await tab.page.getByRole('searchbox').fill('');
    await row(/network front/).waitFor();
  });

  it('shows a resource with its attributes, and gives the focus back', async () => {
    await row(/choose network front /).focus();
    await tab.page.keyboard.press('Enter');
    const detail = tab.page.getByRole('dialog', { name: 'network front' });
    await detail.getByRole('row', { name: 'admin_state_up true' }).waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('inventory-resource');
    await tab.page.keyboard.press('Escape');
    await detail.waitFor({ state: 'detached' });
    expect(await tab.page.locator(':focus').getAttribute('role')).toBe('row');
  });

  it('drafts by keys a plan of what is chosen, and of nothing else', async () => {
    await row(/choose network front /).focus();
    await tab.page.keyboard.press('Space');
    await tab.page.getByText('1 chosen').waitFor();
    await tab.keep('inventory-chosen');
    await tab.page.getByRole('button', { name: 'Draft a plan' }).focus();
    await tab.page.keyboard.press('Enter');
    const dialog = tab.page.getByRole('dialog', { name: 'Draft a plan of 1 resource' });
    await dialog.getByLabel('Reason').fill('the front first');
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('inventory-draft');
    await dialog.getByLabel('With what lives in them').uncheck();
    await dialog.getByRole('button', { name: 'Draft', exact: true }).click();
    await tab.page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
    await tab.page.getByText('drafted', { exact: true }).waitFor();

    const planId = new URL(tab.page.url()).pathname.split('/').at(-1) ?? '';
    const { items } = await api.ask('registry.step-page', { path: { planId } });
    const named = items.filter(({ resource_type: type }) => type === 'network' || type === 'subnet');
    expect(new Set(named.map(({ name }) => name))).toEqual(new Set(['front']));
    const { items: events } = await api.ask('events', { query: { plan: planId, type: 'PlanRequested' } });
    expect(events.map(({ data }) => [data['by'], data['reason']])).toEqual([['ann', 'the front first']]);
    await tab.page.goBack();
  });

  it('tells what is gone since, without being loaded again', async () => {
    await row(/choose network doomed /).waitFor();
    const { admin } = desk.clouds.source;
    await admin.send('network', { method: 'DELETE', path: `/subnets/${doomed.subnet}` });
    await admin.send('network', { method: 'DELETE', path: `/networks/${doomed.network}` });
    await scanBoth(desk, api);
    await row(/network doomed .* gone/).waitFor();
    await tab.page.getByLabel('there or gone').selectOption('gone');
    await row(/network front/).waitFor({ state: 'detached' });
    await row(/subnet doomed-a .* gone/).waitFor();
    const { items } = await api.ask('registry.inventory-page', { query: { vanished: true } });
    expect(await row(/^choose /).count()).toBe(items.length);
    await tab.keep('inventory-gone');
    expect(tab.faults).toEqual([]);
  });

  it('shows the destination too, from which nothing is planned', async () => {
    await tab.page.getByLabel('there or gone').selectOption('both');
    await tab.page.getByRole('radiogroup', { name: 'cloud' }).getByText('new', { exact: true }).click();
    await tab.page.getByRole('tree', { name: 'inventory of new' }).waitFor();
    await tab.page.getByRole('button', { name: 'Draft a plan' }).waitFor({ state: 'detached' });
    await settled(tab.page);
    expect(await seriousViolations(tab.page)).toEqual([]);
  });
});
