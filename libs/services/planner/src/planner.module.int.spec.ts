import { inventorySubject, migrationSubject, planSubject, type DomainEvent, type RunStep } from '@osm/contracts';
import { plannedSteps } from '@osm/domain';
import { Conflict } from '@osm/event-log';
import type { Cloud } from '@osm/resource';
import { portsWith, until } from '@osm/testing/ports';
import { smallHandlers } from '@osm/testing/small-handlers';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAt } from './look-again.ts';
import { PlanBook } from './plan-book.ts';
import { PlanIndex } from './plan-index.ts';
import { asking, openPlanner, route, type PlannerAtWork } from './planner.fixture.ts';

const chain = {
  'network/n1': { id: 'n1' },
  'subnet/s1': { id: 's1', network_id: 'n1' },
  'network/n2': { id: 'n2' },
};

describe('the planner', () => {
  let planner: PlannerAtWork;

  beforeEach(async () => {
    planner = await openPlanner();
    await planner.observe(chain);
  });
  afterEach(() => planner.close());

  /** The command for a step, once it is in the hands of a worker. */
  const handedOut = async (planId: string, stepId: string): Promise<RunStep> => {
    const found = (): RunStep | undefined =>
      planner.commands.find((command) => command.planId === planId && command.stepId === stepId);
    await until(`${stepId} is handed out`, () => found() !== undefined);
    return found() ?? { planId, stepId, attempt: 0 };
  };
  const statusOf = async (planId: string) => (await planner.plan(planId)).status;
  const stepsOf = async (planId: string) =>
    plannedSteps(await planner.plan(planId)).map(({ step, status }) => `${step.id} ${status}`);

  it('drafts the very same plan for the very same request', async () => {
    const first = await planner.plan(await planner.draft(asking('subnet/s1')));
    const second = await planner.plan(await planner.draft(asking('subnet/s1')));
    expect(plannedSteps(first).map(({ step }) => step.id)).toEqual(['network/n1/create', 'subnet/s1/create']);
    expect(second.draft?.digest).toBe(first.draft?.digest);
  });

  it('refuses what cannot be planned, with the reason and without a step', async () => {
    const planId = await planner.draft(asking('subnet/s9'));
    expect(await planner.history(planId)).toEqual(['PlanRequested', 'PlanRejected']);
    expect((await planner.plan(planId)).findings).toMatchObject([{ code: 'no-such-resource', severity: 'error' }]);
    expect(planner.commands).toEqual([]);
  });

  it('refuses a policy that it cannot read', async () => {
    const planId = await planner.draft({ ...asking('network/n1'), policy: { multitenant_mode: 'perhaps' } });
    expect((await planner.plan(planId)).findings).toMatchObject([
      { code: 'bad-policy', message: expect.stringContaining('multitenant_mode') },
    ]);
  });

  it('hands out what is ready, hears of outcomes, and completes', async () => {
    const planId = await planner.start(asking('subnet/s1'));
    await planner.succeed(await handedOut(planId, 'network/n1/create'));
    await planner.succeed(await handedOut(planId, 'subnet/s1/create'));
    await until('the plan is completed', async () => (await statusOf(planId)) === 'completed');
    expect((await planner.history(planId)).slice(-5)).toEqual([
      'StepDispatched',
      'StepSettled',
      'StepDispatched',
      'StepSettled',
      'PlanCompleted',
    ]);
  });

  it('defect 33: hands out all that is ready at once, not one thing after the other', async () => {
    const planId = await planner.start(asking('network/n1', 'network/n2'));
    const [one, two] = [await handedOut(planId, 'network/n1/create'), await handedOut(planId, 'network/n2/create')];
    expect((await planner.history(planId)).filter((type) => type === 'StepSettled')).toEqual([]);
    await planner.succeed(one);
    await planner.succeed(two);
    await until('the plan is completed', async () => (await statusOf(planId)) === 'completed');
  });

  it('hears an outcome once, however often it is told', async () => {
    const planId = await planner.start(asking('network/n1', 'network/n2'));
    const { stepId, attempt } = await handedOut(planId, 'network/n1/create');
    const outcome = { planId, stepId, step: 'create', attempt };
    const subject = migrationSubject(route, { type: 'network', id: 'n1' });
    await planner.open.tell(subject, { type: 'StepSucceeded', data: { ...outcome, outputs: {} } });
    await planner.open.tell(subject, { type: 'StepSucceeded', data: { ...outcome, outputs: {} } });
    await planner.succeed(await handedOut(planId, 'network/n2/create'));
    await until('the plan is completed', async () => (await statusOf(planId)) === 'completed');
    expect((await planner.history(planId)).filter((type) => type === 'StepSettled')).toHaveLength(2);
  });

  it('goes on with the unfinished plan of the very same request', async () => {
    const planId = await planner.start(asking('network/n1'));
    const again = await planner.asker.ask('planner.draft', { request: asking('network/n1'), by: 'bob' });
    expect(again).toMatchObject({ planId, resumed: true });
    const other = await planner.asker.ask('planner.draft', { request: asking('network/n2'), by: 'bob' });
    expect(other.resumed).toBe(false);
  });

  it('takes a completed plan that is retried for an unfinished one', async () => {
    const planId = await planner.start(asking('network/n1'));
    const { stepId, attempt } = await handedOut(planId, 'network/n1/create');
    const failure = { code: 'quota', message: 'no more networks', remedy: 'Raise the quota.' };
    await planner.open.tell(migrationSubject(route, { type: 'network', id: 'n1' }), {
      type: 'StepFailed',
      data: { planId, stepId, step: 'create', attempt, failure },
    });
    await until('the plan is completed', async () => (await statusOf(planId)) === 'completed');
    await planner.asker.ask('planner.retry', { planId, by: 'ann', reason: 'the quota was raised' });
    const again = await planner.asker.ask('planner.draft', { request: asking('network/n1'), by: 'ann' });
    expect(again).toMatchObject({ planId, resumed: true });
    await until('attempt 2 is handed out', () => planner.commands.some((command) => command.attempt === 2));
  });

  it('hands nothing out while it is paused', async () => {
    const planId = await planner.start(asking('subnet/s1'));
    const first = await handedOut(planId, 'network/n1/create');
    await planner.asker.ask('planner.pause', { planId, by: 'ann', reason: 'lunch' });
    await planner.succeed(first);
    await until('the outcome is heard', async () => (await stepsOf(planId)).includes('network/n1/create succeeded'));
    expect(await stepsOf(planId)).toContain('subnet/s1/create waiting');
    await planner.asker.ask('planner.resume', { planId, by: 'ann' });
    await handedOut(planId, 'subnet/s1/create');
  });

  it('cancels: what nobody took is withdrawn, and what somebody runs is fenced', async () => {
    await planner.observe({ 'server/v1': { id: 'v1' } });
    const planId = await planner.start(asking('subnet/s1', 'server/v1'));
    await handedOut(planId, 'network/n1/create');
    const key = `${planId}/server/v1/create/1`;
    const enqueue = () => planner.open.ports.queue.enqueue('compute', key, {});
    await until('the command waits for a worker', async () => (await enqueue()) === 'pending');
    await planner.asker.ask('planner.cancel', { planId, by: 'ann' });
    expect(await enqueue()).toBe('queued');
    await until('the plan is cancelled', async () => (await statusOf(planId)) === 'cancelled');
    expect(await stepsOf(planId)).toEqual([
      'network/n1/create failed',
      'server/v1/create failed',
      'subnet/s1/create skipped',
    ]);
    expect((await planner.history(planId)).at(-1)).toBe('PlanCancelled');
    for (const ref of [
      { type: 'network', id: 'n1' },
      { type: 'server', id: 'v1' },
    ]) {
      const events = await planner.open.told(migrationSubject(route, ref));
      expect(events).toMatchObject([{ type: 'StepAbandoned', data: { planId, by: 'ann' } }]);
    }
    expect(await planner.open.told(migrationSubject(route, { type: 'subnet', id: 's1' }))).toEqual([]);
  });

  it.each(['PlanCancelling', 'PlanCancelled'] as const)(
    'finishes what crashed after %s, or was said beside it',
    async (type) => {
      const planId = await planner.start(asking('subnet/s1'));
      await handedOut(planId, 'network/n1/create');
      await planner.open.tell(planSubject(planId), { type, data: { by: 'ann' } });
      const subject = migrationSubject(route, { type: 'network', id: 'n1' });
      await until('the step is abandoned', async () => (await planner.open.told(subject)).length > 0);
      expect(await planner.open.told(subject)).toMatchObject([{ type: 'StepAbandoned' }]);
      await until('the plan is cancelled', async () => (await statusOf(planId)) === 'cancelled');
    },
  );

  it('collects what was begun before it is cancelled, and lets no other plan of the resource begin meanwhile', async () => {
    await planner.observe({ 'volume/v1': { id: 'v1' } });
    const planId = await planner.start(asking('volume/v1'));
    await planner.succeed({ planId, stepId: 'volume/v1/export', attempt: 1 });
    await until('its bytes are moved', async () => (await stepsOf(planId)).includes('volume/v1/transfer open'));
    const approve = async (id: string) => {
      const digest = (await planner.plan(id)).draft?.digest ?? '';
      await planner.asker.ask('planner.approve', { planId: id, digest, by: 'bob' });
    };
    const [same, other] = [
      await planner.draft(asking('volume/v1', 'network/n2')),
      await planner.draft(asking('network/n1')),
    ];
    await approve(same);
    await approve(other);
    await planner.asker.ask('planner.cancel', { planId, by: 'ann', reason: 'enough' });
    await planner.asker.ask('planner.cancel', { planId, by: 'bob' });
    await until('it collects', async () => (await stepsOf(planId)).includes('volume/v1/collect open'));

    expect(await statusOf(planId)).toBe('cancelling');
    const again = await planner.asker.ask('planner.draft', { request: asking('volume/v1'), by: 'bob' });
    expect(again).toMatchObject({ resumed: false });
    const start = (id: string) => planner.asker.ask('planner.start', { planId: id, by: 'bob' });
    await expect(start(same)).rejects.toMatchObject({ code: 'still-cancelling' });
    await expect(planner.asker.ask('planner.resume', { planId, by: 'bob' })).rejects.toMatchObject({
      code: 'wrong-status',
    });
    await start(other);
    await planner.succeed({ planId, stepId: 'volume/v1/collect', attempt: 1 });
    await until('the plan is cancelled', async () => (await statusOf(planId)) === 'cancelled');
    expect((await planner.plan(planId)).cancel).toEqual({ by: 'ann', reason: 'enough' });
    await start(same);
  });

  it('collects once more for a cancelled plan where that has failed, but not while another plan has the resource', async () => {
    await planner.observe({ 'volume/v1': { id: 'v1' } });
    const planId = await planner.start(asking('volume/v1'));
    await planner.succeed({ planId, stepId: 'volume/v1/export', attempt: 1 });
    await until('its bytes are moved', async () => (await stepsOf(planId)).includes('volume/v1/transfer open'));
    await planner.asker.ask('planner.cancel', { planId, by: 'ann' });
    await until('it collects', async () => (await stepsOf(planId)).includes('volume/v1/collect open'));
    await planner.fail({ planId, stepId: 'volume/v1/collect', attempt: 1 });
    await until('the plan is cancelled', async () => (await statusOf(planId)) === 'cancelled');
    const retry = () => planner.asker.ask('planner.retry', { planId, by: 'ann', reason: 'the cloud is back' });

    const other = await planner.start(asking('volume/v1', 'network/n2'));
    await expect(retry()).rejects.toMatchObject({ code: 'still-running' });
    await planner.asker.ask('planner.cancel', { planId: other, by: 'ann' });
    await until('the other collects', async () => (await stepsOf(other)).includes('volume/v1/collect open'));
    await planner.succeed({ planId: other, stepId: 'volume/v1/collect', attempt: 1 });
    await until('the other is cancelled', async () => (await statusOf(other)) === 'cancelled');
    await retry();
    expect(await statusOf(planId)).toBe('cancelling');
    await planner.succeed({ planId, stepId: 'volume/v1/collect', attempt: 2 });
    await until('all is collected', async () => (await statusOf(planId)) === 'cancelled');
  });

  it('pauses a plan that cannot digest an outcome, and drives the others on', async () => {
    const broken = await planner.start(asking('network/n1'));
    const sound = await planner.start(asking('subnet/s1'));
    const nonsense = { planId: broken, stepId: 'network/n7/create', step: 'create', attempt: 1, outputs: {} };
    const unheardOf = { planId: 'nobody', stepId: 'network/n7/create', step: 'create', attempt: 1, outputs: {} };
    const subject = migrationSubject(route, { type: 'network', id: 'n7' });
    await planner.open.tell(
      subject,
      { type: 'StepSucceeded', data: nonsense },
      { type: 'StepSucceeded', data: unheardOf },
    );
    await planner.succeed(await handedOut(sound, 'network/n1/create'));
    await planner.succeed(await handedOut(sound, 'subnet/s1/create'));
    await until('the sound plan is completed', async () => (await statusOf(sound)) === 'completed');
    expect(await statusOf(broken)).toBe('paused');
    expect(await planner.open.told(planSubject(broken))).toContainEqual(
      expect.objectContaining({ type: 'PlanPaused', data: expect.objectContaining({ by: 'system' }) }),
    );
  });

  it('refuses an approval of another draft than the one that is there', async () => {
    const planId = await planner.draft(asking('network/n1'));
    const approval = planner.asker.ask('planner.approve', { planId, digest: 'other', by: 'ann' });
    await expect(approval).rejects.toMatchObject({ code: 'stale-digest' });
    expect(await statusOf(planId)).toBe('drafted');
  });

  describe('looking again', () => {
    const look = async (planId: string): Promise<void> => {
      const { ports } = planner.open;
      const plan = (await new PlanIndex(ports).all()).get(planId);
      if (plan !== undefined) await lookAt(ports, new PlanBook(ports), planId, plan);
    };

    it('hands a command out again that was lost', async () => {
      const planId = await planner.start(asking('network/n1'));
      await handedOut(planId, 'network/n1/create');
      // Nobody dispatched this one: its command never reached the queue.
      await planner.open.tell(planSubject('p2'), ...runningPlan('network/n2/create'));
      planner.commands.length = 0;
      await until('the command is handed out', async () => {
        await look('p2');
        return planner.commands.some((command) => command.planId === 'p2');
      });
      expect(planner.commands.filter((command) => command.planId === planId)).toEqual([]);
    });

    it('hears an outcome that was never heard', async () => {
      await planner.running.close();
      planner = await openPlanner();
      const failure = { code: 'quota', message: 'no more networks', remedy: 'Raise the quota.' };
      const attempt = { planId: 'p3', stepId: 'network/n2/create', step: 'create', attempt: 1 };
      // Told before the plan was there, as far as the runner is concerned.
      await planner.open.tell(migrationSubject(route, { type: 'network', id: 'n2' }), {
        type: 'StepFailed',
        data: { ...attempt, failure },
      });
      await planner.open.tell(planSubject('p3'), ...runningPlan('network/n2/create'));
      await look('p3');
      expect((await planner.open.told(planSubject('p3'))).slice(-2)).toMatchObject([
        { type: 'StepSettled', data: { outcome: 'failed', failure } },
        { type: 'PlanCompleted' },
      ]);
    });

    it('has a plan drafted whose command was lost', async () => {
      const request = { ...asking('network/n2'), asOf: await planner.open.ports.log.head(), by: 'ann' };
      await planner.open.tell(planSubject('p4'), { type: 'PlanRequested', data: request });
      await look('p4');
      await until('the plan is drafted', async () => (await statusOf('p4')) === 'drafted');
    });
  });
});

