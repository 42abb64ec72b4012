import { inventorySubject, migrationSubject, type DomainEvent, type RecordedEvent } from '@osm/contracts';
import { ApiProblem, openApi, type Api } from '@osm/api-client';
import { until } from '@osm/testing/ports';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGateway, type GatewayFixture } from '../gateway.fixture.ts';

const route = { source: 'old', destination: 'new' };
const web = { type: 'network', id: 'n1' };

const observed = (name: string, projectId: string | null, attributes: object = {}): DomainEvent => ({
  type: 'ResourceObserved',
  data: {
    ...{ scanId: 's1', name, projectId, attributes: { name, ...attributes }, fingerprint: name },
    ...{ needs: [], parents: [], links: [], unknown: [] },
  },
});
const external = (destinationId: string): DomainEvent => ({
  type: 'ExternalTwinRegistered',
  data: { destinationId, by: 'ann', reason: 'by hand' },
});
const verified: DomainEvent = {
  type: 'TwinVerified',
  data: {
    ...{ planId: 'p0', destinationId: 't1', equal: ['mtu', 'name'] },
    others: [{ attribute: 'id', verdict: 'impossible', reason: 'clouds make it', source: 'n1', destination: 't1' }],
  },
};

let gateway: GatewayFixture;
let api: Api;
let url: string;
const apiOf = (token: string): Api => openApi({ url, token: () => token });

const seen = (type: string, id: string, ...events: readonly DomainEvent[]) =>
  gateway.ports.tell(inventorySubject('old', { type, id }), ...events);

beforeAll(async () => {
  gateway = await openGateway({ dashboard: undefined });
  const { port } = gateway.running.app.getHttpServer().address() as AddressInfo;
  url = `http://127.0.0.1:${port}`;
  api = apiOf(await gateway.token('eve', 'view', 'plan', 'execute', 'admin'));
  await seen('domain', 'd1', observed('acme', null, { id: 'd1', description: '', enabled: true }));
  await seen('project', 'p1', observed('shop', null, { domain_id: 'd1' }));
  await seen('network', 'n1', observed('Web', 'p1', { mtu: 1450, gateway: '10.9.8.7' }));
  await seen('network', 'n2', observed('db', 'p1', { mtu: 9000 }));
  await gateway.ports.tell(migrationSubject(route, web), external('t1'), verified);
  await api.ask('registry.position', { query: { atLeast: await gateway.ports.ports.log.head() } });
});
afterAll(() => gateway.close());

const problem = async (asking: Promise<unknown>): Promise<ApiProblem> => {
  const caught = await asking.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (caught instanceof ApiProblem) return caught;
  throw new TypeError('it was not refused');
};

describe('what is asked of the inventory', () => {
  const idsOf = async (query: object) =>
    (await api.ask('registry.inventory-page', { query })).items.map(({ source_id: id }) => id);

  it('is found by a part of a name, of an id or of an address, in any case', async () => {
    expect(await idsOf({ q: 'WE' })).toEqual(['n1']);
    expect(await idsOf({ q: '9.8.' })).toEqual(['n1']);
    expect(await idsOf({ q: 'n2' })).toEqual(['n2']);
    expect(await idsOf({ type: 'network' })).toEqual(['n1', 'n2']);
    expect(await idsOf({ project: 'p1', vanished: false })).toEqual(['n1', 'n2']);
    expect(await idsOf({ vanished: true })).toEqual([]);
  });

  it('tells how far the migration has come, and for one resource its attributes', async () => {
    const path = { cloud: 'old', type: 'network', id: 'n1' };
    expect(await api.ask('registry.resource', { path })).toMatchObject({
      name: 'Web',
      mapping: { status: 'completed', destination_id: 't1' },
      attributes: { mtu: 1450 },
    });
    expect(await api.ask('registry.resource', { path: { ...path, id: 'n2' } })).toMatchObject({ mapping: null });
  });

  it('is summed up by domain, project and type', async () => {
    expect(await api.ask('registry.inventory-summary')).toContainEqual({
      ...{ domain_id: 'd1', domain_name: 'acme', project_id: 'p1', project_name: 'shop' },
      ...{ resource_type: 'network', present: 2, vanished: 0 },
    });
  });
});

