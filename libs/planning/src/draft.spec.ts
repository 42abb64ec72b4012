import { digest, type JsonObject } from '@osm/kernel';
import { openSteps, plan, plannedSteps, type PlanCommand, type PlanState } from '@osm/domain';
import { describe, expect, it } from 'vitest';
import { draft } from './draft.ts';
import { sections } from './sections.ts';
import { showPlan } from './show-plan.ts';
import { asking, printed, smallWorld } from './testing/small-world.ts';

const inventory = {
  'project/p': { name: 'demo' },
  'network/n': { name: 'net', project_id: 'p' },
  'subnet/s': { name: 'sub', network_id: 'n', project_id: 'p' },
  'router/r': { project_id: 'p', interfaces: ['s'] },
  'volume/v': { project_id: 'p' },
};
const everything = asking(['project/p'], { include: { needs: true, members: true }, cleanUp: 'after-migration' });

describe('a draft', () => {
  it('is one graph, each step after all that it waits for', () => {
    const { steps, findings, resources } = draft({ ...everything, cleanUp: 'never' }, smallWorld({ inventory }));
    expect(findings).toEqual([]);
    expect(resources).toBe(5);
    expect(printed(steps)).toEqual([
      'project/p/create',
      'network/n/create < project/p/create',
      'project/p/grant < project/p/create',
      'router/r/create < project/p/create',
      'subnet/s/create < network/n/create',
      'volume/v/export < project/p/grant',
      'router/r/connect < router/r/create subnet/s/create',
      'volume/v/transfer < volume/v/export',
      'volume/v/create < volume/v/transfer',
      'volume/v/collect! < volume/v/export volume/v/transfer volume/v/create',
      'project/p/revoke! < project/p/grant volume/v/collect volume/v/create',
    ]);
  });

  it('has the same digest whatever the order of the inventory and of the roots', () => {
    const shuffled = Object.fromEntries(Object.entries(inventory).reverse());
    const roots = ['volume/v', 'router/r'];
    expect(draft(everything, smallWorld({ inventory: shuffled })).digest).toBe(
      draft(everything, smallWorld({ inventory })).digest,
    );
    expect(draft(asking(roots.toReversed()), smallWorld({ inventory })).digest).toBe(
      draft(asking(roots), smallWorld({ inventory })).digest,
    );
  });

  it('has another digest when the inventory means other steps', () => {
    const other = smallWorld({ inventory: { ...inventory, 'subnet/t': { network_id: 'n', project_id: 'p' } } });
    expect(draft(everything, other).digest).not.toBe(draft(everything, smallWorld({ inventory })).digest);
  });

  it('with an error plans nothing', () => {
    const request = asking(['subnet/s'], { include: { needs: false, members: false } });
    const { steps, findings, resources, digest: given } = draft(request, smallWorld({ inventory }));
    expect([steps, resources, given]).toEqual([[], 0, digest([])]);
    expect(findings.map(({ code }) => code)).toEqual(['missing-need', 'missing-need']);
  });

  it('of what is done already has no steps', () => {
    const mappings = Object.fromEntries(Object.keys(inventory).map((key) => [key, 'created' as const]));
    const { steps, findings } = draft({ ...everything, cleanUp: 'never' }, smallWorld({ inventory, mappings }));
    expect(steps).toEqual([]);
    expect(findings.every(({ code }) => code === 'already-migrated')).toBe(true);
  });

  it('cleans up in an order that has no cycle', () => {
    const { steps } = draft(everything, smallWorld({ inventory }));
    expect(printed(steps).filter((line) => line.includes('/remove'))).toEqual([
      'router/r/remove < router/r/connect',
      'subnet/s/remove < router/r/remove',
      'network/n/remove < subnet/s/remove',
      'volume/v/remove < volume/v/collect volume/v/create',
      'project/p/remove < network/n/remove project/p/revoke volume/v/remove',
    ]);
  });

  it('says how many more findings there are than fit into one event', () => {
    const roots = Array.from({ length: 1_000 }, (_, at) => `network/${at}`);
    const { findings } = draft(asking(roots), smallWorld({ inventory: {} }));
    expect(findings).toHaveLength(401);
    expect(findings.at(-1)).toMatchObject({ code: 'more-findings', severity: 'error' });
  });
});

