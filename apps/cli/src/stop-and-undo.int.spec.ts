import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { loadClouds, openCloud, type OpenCloud } from '@osm/openstack';
import { startFakeCloud, writeCloudsYaml, type FakeCloud } from '@osm/testing/fake-openstack';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('a plan that somebody stops or undoes', { timeout: 120_000 }, () => {
  let here: string;
  let source: FakeCloud;
  let destination: FakeCloud;
  let old: OpenCloud;
  let young: OpenCloud;

  beforeEach(async () => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-stop-'));
    const cloud = (name: string, release: 'zed' | 'epoxy') =>
      startFakeCloud({
        ...{ name, release, region: 'R1', adminPassword: 'secret' },
        ...{ networkType: 'vxlan', volumeTypes: ['ssd'] },
      });
    [source, destination] = await Promise.all([cloud('old', 'zed'), cloud('new', 'epoxy')]);
    const file = path.join(here, 'clouds.yaml');
    await writeCloudsYaml(file, [
      { name: 'old', entry: source.adminCloudsYamlEntry },
      { name: 'new', entry: destination.adminCloudsYamlEntry },
    ]);
    const clouds = await loadClouds({ file, env: {}, cwd: here, home: here });
    old = openCloud('old', clouds.named('old'));
    young = openCloud('new', clouds.named('new'));
  });
  afterEach(async () => {
    old.close();
    young.close();
    await source.close();
    await destination.close();
    rmSync(here, { recursive: true, force: true });
  });

  const command = async (argv: readonly string[], hear: (out: string) => void = () => undefined) => {
    const config = path.join(here, 'config.yaml');
    const lines = [
      `cloud_config_file: ${path.join(here, 'clouds.yaml')}`,
      'source_cloud_name: old',
      'destination_cloud_name: new',
      `database_file: ${path.join(here, 'sqlite.db')}`,
      'settle_seconds: 0',
      'multitenant_mode: false',
      'actor: ann',
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const said = { out: '', err: '' };
    const code = await run(['--config', config, ...argv], {
      out: (text) => {
        said.out += text;
        hear(said.out);
      },
      err: (text) => void (said.err += text),
      terminal: false,
      colour: false,
      columns: 120,
      env: { HOME: here },
      interrupted: new AbortController().signal,
    });
    return { code, ...said };
  };

  const make = async (cloud: OpenCloud, kind: string, body: JsonObject): Promise<string> => {
    const answer = await cloud.send('network', { method: 'POST', path: `/${kind}s`, body: { [kind]: body } });
    return String((isJsonObject(answer.body) ? (answer.body[kind] as JsonObject) : {})['id']);
  };
  const networks = async (cloud: OpenCloud): Promise<readonly string[]> => {
    const { body } = await cloud.send('network', { method: 'GET', path: '/networks' });
    const all: Json = isJsonObject(body) ? (body['networks'] ?? []) : [];
    return (Array.isArray(all) ? all : []).flatMap((each) => (isJsonObject(each) ? [String(each['name'])] : [])).sort();
  };
  const netA = async (): Promise<string> => {
    const id = await make(old, 'network', { name: 'net-a' });
    await make(old, 'subnet', { name: 'sub-a', network_id: id, cidr: '10.0.0.0/24', ip_version: 4 });
    return id;
  };
  const start = (id: string, ...more: readonly string[]): readonly string[] => [
    ...['start', '--resource-type', 'network', id, '--include-members'],
    ...more,
  ];
  const planId = (out: string): string => /plan ([0-9a-f-]{36})/.exec(out)?.[1] ?? '';

  it('is paused by another command while a step is under way, and resumed to its end', async () => {
    const id = await netA();
    const paused = Promise.withResolvers<{ code: number; out: string; err: string }>();
    destination.faults.add({
      method: 'POST',
      path: /networks$/,
      times: 1,
      action: {
        before: async () => {
          const [plan] = JSON.parse((await command(['plans', '-f', 'json'])).out) as readonly { plan_id: string }[];
          paused.resolve(await command(['pause', plan?.plan_id.slice(0, 8) ?? '', '--reason', 'lunch']));
        },
      },
    });
    const first = await command(start(id));
    const word = await paused.promise;
    expect(word, word.err).toMatchObject({ code: 0, out: expect.stringContaining('1 step under way may end') });
    expect(first.code, first.err).toBe(3);
    expect(first.out).toContain('was paused by ann (lunch)');
    expect(first.out).toContain(`openstack-migrate resume ${planId(first.out)}`);
    const resumed = await command(['resume', planId(first.out)]);
    expect(resumed.code, resumed.out + resumed.err).toBe(0);
    expect(resumed.out).toContain('2 created');
  });

  it('is cancelled by another command, refuses what comes late, and can be begun again and rolled back', async () => {
    const id = await netA();
    const cancelled = Promise.withResolvers<unknown>();
    destination.faults.add({
      method: 'POST',
      path: /subnets$/,
      times: 1,
      action: {
        before: async () => {
          const [plan] = JSON.parse((await command(['plans', '-f', 'json'])).out) as readonly { plan_id: string }[];
          // Not waited for here: the request lands when its worker has been told to stop.
          const id = plan?.plan_id ?? '';
          void command(['cancel', id, '--reason', 'wrong one']).then(cancelled.resolve, cancelled.reject);
          while (!(await command(['events'])).out.includes('PlanCancelling')) await new Promise(setImmediate);
        },
      },
    });
    const first = await command(start(id));
    expect(await cancelled.promise).toMatchObject({ code: 0 });
    expect(first.code, first.out + first.err).toBe(3);
    expect(first.out).toContain('was cancelled by ann (wrong one)');
    expect(first.out).toContain('finds also what a request that was under way may still make');
    const plan = planId(first.out);
    const late = await command(['resume', plan]);
    expect(late).toMatchObject({ code: 1, err: expect.stringContaining('it is cancelled') });

    const second = await command(start(id));
    expect(second.code, second.out + second.err).toBe(0);
    const back = await command(['rollback', planId(second.out), '--yes']);
    expect(back.out, back.err).toContain('1 deleted');
    expect(await networks(young)).toContain('net-a');
    const shown = await command(['rollback', plan]);
    expect(shown.out).toMatch(/deleted from the destination.*\n- network net-a/);
    expect(await networks(young)).toContain('net-a');
    expect((await command(['rollback', plan, '--yes'])).code).toBe(0);
    expect(await networks(young)).not.toContain('net-a');
    expect(await networks(old)).toContain('net-a');
    expect((await command(['list', '--status', 'rolled-back'])).out.match(/rolled-back/g)).toHaveLength(2);
    const none = await command(['rollback', plan, '--yes']);
    expect(none).toMatchObject({ code: 0, out: expect.stringContaining('nothing to roll back') });
  });

  it('leaves what a person has changed or put into it, with the reason, and does the rest', async () => {
    const id = await netA();
    const first = await command(start(id));
    const { body } = await young.send('network', { method: 'GET', path: '/networks', query: { name: 'net-a' } });
    const twin = String(((body as { networks: readonly { id: string }[] }).networks[0] ?? { id: '' }).id);
    await make(young, 'subnet', { name: 'theirs', network_id: twin, cidr: '10.9.0.0/24', ip_version: 4 });
    const back = await command(['rollback', planId(first.out), '--yes']);
    expect(back.code).toBe(3);
    expect(back.out).toMatch(/failed +network net-a .*there is something else in it: subnet/);
    expect(await networks(young)).toContain('net-a');
  });

  it.each([
    [['pause', 'nope'], 1, /no plan nope/],
    [['cancel', 'x'], 2, /names no plan/],
  ])('%s is answered with one line and a remedy', async (argv, code, message) => {
    await command(['list']);
    const answer = await command(argv);
    expect(answer.code).toBe(code);
    expect(answer.err).toMatch(message);
    expect(answer.err).toContain('openstack-migrate plans');
  });
});