const runningPlan = (stepId: string): readonly DomainEvent[] => {
  const [type = '', id = '', step = ''] = stepId.split('/');
  const planned = { id: stepId, ref: { type, id }, name: null, step, service: 'network', needs: [], always: false };
  return [
    { type: 'PlanRequested', data: { ...asking(`${type}/${id}`), asOf: 0, by: 'ann' } },
    { type: 'PlanSectionDrafted', data: { index: 0, steps: [planned] } },
    { type: 'PlanDrafted', data: { sections: 1, steps: 1, resources: 1, digest: 'd', findings: [] } },
    { type: 'PlanApproved', data: { digest: 'd', by: 'ann' } },
    { type: 'PlanStarted', data: { by: 'ann' } },
    { type: 'StepDispatched', data: { stepId, attempt: 1, service: 'network' } },
  ];
};

describe('a planner with a defect', () => {
  it('rejects the plan that meets it, so that nobody waits for ever', async () => {
    const handlers = new Map(smallHandlers);
    const network = handlers.get('network');
    if (network === undefined) throw new Error('there is no small network');
    const eligible = (): boolean => {
      throw new TypeError('a defect of this test');
    };
    const planner = await openPlanner({ ports: { handlers: handlers.set('network', { ...network, eligible }) } });
    await planner.observe(chain);
    const planId = await planner.draft(asking('network/n1'));
    expect((await planner.plan(planId)).findings).toMatchObject([
      { code: 'unexpected', severity: 'error', message: 'a defect of this test' },
    ]);
    await planner.close();
  });
});

