import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';

const screens = ['Clouds', 'Inventory', 'Plans', 'Run', 'Resources', 'Fidelity', 'Audit', 'Clean-up'];

describe('the page of an all-in-one that has done nothing yet', () => {
  let desk: Desk;
  let browser: Browser;
  let token: string;

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk(), openBrowser()]);
    token = await desk.token('ann', 'view');
  });
  afterAll(async () => {
    await browser?.close();
    await desk?.close();
  });

  it('asks for a token, says what is wrong with a wrong one, and lets a right one in', async () => {
    const { page, faults, keep, close } = await browser.open(desk.url);
    expect(await seriousViolations(page)).toEqual([]);
    await page.getByLabel('Token').fill('osm_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    await keep('sign-in');
    await page.getByLabel('Token').fill(token);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Clouds' }).waitFor();
    expect(faults.filter((fault) => !fault.includes('401'))).toEqual([]);
    await close();
  });

  it.each(screens)('says on the screen %s what to do first, and shuts nobody out', async (name) => {
    const { page, faults, keep, close } = await browser.open(desk.url, token);
    await page.getByRole('navigation').getByRole('link', { name }).click();
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await settled(page);
    expect(await seriousViolations(page)).toEqual([]);
    await keep(`empty-${name.toLowerCase()}`);
    expect(faults).toEqual([]);
    await close();
  });
});
