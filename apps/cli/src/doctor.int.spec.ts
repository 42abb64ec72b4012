import type { DoctorFinding } from '@osm/contracts';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { loadClouds, openCloud, type OpenCloud } from '@osm/openstack';
import { startFakeCloud, writeCloudsYaml, type CloudEntry, type FakeCloud } from '@osm/testing/fake-openstack';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('doctor', { timeout: 120_000 }, () => {
  let here: string;
  let source: FakeCloud;
  let destination: FakeCloud;
  let old: OpenCloud;

  const enter = async (entry: CloudEntry): Promise<void> =>
    await writeCloudsYaml(path.join(here, 'clouds.yaml'), [
      { name: 'old', entry: source.adminCloudsYamlEntry },
      { name: 'new', entry },
    ]);

  beforeEach(async () => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-doctor-'));
    const cloud = (name: string, release: 'zed' | 'epoxy', without: readonly 'dns'[] = []) =>
      startFakeCloud({
        ...{ name, release, region: 'R1', adminPassword: 'secret', without },
        ...{ networkType: 'vxlan', volumeTypes: ['ssd'] },
      });
    [source, destination] = await Promise.all([cloud('old', 'zed'), cloud('new', 'epoxy', ['dns'])]);
    await enter(destination.adminCloudsYamlEntry);
    const clouds = await loadClouds({ file: path.join(here, 'clouds.yaml'), env: {}, cwd: here, home: here });
    old = openCloud('old', clouds.named('old'));
  });
  afterEach(async () => {
    old.close();
    await source.close();
    await destination.close();
    rmSync(here, { recursive: true, force: true });
  });

  const command = async (argv: readonly string[], more: readonly string[] = []) => {
    const config = path.join(here, 'config.yaml');
    const lines = [
      `cloud_config_file: ${path.join(here, 'clouds.yaml')}`,
      'source_cloud_name: old',
      'destination_cloud_name: new',
      `database_file: ${path.join(here, 'sqlite.db')}`,
      'actor: ann',
      ...more,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const said = { out: '', err: '' };
    const code = await run(['--config', config, '--data', path.join(here, 'data'), ...argv], {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      ...{ terminal: false, colour: false, columns: 120, env: { HOME: here } },
      interrupted: new AbortController().signal,
    });
    return { code, ...said };
  };
  const examine = async (...more: readonly string[]) => {
    const { code, out, err } = await command(['doctor', '-f', 'json'], more);
    expect(err).toBe('');
    const { findings } = JSON.parse(out) as { findings: readonly DoctorFinding[] };
    const about = (wanted: string): readonly DoctorFinding[] => findings.filter((each) => each.code === wanted);
    return { code, findings, about };
  };
  const network = async (name: string): Promise<void> =>
    void (await old.send('network', { method: 'POST', path: '/networks', body: { network: { name } } }));
  const head = async (): Promise<number> => {
    const { log, close } = await openEmbeddedLog({ directory: path.join(here, 'data'), readOnly: true });
    return await log.head().finally(close);
  };

  it('works without a scan, tells what it could not check, and names a service that the destination lacks', async () => {
    const { code, about } = await examine();
    expect(about('reachable').map(({ cloud }) => cloud)).toEqual(['old', 'new']);
    expect(about('not-scanned')).toHaveLength(1);
    expect(about('missing-service')).toMatchObject([{ severity: 'warning', cloud: 'new', why: expect.any(String) }]);
    expect(about('missing-service')[0]?.what).toContain('dns');
    expect(code).toBe(3);
  });

  it('writes nothing: neither to a cloud nor to the log', async () => {
    await command(['scan', '--resource-type', 'network']);
    const before = [source.ledger.next(), destination.ledger.next(), await head()] as const;
    await examine();
    const changes = [source.ledger.writes(before[0]), destination.ledger.writes(before[1])].flat();
    // Signing in is the one POST.
    expect(changes.filter(({ path: asked }) => !asked.endsWith('/auth/tokens'))).toEqual([]);
    expect(await head()).toBe(before[2]);
  });

  it('holds what the newest scan saw against the limits of the destination', async () => {
    const destinationAdmin = openCloud('new', (await cloudsOf()).named('new'));
    const { projectId } = await destinationAdmin.whoAmI();
    const limit = { method: 'PUT', path: `/quotas/${String(projectId)}`, body: { quota: { network: 1 } } } as const;
    await destinationAdmin.send('network', limit);
    destinationAdmin.close();
    await network('web');
    await network('db');
    const single = 'multitenant_mode: false';
    expect((await command(['scan', '--resource-type', 'network'], [single])).code).toBe(0);
    const { code, about } = await examine(single);
    expect(about('quota-too-small')).toMatchObject([{ severity: 'error', cloud: 'new' }]);
    expect(about('quota-too-small')[0]?.remedy).toContain('network');
    expect(about('not-scanned')).toEqual([]);
    expect(code).toBe(1);
  });

  it('tells a cloud that does not answer, and still tells of the other one', async () => {
    destination.faults.add({ path: '/auth/tokens', action: { status: 401, body: { error: { message: 'no' } } } });
    const { code, about } = await examine();
    expect(about('unreachable')).toMatchObject([{ severity: 'error', cloud: 'new' }]);
    expect(about('reachable').map(({ cloud }) => cloud)).toEqual(['old']);
    expect(code).toBe(1);
  });

  it('tells a role that is missing, with the rules that refuse', async () => {
    const refuse = (service: string, asked: string, body: object): void =>
      void destination.faults.add({ service, method: 'GET', path: asked, action: { status: 403, body: { ...body } } });
    const rule = 'identity:list_projects';
    const message = `You are not authorized to perform the requested action: ${rule}.`;
    refuse('identity', '/v3/projects$', { error: { code: 403, message, title: 'Forbidden' } });
    const { code, about } = await examine();
    expect(about('forbidden')).toMatchObject([{ severity: 'error', cloud: 'new', why: `its rule ${rule} refuses` }]);
    expect(code).toBe(1);
  });

  it('tells a clock that differs, and a networking extension that is missing', async () => {
    const headers = { Date: new Date(Date.now() - 600_000).toUTCString(), 'Content-Type': 'application/json' };
    const late = { status: 200, body: { networks: [] }, headers };
    destination.faults.add({ method: 'GET', path: '/v2.0/networks$', action: late });
    const bare = { extensions: [{ alias: 'router' }] };
    destination.faults.add({ method: 'GET', path: '/v2.0/extensions$', action: { status: 200, body: bare } });
    const { about } = await examine();
    expect(about('clock-differs')).toMatchObject([{ severity: 'warning', cloud: 'new' }]);
    expect(about('clock-differs')[0]?.what).toMatch(/(599|600) s behind ours/);
    expect(about('missing-extension')[0]?.what).toContain('trunk');
  });

  it('counts what is there and is not migrated', async () => {
    const volume = { size: 1, name: 'data', volume_type: 'ssd' };
    const made = await old.send('block-storage', { method: 'POST', path: '/volumes', body: { volume } });
    const id = (made.body as { volume: { id: string } }).volume.id;
    await expect.poll(async () => statusOf(id), { timeout: 20_000 }).toBe('available');
    const snapshot = { volume_id: id, name: 'before' };
    await old.send('block-storage', { method: 'POST', path: '/snapshots', body: { snapshot } });
    const { about } = await examine();
    expect(about('uncovered').map(({ what }) => what)).toContain('old has volume snapshots: 1');
  });

  const cloudsOf = () => loadClouds({ file: path.join(here, 'clouds.yaml'), env: {}, cwd: here, home: here });
  const statusOf = async (id: string): Promise<string> => {
    const { body } = await old.send('block-storage', { method: 'GET', path: `/volumes/${id}` });
    return (body as { volume: { status: string } }).volume.status;
  };
});