describe('a plan with a step that has several ways', () => {
  /** A cloud of which only the catalogue is asked, and how often. */
  const cloudWith = (...services: readonly string[]) => {
    const asked: string[] = [];
    const has = async (service: string): Promise<boolean> => {
      asked.push(service);
      return services.includes(service);
    };
    return { asked, cloud: { has } as Partial<Cloud> as Cloud };
  };

  it('asks both clouds once, records what they say, and goes by that', async () => {
    const [old, young] = [cloudWith('image', 'object-store'), cloudWith('image')];
    const openCloud = async (name: string): Promise<Cloud> => (name === 'old' ? old : young).cloud;
    const planner = await openPlanner({ ports: { openCloud } });
    await planner.observe({ 'image/i1': { id: 'i1', size: 5 }, 'image/i2': { id: 'i2', size: 0 } });
    const planId = await planner.draft(asking('image/i1', 'image/i2'));
    expect(await planner.history(planId)).toEqual([
      'PlanRequested',
      'PlanSurveyed',
      'PlanSectionDrafted',
      'PlanDrafted',
    ]);
    expect((await planner.plan(planId)).facts).toEqual({ image: { fetches: true } });
    expect([old.asked, young.asked]).toEqual([['object-store'], ['image']]);
    await planner.close();
  });

  it('asks nobody for a plan without such a step', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    expect(await planner.history(await planner.draft(asking('network/n1')))).not.toContain('PlanSurveyed');
    await planner.close();
  });
});