describe('a list in pages', () => {
  it('has every row once, also while rows are added', async () => {
    const names = Array.from({ length: 25 }, (_, at) => `r${String(at).padStart(2, '0')}`);
    for (const name of names) await seen('router', name, observed(name, 'p1'));
    await api.ask('registry.position', { query: { atLeast: await gateway.ports.ports.log.head() } });
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await api.ask('registry.inventory-page', {
        query: { type: 'router', limit: 4, ...(after === undefined ? {} : { after }) },
      });
      expect(page.items.length).toBeLessThanOrEqual(4);
      found.push(...page.items.map(({ source_id: id }) => id));
      after = page.next ?? undefined;
      const late = await seen('router', `a${found.length}`, observed(`a${found.length}`, 'p1'));
      await api.ask('registry.position', { query: { atLeast: late } });
    } while (after !== undefined);
    expect(found).toEqual(names);
  });

  it('goes on after nothing but its own cursors', async () => {
    for (const after of ['x', 'WyJhIl0', 'bnVsbA']) {
      const refused = await problem(api.ask('registry.inventory-page', { query: { after } }));
      expect(refused).toMatchObject({ status: 400, code: 'bad-cursor', remedy: expect.stringContaining('next') });
    }
    expect(await problem(api.ask('registry.mapping-page', { query: { limit: 1001 } }))).toMatchObject({ status: 400 });
  });
});

describe('a record', () => {
  it('is listed, told with its events, and shown side by side', async () => {
    const { items } = await api.ask('registry.mapping-page', { query: { q: 'web' } });
    expect(items).toMatchObject([{ source_id: 'n1', destination_id: 't1', external: true, status: 'completed' }]);
    const path = { uuid: items[0]?.uuid ?? '' };
    expect(await api.ask('registry.mapping', { path })).toEqual(items[0]);
    const events = await api.ask('mapping-events', { path });
    expect(events.map(({ type }) => type)).toEqual(['ExternalTwinRegistered', 'TwinVerified']);
    const { attributes } = await api.ask('registry.sides', { path });
    expect(attributes).toContainEqual({
      ...{ attribute: 'mtu', verdict: 'equal', reason: null, source: 1450, destination: 1450 },
    });
    expect(attributes).toContainEqual({
      ...{ attribute: 'id', verdict: 'impossible', reason: 'clouds make it', source: 'n1', destination: 't1' },
    });
    expect(attributes).toContainEqual({ attribute: 'gateway', verdict: null, reason: null, source: '10.9.8.7' });
  });

  it('that there is not is a problem with a remedy', async () => {
    expect(await problem(api.ask('registry.mapping', { path: { uuid: 'nope' } }))).toMatchObject({
      ...{ status: 404, code: 'no-such-mapping', remedy: expect.stringContaining('list of mappings') },
    });
  });

  it('is registered, forgotten and recalled in the name of the token', async () => {
    const ref = { type: 'network', id: 'n2' };
    const body = { ref, destinationId: 't2', check: false, reason: 'made by hand' };
    await api.ask('migration.register', { body });
    await api.ask('migration.forget', { body: { ref, reason: 'a mistake' } });
    const { position } = await api.ask('migration.recall', { body: { ref } });
    const told = await gateway.ports.told(migrationSubject(route, ref));
    expect(told.map(({ type, data }) => [type, 'by' in data ? data.by : undefined])).toEqual([
      ['ExternalTwinRegistered', 'eve'],
      ['MigrationForgotten', 'eve'],
      ['MigrationRecalled', 'eve'],
    ]);
    const { items } = await api.ask('registry.mapping-page', { query: { q: 't2', atLeast: position } });
    expect(items).toMatchObject([{ source_id: 'n2', archived: false }]);
  });
});

