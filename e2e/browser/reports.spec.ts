import type { Api, Mapping } from '@osm/api-client';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { makeNetwork } from './source-network.ts';
import { apiOf, approvedPlan, scanBoth, until } from './through-api.ts';

describe('what is told of a migration', () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let api: Api;
  let planId: string;
  let folder: string;
  const requestId = 'req-5d0c1f3e-0000-4000-8000-00000000cafe';

  const row = (name: RegExp) => tab.page.getByRole('row', { name });
  const button = (name: RegExp | string) => tab.page.getByRole('button', { name });
  const goTo = async (name: string): Promise<void> => {
    await tab.page.getByRole('navigation', { name: 'Screens' }).getByRole('link', { name, exact: true }).click();
    await tab.page.getByRole('heading', { level: 1, name }).waitFor();
    await tab.page.waitForURL((url) => url.search === '');
    await settled(tab.page);
  };
  const looksRight = async (name: string): Promise<void> => {
    await settled(tab.page);
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep(name);
  };
  const mapped = async (query: { readonly type: string; readonly q: string }): Promise<Mapping> => {
    const { items } = await api.ask('registry.mapping-page', { query });
    const [found] = items;
    if (found === undefined) throw new Error(`there is no record of ${query.type} ${query.q}`);
    return found;
  };

  /** Keeps what the page hands out as a file; answers where. */
  const download = async (press: () => Promise<void>): Promise<string> => {
    const [file] = await Promise.all([tab.page.waitForEvent('download'), press()]);
    const place = path.join(folder, file.suggestedFilename());
    await file.saveAs(place);
    return place;
  };

  beforeAll(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'osm-reports-'));
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    const front = await makeNetwork(desk, 'front', '10.7.1.0/24');
    const back = await makeNetwork(desk, 'back', '10.7.2.0/24');
    desk.clouds.destination.fake?.faults.add({
      ...{ service: 'network', method: 'POST', path: /subnets$/, times: 1 },
      action: {
        ...{ status: 400, headers: { 'x-openstack-request-id': requestId } },
        body: { NeutronError: { type: 'BadRequest', message: 'no room', detail: '' } },
      },
    });
    const token = await desk.token('ann', 'view', 'plan', 'execute');
    api = apiOf(desk, token);
    await scanBoth(desk, api);
    planId = await approvedPlan(
      api,
      [front.network, back.network].map((id) => ({ type: 'network', id })),
    );
    await api.ask('planner.start', { path: { planId }, body: { reason: 'the window of tonight' } });
    await until(async () => (await api.ask('registry.plan-summary', { path: { planId } })).status === 'completed');
    tab = await browser.open(`${desk.url}/fidelity`, token);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  describe('on the screen Fidelity', () => {
    const shown = () => tab.page.getByRole('grid', { name: 'attributes' }).getByRole('row');

    it('is what each attribute came to, what needs a person first', async () => {
      const { items } = await api.ask('registry.fidelity-page', { query: { limit: 1000 } });
      const order = ['lost', 'impossible', 'unknown', 'mapped', 'equal'];
      const worst = order.find((verdict) => items.some((item) => item.verdict === verdict)) ?? 'none';
      await shown().nth(1).waitFor();
      expect(await shown().nth(1).innerText()).toContain(worst);
      for (const verdict of order) {
        const count = items.filter((item) => item.verdict === verdict).length;
        expect(await button(`${count} ${verdict}`).count()).toBe(1);
      }
      await tab.page.getByRole('status').getByText(`${items.length}`, { exact: true }).waitFor();
      await looksRight('fidelity');
    });

    it('is of one verdict where one is chosen, and of one kind', async () => {
      await button(/ equal$/).click();
      await row(/^equal network front /)
        .first()
        .waitFor();
      await tab.page.getByRole('treeitem', { name: /^subnet/ }).click();
      await row(/^equal network front /)
        .first()
        .waitFor({ state: 'detached' });
      await row(/^equal subnet /)
        .first()
        .waitFor();
      const { items } = await api.ask('registry.fidelity-page', {
        query: { type: 'subnet', verdict: 'equal', limit: 1000 },
      });
      await tab.page.getByRole('status').getByText(`${items.length}`, { exact: true }).waitFor();
      await looksRight('fidelity-chosen');
    });

    it('leads to the resource, by keys', async () => {
      await row(/^equal subnet /)
        .first()
        .focus();
      await tab.page.keyboard.press('Enter');
      await tab.page.waitForURL(/resources\/[0-9a-f-]{36}/);
      await tab.page.getByRole('heading', { level: 1, name: /^subnet / }).waitFor();
    });
  });

  describe('on the screen Resources', () => {
    it('is every record, and those of one state where one is chosen', async () => {
      await goTo('Resources');
      await row(/^completed network front /).waitFor();
      await tab.page.getByLabel('state', { exact: true }).selectOption('failed');
      await row(/^completed network front /).waitFor({ state: 'detached' });
      await row(/^failed subnet .*no room/).waitFor();
      await looksRight('resources');
    });

    it('is why one failed, and by which request', async () => {
      await row(/^failed subnet /).click();
      const list = tab.page.getByRole('list', { name: 'requests that failed' });
      await list.getByText('no room').waitFor();
      await list.getByText(requestId).waitFor();
      expect(await list.getByText(/^POST http/).count()).toBe(1);
      await looksRight('resource-failed');
    });

    it('is original and twin field by field, and all that happened', async () => {
      const { uuid, destination_id: twin } = await mapped({ type: 'network', q: 'front' });
      await goTo('Resources');
      await tab.page.getByLabel('search by name').fill('front');
      await row(/^completed network front /).click();
      await tab.page.waitForURL(new RegExp(uuid));
      const sides = tab.page.getByRole('table', { name: 'original and twin side by side' });
      await sides.getByRole('row', { name: /^admin_state_up true true equal/ }).waitFor();
      await sides.getByRole('row', { name: new RegExp(`^id .*${twin ?? ''}`) }).waitFor();
      const history = tab.page.getByRole('list', { name: /^what happened/ });
      await history.getByText(`The twin is ${twin ?? ''}, created`).waitFor();
      expect(await history.getByRole('listitem').count()).toBe(
        (await api.ask('mapping-events', { path: { uuid } })).length,
      );
      await looksRight('resource');
      await tab.page.getByText('What is not equal').click();
      await sides.getByRole('row', { name: /^admin_state_up/ }).waitFor({ state: 'detached' });
    });
  });

  describe('on the screen Audit', () => {
    it('is who did what and why, the newest first', async () => {
      await goTo('Audit');
      await row(/ ann Started: the window of tonight PlanStarted /).waitFor();
      const order = await tab.page.getByRole('grid', { name: 'events' }).getByRole('row').allInnerTexts();
      const places = ['PlanStarted', 'PlanApproved', 'PlanRequested', 'ScanRequested'].map((type) =>
        order.findIndex((text) => text.includes(type)),
      );
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places).not.toContain(-1);
      expect(order.some((text) => text.includes('StepDispatched'))).toBe(false);
      await looksRight('audit');
    });

    it('hears of what is done now', async () => {
      await api.ask('limits.change', { body: { bandwidth: 1_000_000, reason: 'people are at work' } });
      await row(/ ann Bandwidth 1000000.*people are at work/).waitFor();
    });

    it('is all of one resource where that is wanted', async () => {
      await tab.page.getByText('Everything', { exact: true }).click();
      await tab.page.getByLabel('event', { exact: true }).selectOption('StepFailed');
      await row(/ create failed: .*no room/).click();
      const event = tab.page.getByRole('complementary', { name: /^event \d+$/ });
      await event.getByText(requestId).first().waitFor();
      await looksRight('audit-event');
      await event.getByRole('button', { name: /^Only of this subnet/ }).click();
      await tab.page.getByLabel('event', { exact: true }).selectOption('');
      await row(/ StepStarted subnet /).waitFor();
      expect(await row(/ subnet /).count()).toBe((await tab.page.getByRole('row').count()) - 1);
    });

    it('is nothing of the time before anything was done', async () => {
      await goTo('Audit');
      await tab.page.getByRole('textbox', { name: 'until' }).fill('2001-01-01T00:00');
      await tab.page.getByRole('heading', { name: 'Nothing fits' }).waitFor();
      await tab.page.getByRole('textbox', { name: 'until' }).fill('');
      await tab.page.getByRole('textbox', { name: 'from' }).fill('2001-01-01T00:00');
      await row(/ PlanStarted /).waitFor();
    });

    it('leaves the page as a file whose chain can be followed', async () => {
      const file = await download(async () => {
        await button('Export').click();
        await tab.page.getByRole('menuitem', { name: /^All of the log/ }).click();
      });
      const { position } = await api.ask('registry.position');
      expect(await desk.says('events', 'verify', file)).toContain(`as they were written, up to position ${position}`);
      expect(tab.faults).toEqual([]);
    });
  });
});
