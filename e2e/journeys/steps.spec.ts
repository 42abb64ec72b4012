import { isJsonObject, type JsonObject } from '@osm/kernel';
import type { OpenCloud } from '@osm/openstack';
import { openRegistryReader } from '@osm/services/registry/reader';
import { bundleOf, openFakeClouds, startProcess, writeConfig, type Clouds } from '@osm/testing/harness';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

describe('what people decide about single steps, and in twos', () => {
  let clouds: Clouds;
  let dataDirectory: string;

  beforeAll(async () => {
    clouds = await openFakeClouds();
    dataDirectory = path.join(clouds.folder, 'data');
  });
  afterAll(() => clouds.close());

  /** Whether plans that delete need two from now on. */
  let needsSecond = false;

  /** The command that this person types. */
  const says = async (actor: string, ...args: readonly string[]) => {
    const { cloudsYaml, route, folder } = clouds;
    const settings = { actor, settle_seconds: 0, multitenant_mode: false, cleanup_needs_second: needsSecond };
    const config = path.join(folder, `${actor}.yaml`);
    renameSync(writeConfig({ cloudsYaml, route, dataDirectory, policy: {}, settings }, 'embedded:'), config);
    const run = await startProcess({
      name: args.join(' '),
      args: [bundleOf('cli'), '--config', config, ...args],
      env: {},
    });
    return { code: await run.ended, out: run.wholeOutput() };
  };

  const make = async (kind: string, body: JsonObject): Promise<string> => {
    const request = { method: 'POST', path: `/${kind}s`, body: { [kind]: body } } as const;
    const { body: answer } = await clouds.source.admin.send('network', request);
    const made = isJsonObject(answer) ? answer[kind] : undefined;
    return isJsonObject(made) ? String(made['id']) : '';
  };

  const names = async (cloud: OpenCloud, kind: string): Promise<readonly string[]> => {
    const { body } = await cloud.send('network', { method: 'GET', path: `/${kind}s` });
    const all = isJsonObject(body) ? body[`${kind}s`] : [];
    const found = (Array.isArray(all) ? all : []).filter(isJsonObject).map(({ name }) => String(name));
    return found.filter((name) => name.startsWith('steps-')).sort();
  };

  const planOf = (out: string): string => /plan ([0-9a-f-]{36})/.exec(out)?.[1] ?? '';

  const recorded = (planId: string) => {
    const reader = openRegistryReader(dataDirectory);
    try {
      return reader.plan(planId);
    } finally {
      reader.close();
    }
  };

  let subnet: string;
  let planId: string;

  it('does without a failed step with a reason, and keeps the originals of all that stands on it', async () => {
    const network = await make('network', { name: 'steps-net' });
    subnet = await make('subnet', { name: 'steps-sub', network_id: network, cidr: '10.9.0.0/24', ip_version: 4 });
    clouds.destination.fake?.faults.add({
      ...{ service: 'network', method: 'POST', path: /subnets$/ },
      action: { status: 400, body: { NeutronError: { type: 'BadRequest', message: 'no room', detail: '' } } },
    });
    const first = await says(
      'ann',
      'start',
      '--resource-type',
      'network',
      network,
      '--include-members',
      '--cleanup-source',
    );
    expect(first.code, first.out).toBe(1);
    planId = planOf(first.out);
    const step = ['--step', `subnet/${subnet}/create`];

    const unreasoned = await says('ann', 'skip', planId, ...step);
    expect(unreasoned.code, unreasoned.out).toBe(2);
    const skipped = await says('ann', 'skip', planId, ...step, '--reason', 'made by hand');
    expect(skipped.code, skipped.out).toBe(0);
    expect(skipped.out).toContain(`subnet/${subnet}/create of plan ${planId} is skipped`);

    const events = await says('ann', 'events');
    expect(events.out).toMatch(/StepSkipRequested.*made by hand/);
    await says('ann', 'registry', 'rebuild');
    const { plan, steps } = recorded(planId);
    expect(plan).toMatchObject({ status: 'completed', failed: 0, needs_second: false });
    expect(plan.skipped).toBeGreaterThan(0);
    expect(steps.find(({ step_id }) => step_id === step[1])).toMatchObject({
      ...{ status: 'skipped', skipped_by: 'ann', skip_reason: 'made by hand', failure: expect.anything() },
      since: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await names(clouds.destination.admin, 'subnet')).toEqual([]);
    expect(await names(clouds.source.admin, 'network')).toEqual(['steps-net']);
    expect(await names(clouds.source.admin, 'subnet')).toEqual(['steps-sub']);
  });

  it('tries it after all, and the plan is done', async () => {
    clouds.destination.fake?.faults.clear();
    const step = ['--step', `subnet/${subnet}/create`];
    const again = await says('ann', 'retry', planId, ...step, '--reason', 'there is room now');
    expect(again.code, again.out).toBe(0);
    expect(await names(clouds.destination.admin, 'subnet')).toEqual(['steps-sub']);
    expect(await names(clouds.source.admin, 'network')).toEqual([]);
    const none = await says('ann', 'retry', planId, '--reason', 'once more');
    expect(none, none.out).toMatchObject({ code: 0, out: expect.stringContaining('nothing of plan') });
  });

  it('deletes twins again only when a second person agrees', async () => {
    needsSecond = true;
    const network = await make('network', { name: 'steps-two' });
    const started = await says('ann', 'start', '--resource-type', 'network', network);
    expect(started.code, started.out).toBe(0);
    const waiting = await says('ann', 'rollback', planOf(started.out), '--yes');
    expect(waiting.code, waiting.out).toBe(1);
    expect(waiting.out).toContain('nothing is done before a second person agrees');
    expect(await names(clouds.destination.admin, 'network')).toEqual(['steps-net', 'steps-two']);
  });

  it('removes originals only when a second person agrees, and nobody can do so alone', async () => {
    const waiting = await says('ann', 'cleanup-source', '--all');
    expect(waiting.code, waiting.out).toBe(1);
    expect(waiting.out).toContain('nothing is done before a second person agrees');
    const removal = /openstack-migrate second ([0-9a-f-]{36})/.exec(waiting.out)?.[1] ?? '';
    const digest = /openstack-migrate apply ([0-9a-f]{64})/.exec(waiting.out)?.[1] ?? '';
    expect(await names(clouds.source.admin, 'network')).toEqual(['steps-two']);

    const alone = await says('ann', 'second', removal);
    expect(alone, alone.out).toMatchObject({ code: 1, out: expect.stringContaining('ann has approved it') });
    const early = await says('ann', 'apply', digest);
    expect(early, early.out).toMatchObject({ code: 1, out: expect.stringContaining('a second person agrees') });
    expect(await names(clouds.source.admin, 'network')).toEqual(['steps-two']);

    const seconded = await says('bob', 'second', removal, '--reason', 'looked at both');
    expect(seconded.code, seconded.out).toBe(0);
    const done = await says('ann', 'apply', digest);
    expect(done.code, done.out).toBe(0);
    expect(await names(clouds.source.admin, 'network')).toEqual([]);
    expect(recorded(removal).plan).toMatchObject({ approved_by: 'ann', needs_second: true, seconded_by: 'bob' });
  });
});