describe('the fidelity report', () => {
  it('is told attribute by attribute in pages, by verdict, and summed up', async () => {
    const first = await api.ask('registry.fidelity-page', { query: { project: 'p1', limit: 2 } });
    expect(first.items.map(({ attribute }) => attribute)).toEqual(['id', 'mtu']);
    const rest = await api.ask('registry.fidelity-page', { query: { after: first.next ?? '', limit: 2 } });
    expect(rest).toMatchObject({ items: [{ attribute: 'name', verdict: 'equal' }], next: null });
    const impossible = await api.ask('registry.fidelity-page', { query: { verdict: 'impossible' } });
    expect(impossible.items.map(({ attribute }) => attribute)).toEqual(['id']);
    expect(await api.ask('registry.fidelity-summary')).toEqual([
      {
        ...{ project_id: 'p1', project_name: 'shop', resource_type: 'network', resources: 1 },
        ...{ equal: 2, mapped: 0, lost: 0, impossible: 1, unknown: 0 },
      },
    ]);
  });
});

describe('a plan', () => {
  it('is drafted, looked at step by step, approved as it was looked at, and cancelled', async () => {
    const request = { roots: [{ type: 'domain', id: 'd1' }], include: { needs: false, members: false } };
    const { planId } = await api.ask('planner.draft', { body: { request } });
    const path = { planId };
    const draft = async () => (await api.ask('registry.plan-page', {})).items.find((plan) => plan.plan_id === planId);
    await until('it is drafted', async () => !['requested', undefined].includes((await draft())?.status));
    const plan = await api.ask('registry.plan-summary', { path });
    expect(plan).toMatchObject({
      status: 'drafted',
      requested_by: 'eve',
      steps: expect.toSatisfy((steps) => steps > 0),
    });
    const { items } = await api.ask('registry.step-page', { path, query: { status: 'waiting' } });
    expect(items).toHaveLength(plan.steps);
    const wrong = await problem(api.ask('planner.approve', { path, body: { digest: 'of another' } }));
    expect(wrong).toMatchObject({ status: 409, remedy: expect.stringMatching(/\w/) });
    await api.ask('planner.approve', { path, body: { digest: plan.digest ?? '' } });
    expect(await problem(api.ask('planner.retry', { path, body: { reason: 'why not' } }))).toMatchObject({
      ...{ status: expect.toSatisfy((status) => [409, 422].includes(status)), remedy: expect.stringMatching(/\w/) },
    });
    const [step] = items;
    const one = { path: { planId, stepId: step?.step_id ?? '' }, body: { reason: 'done by hand' } };
    expect(step?.step_id).toContain('/');
    expect(await problem(api.ask('planner.skip-step', one))).toMatchObject({ status: 409, code: 'wrong-status' });
    expect(await problem(api.ask('planner.retry-step', one))).toMatchObject({ status: 409, code: 'wrong-status' });
    const alone = await problem(api.ask('planner.second', { path, body: { digest: plan.digest ?? '' } }));
    expect(alone).toMatchObject({ code: 'no-second-needed', remedy: expect.stringMatching(/\w/) });
    const { position } = await api.ask('planner.cancel', { path, body: { reason: 'only a test' } });
    expect(await api.ask('registry.plan-summary', { path, query: { atLeast: position } })).toMatchObject({
      status: 'cancelled',
    });
  });

  it('takes only choices that there are', async () => {
    const body = { request: { roots: [], policy: { preserve_idz: true } } };
    expect(await problem(api.ask('planner.draft', { body }))).toMatchObject({
      ...{ code: 'bad-policy', message: expect.stringContaining('preserve_idz') },
    });
  });
});

describe('the limits', () => {
  it('are changed by whoever may, and tell who did', async () => {
    await api.ask('limits.change', { body: { bandwidth: 5_000_000, reason: 'office hours' } });
    expect(await api.ask('limits')).toMatchObject({
      bandwidth: { limit: 5_000_000, by: 'eve', reason: 'office hours' },
      transfers: { limit: 'configured', by: null },
    });
    expect(await problem(api.ask('limits.change', { body: { bandwidth: -1 } }))).toMatchObject({ status: 400 });
  });
});

