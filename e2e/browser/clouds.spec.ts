import type { Api } from '@osm/api-client';
import { isJsonObject } from '@osm/kernel';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { apiOf, until } from './through-api.ts';

describe('the screen Clouds', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;

  /** A cloud's own part of the screen. */
  const cloud = (name: string) => tab.page.getByRole('region', { name });

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    await makeSnapshot();
    const token = await desk.token('ann', 'view', 'plan');
    api = apiOf(desk, token);
    tab = await browser.open(`${desk.url}/clouds`, token);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  /** Something that the source has, and nothing of ours moves. */
  const makeSnapshot = async (): Promise<void> => {
    const { admin } = desk.clouds.source;
    const asked = { method: 'POST', path: '/volumes', body: { volume: { size: 1, name: 'data' } } } as const;
    const { body: made } = await admin.send('block-storage', asked);
    const volume = isJsonObject(made) && isJsonObject(made['volume']) ? made['volume']['id'] : undefined;
    if (typeof volume !== 'string') throw new Error(`no volume was made: ${JSON.stringify(made)}`);
    const isThere = async (): Promise<boolean> => {
      const { body: shown } = await admin.send('block-storage', { method: 'GET', path: `/volumes/${volume}` });
      return isJsonObject(shown) && isJsonObject(shown['volume']) && shown['volume']['status'] === 'available';
    };
    await until(isThere);
    const body = { snapshot: { volume_id: volume, name: 'before', force: true } };
    await admin.send('block-storage', { method: 'POST', path: '/snapshots', body });
  };

  it('shows of both who we are there, what answers, and the limits', async () => {
    for (const [name, newest] of [
      ['old', '2.93'],
      ['new', '2.100'],
    ] as const) {
      await cloud(name).getByText('reachable', { exact: true }).waitFor();
      await cloud(name).getByText('all tenants').waitFor();
      await cloud(name)
        .getByRole('row', { name: new RegExp(`compute .* ${newest}`) })
        .waitFor();
      await cloud(name)
        .getByRole('row', { name: /^instances 0 of 10/ })
        .waitFor();
    }
  });

  it('counts what is there and not moved', async () => {
    await cloud('old').getByText('1 kind stays behind').waitFor();
    await cloud('old')
      .getByRole('listitem')
      .filter({ hasText: /^1 volume snapshots/ })
      .waitFor();
    await cloud('new').getByText('none of what could be counted').waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('clouds');
  });

  it('has a cloud scanned, and tells what was seen without being loaded again', async () => {
    await cloud('old').getByText('Never scanned').waitFor();
    await cloud('old').getByRole('button', { name: 'Scan' }).focus();
    await tab.page.keyboard.press('Enter');
    await cloud('old').getByText('scanned', { exact: true }).waitFor();
    await cloud('old')
      .getByText(/^[1-9][\d,]* resources$/)
      .waitFor();
    await cloud('new').getByText('Never scanned').waitFor();
  });

  it('tells what a later step would be refused: the rule, and what to do', async () => {
    const message = 'You are not authorized to perform the requested action: identity:list_role_assignments.';
    desk.clouds.source.fake?.faults.add({
      ...{ service: 'identity', method: 'GET', path: /role_assignments$/ },
      action: { status: 403, body: { error: { code: 403, message, title: 'Forbidden' } } },
    });
    await cloud('old').getByRole('button', { name: 'look at old again' }).click();
    const refusal = cloud('old').getByRole('list', { name: 'what old refuses' }).getByRole('listitem');
    await refusal.getByText('list who has which role').waitFor();
    await refusal.getByText('identity:list_role_assignments', { exact: true }).waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('clouds-refused');
    desk.clouds.source.fake?.faults.clear();
  });

  it('says of a cloud that cannot be reached why, and what to do', async () => {
    desk.clouds.destination.fake?.faults.add({ service: 'identity', action: { status: 503, body: {} } });
    await cloud('new').getByRole('button', { name: 'look at new again' }).click();
    await cloud('new').getByText('cannot sign in', { exact: true }).waitFor();
    await tab.keep('clouds-unreachable');
    desk.clouds.destination.fake?.faults.clear();
    await cloud('new').getByRole('button', { name: 'look at new again' }).click();
    await cloud('new').getByText('reachable', { exact: true }).waitFor();
    expect(tab.faults).toEqual([]);
  });

  it('tells what a migration would hit, as doctor does', async () => {
    await tab.page.getByRole('button', { name: 'look again for what a migration would hit' }).click();
    const doctor = tab.page.getByRole('region', { name: 'What a migration would hit' });
    const findings = await api.ask('doctor');
    expect(findings.map(({ code }) => code)).toContain('uncovered');
    for (const { what } of findings) await doctor.getByText(what).first().waitFor({ state: 'attached' });
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('clouds-doctor');
  });

  it('says to whoever may only look why they cannot scan', async () => {
    const other = await browser.open(`${desk.url}/clouds`, await desk.token('eve', 'view'));
    const scan = other.page.getByRole('region', { name: 'old' }).getByRole('button', { name: 'Scan' });
    await scan.focus();
    await other.page.getByRole('tooltip', { name: /lacks the scope plan/ }).waitFor();
    await other.page.keyboard.press('Enter');
    expect(await scan.getAttribute('aria-disabled')).toBe('true');
    expect(other.faults).toEqual([]);
    await other.close();
  });
});