describe('a planner that starts again', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'osm-planner-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  const many = Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`network/n${at}`, { id: `n${at}` }]));

  it('finishes the draft that it began, in the same sections, whatever was observed since', async () => {
    const settings = { dataDirectory: folder };
    const before = await openPlanner({ settings });
    await before.observe(many);
    const { log } = before.open.ports;
    const whole = await before.draft(asking(...Object.keys(many)));
    const drafted = await before.plan(whole);
    const sections = (await before.open.told(planSubject(whole))).filter(({ type }) => type === 'PlanSectionDrafted');
    expect(sections.length).toBeGreaterThan(1);
    const request = { ...asking(...Object.keys(many)), asOf: await log.head(), by: 'ann' };
    const [first] = sections;
    if (first === undefined) throw new Error('no section was drafted');
    await before.open.tell(planSubject('p2'), { type: 'PlanRequested', data: request }, first);
    const ref = { type: 'network', id: 'n0' };
    await before.open.tell(inventorySubject(route.source, ref), { type: 'ResourceVanished', data: vanished });
    await before.close();

    const after = await openPlanner({ settings });
    await until('the draft is finished', async () => (await after.plan('p2')).status === 'drafted');
    expect((await after.plan('p2')).draft).toEqual({ ...drafted.draft, digest: drafted.draft?.digest });
    await after.close();
  });
});