describe('the events', () => {
  it('are told in pages that leave nothing out', async () => {
    const found: number[] = [];
    let after = 0;
    for (;;) {
      const page = await api.ask('events', { query: { after, limit: 7 } });
      found.push(...page.items.map(({ position }) => position));
      if (page.next === null) break;
      after = page.next;
    }
    const all: RecordedEvent[] = await Array.fromAsync(gateway.ports.ports.log.read());
    expect(found).toEqual(all.map(({ position }) => position));
    const { items } = await api.ask('events', { query: { subject: 'osm.evt.limits' } });
    expect(items.map(({ type }) => type)).toEqual(['LimitsChanged']);
    expect(await problem(api.ask('events', { query: { subject: 'osm.req.>' } }))).toMatchObject({ status: 400 });
  });

  it('are streamed as they happen, and resumed after the last one: none is lost, none comes twice', async () => {
    const { log } = gateway.ports.ports;
    const begin = await log.head();
    const got: number[] = [];
    const listen = async (after: number, count: number, query: object = {}): Promise<void> => {
      const ending = new AbortController();
      for await (const { id, data } of api.events({ query: { after, ...query }, signal: ending.signal })) {
        expect(id).toBe(String(data.position));
        got.push(data.position);
        if (got.length === count) break;
      }
    };
    const first = listen(begin, 3);
    for (const name of ['one', 'two', 'three', 'four', 'five']) await seen('router', `s-${name}`, observed(name, null));
    await first;
    await listen(got.at(-1) ?? 0, 5);
    const since = await Array.fromAsync(log.read({ after: begin }));
    expect(got).toEqual(since.map(({ position }) => position));
  });

  it('are refused to whoever may not look', async () => {
    const blind = apiOf(await gateway.token('blind', 'cleanup'));
    const reading = async () => {
      for await (const _ of blind.events({ signal: new AbortController().signal })) break;
    };
    expect(await problem(reading())).toMatchObject({ status: 403, code: 'forbidden' });
  });
});

describe('a stream whose token is taken back', () => {
  it('ends within a second or so of what happens next, and is refused when it comes again', async () => {
    const token = await gateway.token('leaver', 'view');
    const ending = new AbortController();
    const hearing = (async () => {
      for await (const _ of apiOf(token).events({ signal: ending.signal }));
    })();
    const refused = expect(hearing).rejects.toMatchObject({ status: 401 });
    await gateway.book.revoke('leaver', 'ann');
    const talking = setInterval(() => void gateway.token(`talk-${performance.now()}`, 'view'), 300);
    await refused;
    clearInterval(talking);
    ending.abort();
  });
});

describe('telemetry', () => {
  const step = { planId: 'p7', stepId: 'image/i1/transfer' };

  it('tells what moves and waits now, and what changes', async () => {
    const { telemetry } = gateway.ports.ports;
    telemetry.moved({ ...step, bytes: 10, total: 100 });
    expect(await api.ask('telemetry')).toMatchObject([{ plan_id: 'p7', state: 'moving', bytes: 10, total: 100 }]);
    const ending = new AbortController();
    const told: string[] = [];
    for await (const { type, data } of api.telemetry({ signal: ending.signal })) {
      told.push(`${type} ${data.step_id} ${String(data.bytes)}`);
      if (told.length === 1) telemetry.moved({ ...step, bytes: 60, total: 100 });
      if (told.length === 2) telemetry.ended({ ...step, again: undefined });
      if (told.length === 3) break;
    }
    const id = step.stepId;
    expect(told).toEqual([`moving ${id} 10`, `moving ${id} 60`, `ended ${id} null`]);
    expect(await api.ask('telemetry')).toEqual([]);
  });
});

describe('what the installation is', () => {
  it('is told: the route, its clouds, what it can move', async () => {
    expect(await api.ask('route')).toEqual({ source: 'old', destination: 'new' });
    expect(await api.ask('registry.clouds')).toEqual([
      { cloud: 'old', role: 'source', scan: null },
      { cloud: 'new', role: 'destination', scan: null },
    ]);
    const capabilities = await api.ask('capabilities');
    expect(capabilities.map(({ resource_type: type }) => type)).toEqual([...gateway.ports.ports.handlers.keys()]);
  });

  it('rebuilds its registry to the same rows', async () => {
    expect(await api.ask('registry.rebuild')).toMatchObject({ equal: true });
  });
});
