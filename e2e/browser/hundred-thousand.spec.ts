import { inventorySubject, planSubject, type DomainEvent, type PlanStep } from '@osm/contracts';
import { appendEvents } from '@osm/event-log';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { systemClock, systemIds } from '@osm/platform';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBrowser, settled, type Browser, type Tab } from './open-browser.ts';
import { openDesk, type Desk } from './open-desk.ts';
import { seriousViolations } from './serious-violations.ts';
import { apiOf, until } from './through-api.ts';

const many = 100_000;
/** More than a screen shows, and far less than there are. */
const fewRows = 100;
const planId = 'd0000000-0000-4000-8000-000000000001';

const nameOf = (at: number): string => `net-${String(at).padStart(6, '0')}`;

const observed = (at: number): DomainEvent => ({
  type: 'ResourceObserved',
  data: {
    ...{ scanId: 's1', name: nameOf(at), projectId: `project-${at % 40}`, fingerprint: `f${at}` },
    ...{ needs: [], parents: [], links: [], unknown: [] },
    attributes: { name: nameOf(at) },
  },
});

const stepOf = (at: number): PlanStep => ({
  ...{ id: `network/${nameOf(at)}/create`, ref: { type: 'network', id: nameOf(at) }, name: nameOf(at) },
  ...{ step: 'create', service: 'network', always: false },
  needs: at % 10 === 0 ? [] : [`network/${nameOf(at - 1)}/create`],
});

const planned = (): readonly DomainEvent[] => {
  const size = 1000;
  const sections = Array.from({ length: many / size }, (_, index): DomainEvent => {
    const steps = Array.from({ length: size }, (_, at) => stepOf(index * size + at));
    return { type: 'PlanSectionDrafted', data: { index, steps } };
  });
  const route = { source: 'old', destination: 'new' };
  return [
    {
      type: 'PlanRequested',
      data: {
        ...{ route, roots: [{ type: 'network', id: nameOf(0) }], include: { needs: true, members: true } },
        ...{ intent: 'migrate', cleanUp: 'never', policy: {}, asOf: 1, by: 'ann' },
      },
    },
    ...sections,
    {
      type: 'PlanDrafted',
      data: { sections: sections.length, steps: many, resources: many, digest: 'd'.repeat(64), findings: [] },
    },
  ];
};

/** Writes what scans of a cloud with so many networks, and the draft of all of them, would have written. */
const fill = async (directory: string): Promise<void> => {
  const { log, close } = await openEmbeddedLog({ directory });
  const recorder = { log, clock: systemClock, ids: systemIds, provenance: { producer: 'spec' } };
  for (let first = 0; first < many; first += 2000) {
    const batch = Array.from({ length: 2000 }, (_, at) => first + at);
    await Promise.all(
      batch.map((at) => {
        const subject = inventorySubject('old', { type: 'network', id: nameOf(at) });
        return appendEvents(recorder, subject, 0, [observed(at)]);
      }),
    );
  }
  await appendEvents(recorder, planSubject(planId), 0, planned());
  await close();
};

describe(`the page with ${many.toLocaleString('en')} rows`, () => {
  let desk: Desk;
  let browser: Browser;
  let tab: Tab;

  const rows = () => tab.page.getByRole('grid').getByRole('row');

  beforeAll(async () => {
    [desk, browser] = await Promise.all([openDesk({ fill }), openBrowser()]);
    const token = await desk.token('ann', 'view');
    const api = apiOf(desk, token);
    await until(async () => (await api.ask('registry.plan-page')).items[0]?.status === 'drafted');
    tab = await browser.open(`${desk.url}/inventory`, token);
  });
  afterAll(async () => {
    await tab?.close();
    await browser?.close();
    await desk?.close();
  });

  it('has few of them in the page, and says how many there are', async () => {
    await tab.page.getByText('of 100,000').waitFor();
    await tab.page.getByRole('row', { name: /net-000000/ }).waitFor();
    expect(await rows().count()).toBeLessThan(fewRows);
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('many-inventory');
  });

  it('fetches on as one goes down by keys, and has no more of them in the page for that', async () => {
    await tab.page.getByRole('row', { name: /net-000000/ }).focus();
    for (let rowsThere = 500; rowsThere <= 10_000; rowsThere += 500) {
      await tab.page.getByText(`${rowsThere.toLocaleString('en')} of 100,000`).waitFor();
      await tab.page.keyboard.press('End');
    }
    await tab.page.getByRole('row', { name: /net-009999/ }).waitFor();
    expect(await rows().count()).toBeLessThan(fewRows);
    await tab.page.keyboard.press('Home');
    await tab.page.getByRole('row', { name: /net-000000/ }).waitFor();
  });

  it('finds the last one by its name', async () => {
    await tab.page.getByRole('searchbox').fill('net-099999');
    await tab.page.getByRole('row', { name: /net-099999/ }).waitFor();
  });

  it('tells what people did, though the log is long, and what was recorded, from its end on', async () => {
    await tab.page.goto(`${desk.url}/audit`);
    await tab.page.getByRole('row', { name: /ann A plan to migrate 1 resource was asked for/ }).waitFor();
    await tab.page.getByText('Everything', { exact: true }).click();
    await tab.page.getByRole('row', { name: /Drafted: 100000 steps/ }).waitFor();
    await tab.page.getByRole('row', { name: /TokenCreated/ }).focus();
    await tab.page.keyboard.press('End');
    await tab.page
      .getByRole('row', { name: /Seen, or seen changed: net-099/ })
      .last()
      .waitFor();
    expect(await rows().count()).toBeLessThan(fewRows);
    await tab.keep('many-audit');
  });

  it('draws a part of a plan of so many steps, says so, and has all of them in the table', async () => {
    await tab.page.goto(`${desk.url}/plans/${planId}`);
    await tab.page.getByText('150 of 100,000 resources are drawn, out of the first 1,000.').waitFor();
    await tab.page.getByText('of 100,000', { exact: false }).last().waitFor();
    await settled(tab.page);
    expect(await rows().count()).toBeLessThan(fewRows);
    await tab.page.getByRole('searchbox').fill('net-099999');
    await tab.page.getByRole('row', { name: /create network net-099999/ }).waitFor();
    expect(await seriousViolations(tab.page)).toEqual([]);
    await tab.keep('many-plan');
    expect(tab.faults).toEqual([]);
  });
});
