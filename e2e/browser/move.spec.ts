import { findLeftovers } from '@osm/testing/tenant';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { givenTenant, policy, type Given } from '../journeys/given-tenant.ts';
import { atThePage } from './at-the-page.ts';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { apiOf } from './through-api.ts';

describe('a person at the page', () => {
  let given: Given;
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;
  let person: ReturnType<typeof atThePage>;

  const looksRight = async (name: string): Promise<void> => {
    await settled(tab.page);
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep(`move-${name}`);
  };

  beforeAll(async () => {
    given = await givenTenant('fake');
    [desk, browser] = await Promise.all([openDesk({ clouds: given.clouds, settings: { ...policy } }), openBrowser()]);
    const token = await desk.token('ann', 'view', 'plan', 'execute', 'cleanup');
    const api = apiOf(desk, token);
    for (const { ref, destinationId } of given.registered) {
      const body = { ref, destinationId, reason: 'the world outside' };
      await api.ask('migration.register', { body });
    }
    tab = await browser.open(desk.url, token);
    person = atThePage(tab);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  it('has both clouds scanned, and sees when it is done', async () => {
    for (const cloud of [given.clouds.route.source, given.clouds.route.destination]) {
      const panel = tab.page.getByRole('region', { name: cloud, exact: true });
      await panel.getByRole('button', { name: 'Scan' }).click();
      await panel.getByText('scanned').waitFor();
    }
    await looksRight('clouds');
  });

  it('finds the tenant, and has a plan drafted for all of it', async () => {
    await person.goTo('Inventory');
    await tab.page.getByRole('searchbox').fill(given.prefix);
    const domain = tab.page.getByRole('row').filter({ hasText: 'domain' }).filter({ hasText: given.prefix });
    await domain.getByRole('checkbox').check();
    await looksRight('inventory');
    await person.press('Draft a plan');
    await person.confirm('Draft');
    await person.planDrafted();
    await looksRight('plan');
  });

  it('approves it, starts it, and watches it move until the tenant has arrived', async () => {
    await person.approveAndStart();
    await tab.page.getByRole('region', { name: /^Succeeded [1-9]/ }).waitFor();
    await tab.keep('move-running');
    await person.planEnded(0);
    await looksRight('done');
  });

  it('reads what was lost on the way', async () => {
    await person.goTo('Fidelity');
    await looksRight('fidelity');
  });

  it('cleans the source, and nothing of ours is left anywhere', async () => {
    await person.goTo('Clean-up');
    await tab.page.getByRole('row').filter({ hasText: 'may go' }).first().waitFor();
    await looksRight('clean-up');
    await person.press('Draft their removal');
    await person.confirm('Draft');
    await person.planDrafted();
    await looksRight('removal');
    await person.approveAndStart();
    await person.planEnded(0);
    await looksRight('removed');
    for (const { admin } of [given.clouds.source, given.clouds.destination]) {
      expect(await findLeftovers(admin)).toEqual([]);
    }
    expect(tab.faults).toEqual([]);
  });
});