const vanished = { scanId: 'later', lastFingerprint: 'n0' };

describe('what people decide', () => {
  const by = { by: 'ann', reason: 'done by hand' };

  it('about one step is asked by its id, and carried out: done without, and tried after all', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    const planId = await planner.start(asking('subnet/s1'));
    await planner.asker.ask('planner.skip-step', { planId, stepId: 'subnet/s1/create', ...by });
    const inHand = planner.asker.ask('planner.skip-step', { planId, stepId: 'network/n1/create', ...by });
    await expect(inHand).rejects.toMatchObject({ code: 'in-flight', remedy: expect.stringMatching(/cancel/) });
    await until('the network is handed out', async () => planner.commands.length === 1);
    for (const command of planner.commands) await planner.succeed(command);
    await until('the plan ends', async () => (await planner.plan(planId)).status === 'completed');
    expect((await planner.plan(planId)).progress.totals).toEqual({ succeeded: 1, failed: 0, skipped: 1 });
    await planner.asker.ask('planner.retry-step', { planId, stepId: 'subnet/s1/create', ...by });
    await until('the subnet is handed out', async () => planner.commands.length === 2);
    expect(planner.commands[1]).toMatchObject({ stepId: 'subnet/s1/create', attempt: 2 });
    await planner.close();
  });

  it('says who and why in every event', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    const { planId } = await planner.asker.ask('planner.draft', { request: asking('network/n1'), ...by });
    await until('the plan is drafted', async () => (await planner.plan(planId)).status === 'drafted');
    const digest = (await planner.plan(planId)).draft?.digest ?? '';
    await planner.asker.ask('planner.approve', { planId, digest, ...by });
    await planner.asker.ask('planner.start', { planId, ...by });
    await planner.asker.ask('planner.pause', { planId, ...by });
    await planner.asker.ask('planner.resume', { planId, ...by });
    await planner.asker.ask('planner.cancel', { planId, ...by });
    const told = await planner.open.told(planSubject(planId));
    const decisions = told.filter(({ data }) => 'by' in data);
    const types = ['PlanRequested', 'PlanApproved', 'PlanStarted', 'PlanPaused', 'PlanResumed', 'PlanCancelling'];
    expect(decisions.slice(0, 6).map(({ type }) => type)).toEqual(types);
    for (const { data } of decisions) expect(data).toMatchObject(by);
    await planner.close();
  });

  it('goes on with an unfinished plan of the same request, whatever reason is given for it', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    const planId = await planner.start(asking('network/n1'));
    const again = planner.asker.ask('planner.draft', { request: asking('network/n1'), ...by });
    await expect(again).resolves.toMatchObject({ planId, resumed: true });
    await planner.close();
  });

  it('takes two persons for a plan that deletes, where it was drafted so, also when the key is gone', async () => {
    const needing = { cleanupNeedsSecond: true };
    const planner = await openPlanner({ settings: needing });
    await planner.observe(chain);
    const planId = await planner.draft({ ...asking('network/n1'), cleanUp: 'after-migration' });
    const digest = (await planner.plan(planId)).draft?.digest ?? '';
    expect((await planner.plan(planId)).request?.needsSecond).toBe(true);
    expect((await planner.plan(await planner.draft(asking('network/n1')))).request?.needsSecond).toBeUndefined();
    Object.assign(planner.open.ports.settings, { cleanupNeedsSecond: false });
    await planner.asker.ask('planner.approve', { planId, digest, by: 'ann' });
    const start = () => planner.asker.ask('planner.start', { planId, by: 'ann' });
    await expect(start()).rejects.toMatchObject({ code: 'needs-second', remedy: expect.stringContaining('ann') });
    const alone = planner.asker.ask('planner.second', { planId, digest, by: 'ann' });
    await expect(alone).rejects.toMatchObject({ code: 'same-person' });
    expect(planner.commands).toEqual([]);
    await planner.asker.ask('planner.second', { planId, digest, by: 'bob', reason: 'looked at it' });
    await start();
    expect((await planner.history(planId)).slice(-4)).toEqual([
      ...['PlanApproved', 'PlanSeconded', 'PlanStarted', 'StepDispatched'],
    ]);
    await planner.close();
  });
});