describe('a plan as text', () => {
  it('is a tree, then what is removed, then the findings', () => {
    const shown = draft(everything, smallWorld({ inventory }));
    const short = {
      ...shown,
      digest: 'd1',
      findings: [{ code: 'c', severity: 'info', message: 'm', remedy: 'R.' } as const],
    };
    expect(showPlan(short)).toBe(
      [
        '5 resources, 16 steps, digest d1',
        '',
        'project demo (p)  create, grant, revoke',
        '├─ network net (n)  create',
        '│  └─ subnet sub (s)  create',
        '├─ router r  create, connect',
        '└─ volume v  export, transfer, create, collect',
        '',
        'removed from the source, in this order:',
        '- router r',
        '- volume v',
        '- subnet sub (s)',
        '- network net (n)',
        '- project demo (p)',
        '',
        'info: m. R.',
        '',
      ].join('\n'),
    );
    expect(showPlan(short, 2).split('\n')).toContain('… and 3 more');
  });

  it('counts which ways were chosen, with the reason of each', () => {
    const shown = draft(everything, smallWorld({ inventory }));
    const ways = [
      { name: 'send', reason: 'quick' },
      { name: 'fetch', reason: 'asked for' },
      { name: 'send', reason: 'quick' },
    ];
    const steps = ways.map((strategy, index) => ({
      ...{ id: `image/${index}/transfer`, step: 'transfer', name: null, needs: [], always: false, strategy },
      ...{ ref: { type: 'image', id: String(index) }, service: 'data-transfer' as const },
    }));
    const lines = showPlan({ ...shown, steps }).split('\n');
    expect(lines).toContain('1 × image transfer by fetch: asked for');
    expect(lines).toContain('2 × image transfer by send: quick');
  });
});

describe('a drafted plan', () => {
  const carriedOut = (state: PlanState, command: PlanCommand): PlanState =>
    plan.decide(command, state).reduce(plan.evolve, state);

  /** Drafts, writes the sections, approves and starts. */
  const running = (): PlanState => {
    const { steps, findings, resources, digest } = draft(everything, smallWorld({ inventory }));
    const parts = sections(steps, 400);
    const commands: readonly PlanCommand[] = [
      { type: 'RequestPlan', ...everything, asOf: 1, by: 'ann' },
      ...parts.map((part, index): PlanCommand => ({ type: 'DraftSection', index, steps: part })),
      { type: 'FinishDraft', sections: parts.length, resources, digest, findings },
      { type: 'ApprovePlan', digest, by: 'ann' },
      { type: 'StartPlan', by: 'ann' },
    ];
    expect(parts.length).toBeGreaterThan(5);
    return commands.reduce(carriedOut, plan.initial);
  };

  /** Hears an outcome of every open step until the plan has ended. */
  const ended = (begun: PlanState, fails: (stepId: string) => boolean): PlanState => {
    let state = begun;
    for (let open = openSteps(state); open.length > 0; open = openSteps(state)) {
      for (const { step, attempt } of open) {
        const outcome = fails(step.id) ? 'failed' : 'succeeded';
        state = carriedOut(state, { type: 'HearOutcome', stepId: step.id, attempt, outcome });
      }
    }
    return state;
  };

  it('is run to its end, whichever of its steps fails, and retried to its end', () => {
    for (const { step } of plannedSteps(running())) {
      const failed = ended(running(), (id) => id === step.id);
      expect(failed.status).toBe('completed');
      expect(failed.progress.totals.failed).toBe(1);
      const retried = ended(carriedOut(failed, { type: 'RetryFailed', by: 'ann' }), () => false);
      expect(retried.status).toBe('completed');
      expect(retried.progress.totals).toEqual({ succeeded: 16, failed: 0, skipped: 0 });
    }
  });
});

describe('a large draft', () => {
  const cpu = (work: () => void): number => {
    // The time of this thread alone: other tests run beside it.
    const before = process.threadCpuUsage();
    work();
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };

  it('may be of 30,000 resources, and takes some seconds of computing', { timeout: 90_000 }, () => {
    const large: { [key: string]: JsonObject } = { 'project/p': {} };
    for (let at = 0; at < 10_000; at++) {
      large[`network/${at}`] = { project_id: 'p' };
      large[`subnet/${at}`] = { project_id: 'p', network_id: `${at}` };
      large[`volume/${at}`] = { project_id: 'p' };
    }
    const world = smallWorld({ inventory: large });
    let drafted = draft(asking([]), world);
    expect(cpu(() => (drafted = draft({ ...everything, roots: [{ type: 'project', id: 'p' }] }, world)))).toBeLessThan(
      10_000,
    );
    expect(drafted.resources).toBe(30_001);
    expect(drafted.steps).toHaveLength(90_004);
    expect(showPlan(drafted, 10).split('\n').length).toBeLessThan(30);
  });

  it('may be a chain of 10,000', () => {
    const chain = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, at) => [`folder/${at}`, at === 0 ? {} : { parent: `${at - 1}` }]),
    );
    const drafted = draft(asking(['folder/9999'], { cleanUp: 'after-migration' }), smallWorld({ inventory: chain }));
    expect(drafted.steps).toHaveLength(10_001);
    expect(showPlan(drafted)).toContain('… and 8000 more');
  });
});
