import type { Api, Plan } from '@osm/api-client';
import { until } from '@osm/testing/ports';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openOverHttp, refusal, type OverHttp } from './over-http.fixture.ts';

const alone = { needs: false, members: false };
const whole = { needs: false, members: true };
const isDone = ({ status }: Plan): boolean => status === 'completed';
const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE proof';
const noRoom = { status: 400, body: { NeutronError: { type: 'BadRequest', message: 'no room', detail: '' } } };

/** Whoever asks stands still here until they are let go on. */
const barrier = () => {
  const { promise: open, resolve: letGo } = Promise.withResolvers<void>();
  let waiting = 0;
  const stop = (): Promise<void> => {
    waiting += 1;
    return open;
  };
  return { stop, letGo: () => letGo(), isMet: () => waiting > 0 };
};

describe('two clouds and nothing but the API between them', { timeout: 60_000 }, () => {
  let over: OverHttp;
  /** May plan and run; may not delete. */
  let ann: Api;
  /** May run and delete. */
  let cleo: Api;

  beforeAll(async () => {
    over = await openOverHttp();
    ann = await over.as('ann', 'view', 'plan', 'execute');
    cleo = await over.as('cleo', 'view', 'execute', 'cleanup');
  });
  afterEach(() => over.clouds.destination.fake?.faults.clear());
  afterAll(() => over.close());

  const network = (name: string) => over.make(over.clouds.source, 'network', { name });
  const subnet = (name: string, network_id: string) =>
    over.make(over.clouds.source, 'subnet', { name, network_id, cidr: '10.9.0.0/24', ip_version: 4 });
  const arrived = (kind: string, prefix: string) => over.names(over.clouds.destination, kind, prefix);
  const left = (kind: string, prefix: string) => over.names(over.clouds.source, kind, prefix);
  const fault = (action: Parameters<NonNullable<OverHttp['clouds']['source']['fake']>['faults']['add']>[0]) =>
    over.clouds.destination.fake?.faults.add(action);
  const eventsOf = async (plan: string) => (await ann.ask('events', { query: { plan, limit: 1000 } })).items;
  const words = async (plan: string, type: string) =>
    (await eventsOf(plan)).filter((event) => event.type === type).map(({ data }) => [data['by'], data['reason']]);

  it('what a migration would hit is told before anything is written', async () => {
    const { source, destination } = over.clouds;
    const ends = [source.fake, destination.fake].flatMap((fake) => fake ?? []);
    const since = ends.map(({ ledger }) => ledger.next());
    const findings = await ann.ask('doctor');
    expect(findings.map(({ code, cloud }) => `${code} ${String(cloud)}`)).toEqual(
      expect.arrayContaining(['reachable old', 'reachable new', 'not-scanned old']),
    );
    const rank = ['error', 'warning', 'note', 'ok'];
    const order = findings.map(({ severity }) => rank.indexOf(severity));
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    const written = ends.flatMap(({ ledger }, at) => ledger.writes(since[at]).map(({ path }) => path));
    expect(written.filter((path) => !path.endsWith('/auth/tokens'))).toEqual([]);
  });

  it('a plan is drafted, approved by its digest, run to its end, and every word of it has its speaker', async () => {
    const id = await network('move-net');
    await subnet('move-sub', id);
    const plan = await over.draft(ann, { roots: [{ type: 'network', id }], include: whole });
    expect(plan).toMatchObject({ status: 'drafted', intent: 'migrate', clean_up: 'never', requested_by: 'ann' });
    const path = { planId: plan.plan_id };
    const early = await refusal(ann.ask('planner.start', { path, body: {} }));
    expect(early).toMatchObject({ status: 409, remedy: expect.stringMatching(/\w/) });
    const wrong = await refusal(ann.ask('planner.approve', { path, body: { digest: 'of another' } }));
    expect(wrong).toMatchObject({ status: 409, code: 'stale-digest', remedy: expect.stringMatching(/\w/) });
    expect(await arrived('network', 'move-')).toEqual([]);
    await ann.ask('planner.approve', { path, body: { digest: plan.digest ?? '', reason: 'looked at' } });
    await cleo.ask('planner.start', { path, body: { reason: 'it is night' } });
    const done = await over.planThat(ann, plan.plan_id, isDone);
    expect(done).toMatchObject({ succeeded: done.steps, failed: 0, skipped: 0, approved_by: 'ann' });
    const steps = await ann.ask('registry.step-page', { path, query: { limit: 1, status: 'succeeded' } });
    expect(steps).toMatchObject({ items: [{ status: 'succeeded' }], total: done.steps });
    expect([await arrived('network', 'move-'), await arrived('subnet', 'move-')]).toEqual([['move-net'], ['move-sub']]);
    expect(await words(plan.plan_id, 'PlanRequested')).toEqual([['ann', 'a move']]);
    expect(await words(plan.plan_id, 'PlanApproved')).toEqual([['ann', 'looked at']]);
    expect(await words(plan.plan_id, 'PlanStarted')).toEqual([['cleo', 'it is night']]);
    const { items } = await ann.ask('registry.mapping-page', { query: { q: 'move-net' } });
    expect(items).toMatchObject([{ source_id: id, status: 'completed', how: 'created', plan_id: plan.plan_id }]);
    const sides = await ann.ask('registry.sides', { path: { uuid: items[0]?.uuid ?? '' } });
    expect(sides.attributes).toContainEqual(expect.objectContaining({ attribute: 'name', verdict: 'equal' }));
  });

  it('a plan stands still while it is paused, and goes on', async () => {
    const id = await network('pause-net');
    await subnet('pause-sub', id);
    const { stop, letGo, isMet } = barrier();
    fault({ service: 'network', method: 'POST', path: /networks$/, action: { before: stop } });
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id }], include: whole });
    const path = { planId };
    await until('the network is asked for', isMet);
    await cleo.ask('planner.pause', { path, body: { reason: 'somebody rang' } });
    letGo();
    await over.planThat(ann, planId, ({ status, succeeded }) => status === 'paused' && succeeded > 0);
    expect([await arrived('network', 'pause-'), await arrived('subnet', 'pause-')]).toEqual([['pause-net'], []]);
    await ann.ask('planner.resume', { path, body: { reason: 'it was nothing' } });
    await over.planThat(ann, planId, isDone);
    expect(await arrived('subnet', 'pause-')).toEqual(['pause-sub']);
    expect(await words(planId, 'PlanPaused')).toEqual([['cleo', 'somebody rang']]);
    expect(await words(planId, 'PlanResumed')).toEqual([['ann', 'it was nothing']]);
  });

  it('a plan is cancelled in the middle, and begins nothing more', async () => {
    const id = await network('cancel-net');
    await subnet('cancel-sub', id);
    const { stop, letGo, isMet } = barrier();
    fault({ service: 'network', method: 'POST', path: /networks$/, action: { before: stop } });
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id }], include: whole });
    await until('the network is asked for', isMet);
    await ann.ask('planner.cancel', { path: { planId }, body: { reason: 'another night' } });
    letGo();
    await over.planThat(ann, planId, ({ status }) => status === 'cancelled');
    expect(await arrived('subnet', 'cancel-')).toEqual([]);
    expect(await words(planId, 'PlanCancelling')).toEqual([['ann', 'another night']]);
  });

  it('a step that failed is tried again, or done without', async () => {
    const id = await network('step-net');
    const inner = await subnet('step-sub', id);
    fault({ service: 'network', method: 'POST', path: /subnets$/, action: noRoom });
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id }], include: whole });
    await over.planThat(ann, planId, isDone);
    const stepId = `subnet/${inner}/create`;
    const one = { path: { planId, stepId }, body: { reason: 'made by hand' } };
    const failed = await ann.ask('registry.step-page', { path: { planId }, query: { status: 'failed' } });
    expect(failed.items).toMatchObject([{ step_id: stepId, failure: { http: { status: 400 } } }]);

    const { position: skipped } = await cleo.ask('planner.skip-step', one);
    const query = { atLeast: skipped };
    expect(await ann.ask('registry.plan-summary', { path: { planId }, query })).toMatchObject({ failed: 0 });
    const { items } = await ann.ask('registry.step-page', { path: { planId }, query: { q: stepId } });
    expect(items).toMatchObject([{ status: 'skipped', skipped_by: 'cleo', skip_reason: 'made by hand' }]);
    expect(await words(planId, 'StepSkipRequested')).toEqual([['cleo', 'made by hand']]);

    over.clouds.destination.fake?.faults.clear();
    await ann.ask('planner.retry-step', { ...one, body: { reason: 'there is room' } });
    const done = await over.planThat(ann, planId, (plan) => isDone(plan) && plan.succeeded === plan.steps);
    expect(done).toMatchObject({ failed: 0, skipped: 0 });
    expect(await arrived('subnet', 'step-')).toEqual(['step-sub']);
    expect(await words(planId, 'StepRetryRequested')).toEqual([['ann', 'there is room']]);
  });

  it('a plan whose steps failed is tried again as a whole', async () => {
    const id = await network('again-net');
    fault({ service: 'network', method: 'POST', path: /networks$/, action: noRoom });
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id }], include: alone });
    expect(await over.planThat(ann, planId, isDone)).toMatchObject({ failed: 1 });
    over.clouds.destination.fake?.faults.clear();
    await ann.ask('planner.retry', { path: { planId }, body: { reason: 'there is room' } });
    await over.planThat(ann, planId, (plan) => isDone(plan) && plan.failed === 0);
    expect(await arrived('network', 'again-')).toEqual(['again-net']);
  });

  describe('a plan that deletes', () => {
    /** All that lets a plan go on. */
    const goingOn = (api: Api, { plan_id: planId, digest }: Plan): readonly (() => Promise<unknown>)[] => {
      const path = { planId };
      const reason = 'why not';
      const step = { path: { planId, stepId: 'network/n/remove' }, body: { reason } };
      return [
        () => api.ask('planner.approve', { path, body: { digest: digest ?? '' } }),
        () => api.ask('planner.second', { path, body: { digest: digest ?? '' } }),
        () => api.ask('planner.start', { path, body: {} }),
        () => api.ask('planner.resume', { path, body: {} }),
        () => api.ask('planner.retry', { path, body: { reason } }),
        () => api.ask('planner.retry-step', step),
        () => api.ask('planner.skip-step', step),
      ];
    };
    const refusesWhoMayNotDelete = async (plan: Plan): Promise<void> => {
      const before = await eventsOf(plan.plan_id);
      for (const asking of goingOn(ann, plan)) {
        const refused = await refusal(asking());
        expect(refused).toMatchObject({ status: 403, code: 'forbidden', remedy: expect.stringContaining('cleanup') });
      }
      expect(await eventsOf(plan.plan_id)).toEqual(before);
    };
    const go = async (plan: Plan): Promise<Plan> => {
      const path = { planId: plan.plan_id };
      await cleo.ask('planner.approve', { path, body: { digest: plan.digest ?? '' } });
      await cleo.ask('planner.start', { path, body: {} });
      return over.planThat(cleo, plan.plan_id, isDone);
    };

    it('originals at its end is run by nobody whose token may not clean up', async () => {
      const id = await network('end-net');
      const roots = [{ type: 'network', id }];
      const plan = await over.draft(ann, { roots, include: alone, cleanUp: 'after-migration' });
      expect(plan).toMatchObject({ status: 'drafted', intent: 'migrate', clean_up: 'after-migration' });
      await refusesWhoMayNotDelete(plan);
      expect(await go(plan)).toMatchObject({ failed: 0, skipped: 0 });
      expect([await left('network', 'end-'), await arrived('network', 'end-')]).toEqual([[], ['end-net']]);
    });

    it('twins again is run by nobody whose token may not clean up', async () => {
      const id = await network('back-net');
      const { plan_id: of } = await over.run(ann, { roots: [{ type: 'network', id }], include: alone });
      await over.planThat(ann, of, isDone);
      const { planId, position } = await ann.ask('planner.draft-rollback', { path: { planId: of }, body: {} });
      await ann.ask('registry.position', { query: { atLeast: position } });
      const plan = await over.planThat(ann, planId, ({ status }) => status === 'drafted');
      expect(plan).toMatchObject({ intent: 'roll-back' });
      await refusesWhoMayNotDelete(plan);
      expect(await go(plan)).toMatchObject({ failed: 0, skipped: 0 });
      expect([await left('network', 'back-'), await arrived('network', 'back-')]).toEqual([['back-net'], []]);
    });

    it('originals whose twins are whole is run by nobody whose token may not clean up', async () => {
      const id = await network('clean-net');
      const { plan_id: made } = await over.run(ann, { roots: [{ type: 'network', id }], include: alone });
      await over.planThat(ann, made, isDone);
      const body = { type: 'network', sourceId: id, reason: 'it is moved' };
      const { planId, position } = await ann.ask('planner.draft-cleanup', { body });
      await ann.ask('registry.position', { query: { atLeast: position } });
      const plan = await over.planThat(ann, planId, ({ status }) => status === 'drafted');
      expect(plan).toMatchObject({ intent: 'remove' });
      await refusesWhoMayNotDelete(plan);
      expect(await go(plan)).toMatchObject({ failed: 0, skipped: 0 });
      expect([await left('network', 'clean-'), await arrived('network', 'clean-')]).toEqual([[], ['clean-net']]);
      expect(await refusal(ann.ask('planner.draft-cleanup', { body }))).toMatchObject({ code: 'nothing-to-remove' });
    });

    it('may be stopped by whoever may run plans', async () => {
      const roots = [{ type: 'network', id: await network('stop-net') }];
      const plan = await over.draft(ann, { roots, include: alone, cleanUp: 'after-migration' });
      const path = { planId: plan.plan_id };
      await ann.ask('planner.cancel', { path, body: { reason: 'not this one' } });
      await over.planThat(ann, plan.plan_id, ({ status }) => status === 'cancelled');
      expect(await left('network', 'stop-')).toEqual(['stop-net']);
    });
  });

  it('an outside twin is registered when both are there, and is never made', async () => {
    const id = await network('out-net');
    const destinationId = await over.make(over.clouds.destination, 'network', { name: 'out-by-hand' });
    const body = { ref: { type: 'network', id }, reason: 'there before us' };
    const absent = { ...body, destinationId: '00000000-0000-4000-8000-000000000000' };
    expect(await refusal(ann.ask('migration.register', { body: absent }))).toMatchObject({ code: 'no-such-resource' });
    await ann.ask('migration.register', { body: { ...body, destinationId } });
    const plan = await over.run(ann, { roots: [{ type: 'network', id }], include: alone });
    expect(await over.planThat(ann, plan.plan_id, isDone)).toMatchObject({ failed: 0 });
    expect(await arrived('network', 'out-')).toEqual(['out-by-hand']);
    const { items } = await ann.ask('registry.mapping-page', { query: { q: id } });
    expect(items).toMatchObject([{ external: true, destination_id: destinationId }]);
    const only = { type: 'network', sourceId: id };
    expect(await refusal(ann.ask('planner.draft-cleanup', { body: only }))).toMatchObject({
      code: 'nothing-to-remove',
    });
  });

  it('a list of outside twins is registered as far as it is right, and told what is not', async () => {
    const [one, two] = [await network('many-one'), await network('many-two')];
    await over.scan(ann);
    const make = (name: string) => over.make(over.clouds.destination, 'network', { name });
    const [first, other] = [await make('many-first'), await make('many-other')];
    const absent = '00000000-0000-4000-8000-000000000000';
    const ofType = (id: string, destinationId: string, type = 'network') => ({ ref: { type, id }, destinationId });
    const mappings = [ofType(one, first), ofType(two, absent), ofType(two, other, 'netwerk')];
    const body = { mappings, reason: 'made by hand in spring' };
    const told = await ann.ask('migration.register-many', { body });
    expect(told).toMatchObject({ registered: 1 });
    expect(told.refused.map(({ ref, failure }) => [ref.id, failure.code]).toSorted()).toEqual(
      [
        [two, 'no-such-resource'],
        [two, 'unknown-type'],
      ].toSorted(),
    );
    const again = { mappings: [ofType(one, first), ofType(two, other), ofType(one, other)], reason: 'now all' };
    const { registered, refused, position } = await ann.ask('migration.register-many', { body: again });
    expect([registered, refused.map(({ failure }) => failure.code)]).toEqual([2, ['second-twin']]);
    const { items } = await ann.ask('registry.mapping-page', { query: { q: 'many-', atLeast: position } });
    expect(items.map(({ source_id: id, destination_id }) => [id, destination_id, items.length])).toEqual([
      [two, other, 2],
      [one, first, 2],
    ]);
    const events = await ann.ask('mapping-events', { path: { uuid: items[1]?.uuid ?? '' } });
    expect(events.map(({ data }) => [data['by'], data['reason']])).toEqual([['ann', 'made by hand in spring']]);
    const tooMany = { mappings: Array.from({ length: 1001 }, () => ofType(one, first)), reason: 'all' };
    expect(await refusal(ann.ask('migration.register-many', { body: tooMany }))).toMatchObject({ status: 400 });
  });

  it('a listener hears all events once, also those of while the gateway was away', async () => {
    const begin = (await ann.ask('events', { query: { limit: 1000 } })).position;
    const ending = new AbortController();
    const heard: number[] = [];
    const troubles: (number | undefined)[] = [];
    const listening = (async () => {
      const following = { query: { after: begin }, signal: ending.signal };
      for await (const { id, data } of ann.events({
        ...following,
        onTrouble: (problem) => troubles.push(problem?.status),
      })) {
        expect(id).toBe(String(data.position));
        heard.push(data.position);
      }
    })();
    const first = await network('sse-one');
    await over.run(ann, { roots: [{ type: 'network', id: first }], include: alone });
    await until('some is heard', () => heard.length > 3);
    await over.restart();
    const second = await network('sse-two');
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id: second }], include: alone });
    await over.planThat(ann, planId, isDone);
    const { position: end } = await ann.ask('registry.position');
    await until('all is heard', () => (heard.at(-1) ?? 0) >= end);
    ending.abort();
    await listening;
    const told: number[] = [];
    for (let after: number | null = begin; after !== null;) {
      const page: Awaited<ReturnType<typeof ann.ask<'events'>>> = await ann.ask('events', {
        query: { after, limit: 1000 },
      });
      told.push(...page.items.map(({ position }) => position));
      after = page.next;
    }
    expect(heard).toEqual(told.slice(0, heard.length));
    expect(troubles).toContain(0);
    expect(await arrived('network', 'sse-')).toEqual(['sse-one', 'sse-two']);
  });

  it('what carries a mark is told with what the log makes of it, and only goes where the log agrees', async () => {
    const id = await network('mark-net');
    const { stop, letGo, isMet } = barrier();
    fault({ service: 'network', method: 'POST', path: /networks$/, action: { after: stop } });
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'network', id }], include: alone });
    await until('the network is made, and nobody has heard of it', isMet);
    const query = { type: 'network' };
    const [made] = (await ann.ask('migration.orphans', { query })).orphans;
    expect(made).toMatchObject({ class: 'crash-window', plans: [planId], in_hand: true, removable: false });
    over.clouds.destination.fake?.faults.clear();
    const description = await over.describes(over.clouds.destination, made?.id ?? '');
    await over.make(over.clouds.destination, 'network', { name: 'mark-copy', description });
    letGo();
    await over.planThat(ann, planId, isDone);
    const copy = { name: 'mark-copy', class: 'unknown', removable: false };
    expect((await ann.ask('migration.orphans', { query })).orphans).toMatchObject([copy]);
    const body = { types: ['network'] };
    expect(await refusal(ann.ask('migration.remove-orphans', { body }))).toMatchObject({ status: 403 });
    const { orphans } = await cleo.ask('migration.remove-orphans', { body });
    expect(orphans).toMatchObject([{ ...copy, removed: false }]);
    expect(await arrived('network', 'mark-')).toEqual(['mark-copy', 'mark-net']);
  });

  it('after the log is lost twins are proven again, shown first, and recorded when that is asked for', async () => {
    const keypair = { name: 'proof-key', public_key: publicKey };
    await over.clouds.source.admin.send('compute', { method: 'POST', path: '/os-keypairs', body: { keypair } });
    await over.scan(ann);
    const seen = await ann.ask('registry.inventory-page', { query: { cloud: 'old', type: 'keypair', q: 'proof-key' } });
    const [{ source_id: id } = { source_id: '' }] = seen.items;
    const { plan_id: planId } = await over.run(ann, { roots: [{ type: 'keypair', id }], include: alone });
    expect(await over.planThat(ann, planId, isDone)).toMatchObject({ failed: 0, succeeded: 1 });
    await over.restart('lost');
    expect(await refusal(ann.ask('route'))).toMatchObject({ status: 401 });
    const gil = await over.as('gil', 'view', 'plan');
    await over.scan(gil);
    const { proven } = await gil.ask('migration.recover', { body: { type: 'keypair' } });
    expect(proven).toMatchObject([{ source_id: id, proof: 'natural-key' }]);
    expect((await gil.ask('registry.mapping-page')).items).toEqual([]);
    const { position } = await gil.ask('migration.recover', { body: { type: 'keypair', record: true } });
    const { items } = await gil.ask('registry.mapping-page', { query: { atLeast: position } });
    expect(items).toMatchObject([{ resource_type: 'keypair', source_id: id, status: 'completed' }]);
    const events = await gil.ask('mapping-events', { path: { uuid: items[0]?.uuid ?? '' } });
    expect(events.map(({ actor }) => actor)).toContain('gil');
  });
});