describe('the plan book', () => {
  it('decides on the plan as it is, also where another replica wrote since', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    const planId = await planner.start(asking('subnet/s1'));
    const [here, there] = [new PlanBook(planner.open.ports), new PlanBook(planner.open.ports)];
    await here.load(planId);
    await there.decide(planId, { type: 'PausePlan', by: 'bob' });
    // The copy here says that it runs: a resumption would have nothing to do.
    await here.decide(planId, { type: 'ResumePlan', by: 'ann' });
    expect((await planner.history(planId)).at(-1)).toBe('PlanResumed');
    await there.decide(planId, { type: 'CancelPlan', by: 'bob' });
    await expect(here.decide(planId, { type: 'PausePlan', by: 'ann' })).rejects.toMatchObject({
      code: 'wrong-status',
      message: expect.stringContaining('cancelling'),
    });
    await planner.close();
  });

  it('goes on after a decision that was refused, and after one that met a conflict', async () => {
    const planner = await openPlanner();
    await planner.observe(chain);
    const planId = await planner.start(asking('network/n1'));
    const { log } = planner.open.ports;
    let conflicts = 0;
    const append: typeof log.append = async (subject, expected, events) => {
      if (conflicts++ === 0) throw new Conflict(subject, expected);
      return log.append(subject, expected, events);
    };
    const contested = portsWith(planner.open.ports, { log: { ...log, append } });
    const book = new PlanBook(contested);
    const refused = book.decide(planId, { type: 'StartPlan', by: 'ann' });
    const paused = book.decide(planId, { type: 'PausePlan', by: 'ann' });
    const approved = book.decide(planId, { type: 'ApprovePlan', digest: 'other', by: 'ann' });
    const resumed = book.decide(planId, { type: 'ResumePlan', by: 'ann' });
    await expect(approved).rejects.toMatchObject({ code: 'stale-digest' });
    expect((await refused).state.status).toBe('running');
    expect((await paused).state.status).toBe('paused');
    expect((await resumed).state.status).toBe('running');
    expect((await planner.history(planId)).slice(-2)).toEqual(['PlanPaused', 'PlanResumed']);
    await planner.close();
  });
});
