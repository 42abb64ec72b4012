import type { PlanEvent, PlanStep } from '@osm/contracts';
import type { Ref } from '@osm/kernel';
import { describe, expect, it } from 'vitest';
import { PlanView } from './plan-view.ts';
import { exitCodeOfPlan, saidLine, summary } from './summary.ts';

const ref = (type: string, id: string): Ref => ({ type, id });
const step = (of: Ref, name: string): PlanStep => ({
  id: `${of.type}/${of.id}/${name}`,
  ref: of,
  name: `my ${of.type}`,
  step: name,
  service: 'network',
  needs: [],
  always: false,
});

const network = ref('network', 'n1');
const subnet = ref('subnet', 's1');
const project = ref('project', 'p1');
const failure = { code: 'quota', message: 'cannot create network n1: no quota is left', remedy: 'Raise the quota.' };

const drafted: PlanEvent = {
  type: 'PlanSectionDrafted',
  data: { index: 0, steps: [step(project, 'grant'), step(network, 'create'), step(subnet, 'create')] },
};

const settled = (of: Ref, name: string, outcome: 'succeeded' | 'failed' | 'skipped', because?: string): PlanEvent => ({
  type: 'StepSettled',
  data: {
    stepId: `${of.type}/${of.id}/${name}`,
    attempt: 1,
    outcome,
    ...(because === undefined ? {} : { because }),
    ...(outcome === 'failed' ? { failure } : {}),
  },
});

const dispatched = (of: Ref, name: string): PlanEvent => ({
  type: 'StepDispatched',
  data: { stepId: `${of.type}/${of.id}/${name}`, attempt: 1, service: 'network' },
});

const completed: PlanEvent = { type: 'PlanCompleted', data: { succeeded: 0, failed: 0, skipped: 0 } };

const heard = (...events: readonly PlanEvent[]) => {
  const view = new PlanView();
  const said = events.flatMap((event) => view.hearPlan(event));
  return { view, said };
};

const migrated = (view: PlanView, of: Ref, how: 'created' | 'reused') =>
  view.hearMigration(of, { type: 'ResourceMigrated', data: { planId: 'x', destinationId: 'twin', how } });

describe('the view of a plan', () => {
  it('counts each resource once, and no step by which the plan only helps itself', () => {
    const { view } = heard(
      drafted,
      settled(project, 'grant', 'succeeded'),
      settled(network, 'create', 'succeeded'),
      settled(subnet, 'create', 'succeeded'),
      completed,
    );
    migrated(view, network, 'created');
    migrated(view, subnet, 'reused');
    expect(view.fates()).toMatchObject({ created: 1, reused: 1, failed: 0, skipped: 0, connected: 0 });
    expect(exitCodeOfPlan(view, 0)).toBe(0);
  });

  it('takes a resource for nothing yet while steps of it are open', () => {
    const two: PlanEvent = {
      type: 'PlanSectionDrafted',
      data: { index: 0, steps: [step(network, 'create'), step(network, 'connect')] },
    };
    const { view } = heard(two, settled(network, 'create', 'succeeded'));
    expect(Object.values(view.fates()).every((count) => count === 0)).toBe(true);
    view.hearPlan(settled(network, 'connect', 'succeeded'));
    expect(view.fates().connected).toBe(1);
  });

  it('says a failure once, and what was skipped because of it', () => {
    const { view, said } = heard(
      drafted,
      dispatched(network, 'create'),
      settled(network, 'create', 'failed'),
      settled(subnet, 'create', 'skipped', 'network/n1/create'),
      completed,
    );
    expect(said.map(saidLine)).toEqual([
      'failed    network my network (n1), create: cannot create network n1: no quota is left. Raise the quota.',
      'skipped   subnet my subnet (s1): network my network (n1) failed',
    ]);
    expect(view.fates()).toMatchObject({ created: 0, failed: 1, skipped: 1 });
    expect(exitCodeOfPlan(view, 1)).toBe(1);
  });

  it('says how consistent a copy is where a step has told it', () => {
    const { view } = heard(drafted);
    const told = 'crash-consistent per disk: 2 disks taken within 0.3 s';
    const attempt = { planId: 'x', stepId: 'network/n1/snapshot', step: 'snapshot', attempt: 1 };
    view.hearMigration(network, { type: 'StepSucceeded', data: { ...attempt, outputs: { told } } });
    const data = { planId: 'x', destinationId: 'n2', how: 'created' } as const;
    const said = view.hearMigration(network, { type: 'ResourceMigrated', data });
    expect(said.map(saidLine)).toEqual([`created   network my network (n1) as n2, ${told}`]);
  });

  it('is partly done where something failed and something did not', () => {
    const { view } = heard(
      drafted,
      settled(network, 'create', 'succeeded'),
      settled(subnet, 'create', 'failed'),
      completed,
    );
    migrated(view, network, 'created');
    expect(exitCodeOfPlan(view, 1)).toBe(3);
  });

  it('is partly done where only a role could not be given back', () => {
    const { view } = heard(
      drafted,
      settled(network, 'create', 'succeeded'),
      settled(subnet, 'create', 'succeeded'),
      completed,
    );
    expect(exitCodeOfPlan(view, 1)).toBe(3);
  });

  it('forgets a failure that was tried again with success', () => {
    const { view } = heard(
      drafted,
      settled(network, 'create', 'failed'),
      { type: 'StepRetryRequested', data: { stepId: 'network/n1/create', by: 'ada', reason: 'quota' } },
      dispatched(network, 'create'),
      settled(network, 'create', 'succeeded'),
    );
    expect(view.fates().failed).toBe(0);
    expect(view.progress()).toEqual({ settled: 1, steps: 3 });
  });

  it('adds up the verdicts of all twins', () => {
    const { view } = heard(drafted);
    view.hearMigration(network, {
      type: 'TwinVerified',
      data: {
        planId: 'x',
        destinationId: 'twin',
        equal: ['name', 'mtu'],
        others: [
          { attribute: 'id', verdict: 'impossible' },
          { attribute: 'project_id', verdict: 'mapped' },
        ],
      },
    });
    expect(view.verdicts()).toEqual({ equal: 2, mapped: 1, lost: 0, impossible: 1, unknown: 0 });
  });

  it('is summed up with where to look next', () => {
    const { view } = heard(
      drafted,
      settled(network, 'create', 'succeeded'),
      settled(subnet, 'create', 'failed'),
      completed,
    );
    migrated(view, network, 'created');
    expect(summary('x', view, 2_345)).toEqual([
      'plan x completed after 2.3 s',
      '2 resources: 1 created, 0 adopted, 0 reused, 1 failed, 0 skipped',
      'look at the failed ones: openstack-migrate list --status failed; the same command tries them again',
      'look at all twins: openstack-migrate list',
    ]);
  });

  it('says who paused it, and why', () => {
    const { view } = heard(drafted, { type: 'PlanPaused', data: { by: 'ada', reason: 'maintenance' } });
    expect(summary('x', view, 100)[0]).toBe('plan x was paused by ada (maintenance) after 0.1 s');
  });
});