describe('where two have to agree before anything is deleted', { timeout: 60_000 }, () => {
  let over: OverHttp;
  beforeAll(async () => {
    over = await openOverHttp({ cleanupNeedsSecond: true });
  });
  afterAll(() => over.close());

  it('one approves, another agrees, and both stand in the log', async () => {
    const all = ['view', 'plan', 'execute', 'cleanup'] as const;
    const [ann, bob] = [await over.as('ann', ...all), await over.as('bob', ...all)];
    const carl = await over.as('carl', 'view', 'plan', 'execute');
    const id = await over.make(over.clouds.source, 'network', { name: 'two-net' });
    const { plan_id: made } = await over.run(carl, { roots: [{ type: 'network', id }], include: alone });
    await over.planThat(ann, made, isDone);
    const { planId, position } = await carl.ask('planner.draft-cleanup', { body: { all: true } });
    await ann.ask('registry.position', { query: { atLeast: position } });
    const plan = await over.planThat(ann, planId, ({ status }) => status === 'drafted');
    expect(plan).toMatchObject({ intent: 'remove', needs_second: true, seconded_by: null });
    const path = { planId };
    const body = { digest: plan.digest ?? '' };
    await ann.ask('planner.approve', { path, body });
    expect(await refusal(ann.ask('planner.start', { path, body: {} }))).toMatchObject({ code: 'needs-second' });
    const herself = await refusal(ann.ask('planner.second', { path, body }));
    expect(herself).toMatchObject({
      status: expect.toSatisfy((status) => [409, 422].includes(status)),
      remedy: expect.stringMatching(/\w/),
    });
    expect(await refusal(carl.ask('planner.second', { path, body }))).toMatchObject({ status: 403 });
    expect(await over.names(over.clouds.source, 'network', 'two-')).toEqual(['two-net']);
    await bob.ask('planner.second', { path, body: { ...body, reason: 'looked at both' } });
    await ann.ask('planner.start', { path, body: {} });
    expect(await over.planThat(ann, planId, isDone)).toMatchObject({
      approved_by: 'ann',
      seconded_by: 'bob',
      failed: 0,
    });
    expect(await over.names(over.clouds.source, 'network', 'two-')).toEqual([]);
    const { items } = await ann.ask('events', { query: { plan: planId, type: 'PlanSeconded' } });
    expect(items.map(({ data }) => data)).toMatchObject([{ by: 'bob', reason: 'looked at both' }]);
  });
});
