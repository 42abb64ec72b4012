import type { Api } from '@osm/api-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { makeNetwork } from './source-network.ts';
import { apiOf, scanBoth } from './through-api.ts';

describe('the page beside an all-in-one that is started anew', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    const token = await desk.token('ann', 'view', 'plan', 'admin');
    api = apiOf(desk, token);
    await scanBoth(desk, api);
    tab = await browser.open(`${desk.url}/inventory?type=network`, token);
    await tab.page.getByText('live', { exact: true }).waitFor();
    await settled(tab.page);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  it('says that it is not live while nobody answers, and shows afterwards what happened meanwhile', async () => {
    const said = tab.page.getByText('not live', { exact: true }).waitFor();
    await desk.restart();
    await makeNetwork(desk, 'made-meanwhile', '10.6.0.0/24');
    await scanBoth(desk, api);
    await said;
    await tab.page.getByText('live', { exact: true }).waitFor();
    await tab.page.getByRole('row', { name: /network made-meanwhile/ }).waitFor();
    await tab.page.getByRole('treeitem', { name: /^admin project/ }).waitFor();
  });

  it('lets nobody go on whose token was revoked', async () => {
    const { tokenId } = await api.ask('access.identify');
    await api.ask('access.revoke-token', { path: { tokenId } });
    await tab.page.getByLabel('Token').waitFor();
    expect(await tab.page.getByRole('status').innerText()).toContain('token');
    const unexpected = tab.faults.filter((fault) => !/401|ERR_|Failed to load/.test(fault));
    expect(unexpected).toEqual([]);
  });
});
