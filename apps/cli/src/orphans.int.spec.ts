import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OrphanRow } from '@osm/contracts';
import { isJsonObject, type JsonObject } from '@osm/kernel';
import { openFakeClouds, type Clouds, type End } from '@osm/testing/harness';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run } from './run.ts';

describe('openstack-migrate orphans', { timeout: 120_000 }, () => {
  let clouds: Clouds;
  let here: string;

  beforeAll(async () => {
    clouds = await openFakeClouds();
  });
  afterAll(() => clouds.close());
  beforeEach(() => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-orphans-'));
    const lines = [
      `cloud_config_file: ${clouds.cloudsYaml}`,
      `source_cloud_name: ${clouds.route.source}`,
      `destination_cloud_name: ${clouds.route.destination}`,
      'multitenant_mode: true',
      'settle_seconds: 0',
      'image_transfer: direct',
    ];
    writeFileSync(path.join(here, 'config.yaml'), `${lines.join('\n')}\n`);
  });
  afterEach(() => {
    fakeOf(clouds.source).faults.clear();
    fakeOf(clouds.destination).faults.clear();
    rmSync(here, { recursive: true, force: true });
  });

  const command = async (...argv: readonly string[]) => {
    const said = { out: '', err: '' };
    const code = await run(['--config', path.join(here, 'config.yaml'), '--data', path.join(here, 'data'), ...argv], {
      out: (text) => void (said.out += text),
      err: (text) => void (said.err += text),
      terminal: false,
      colour: false,
      columns: 120,
      env: { HOME: here },
      interrupted: new AbortController().signal,
    });
    return { code, ...said };
  };

  const orphans = async (...argv: readonly string[]) => {
    const { code, out, err } = await command('orphans', '-f', 'json', ...argv);
    expect(err).toBe('');
    const told = JSON.parse(out) as { readonly orphans: readonly OrphanRow[]; readonly unlisted: readonly unknown[] };
    expect(told.unlisted).toEqual([]);
    return { code, rows: told.orphans };
  };

  it('finds nothing where nothing is', async () => {
    expect(await orphans()).toEqual({ code: 0, rows: [] });
    expect((await command('orphans')).out).toContain('nothing carries a mark of ours');
  });

  it('tells what was made and never recorded, and the next run takes it', async () => {
    const network = await made(clouds.source, 'network', '/networks', { network: { name: 'half-made' } });
    const { faults } = fakeOf(clouds.destination);
    const whole = ['start', network, '--resource-type', 'network', '--include-dependencies'];
    faults.add({ method: 'POST', path: /\/networks$/, times: 1, action: 'commit-then-reset' });
    faults.add({ method: 'GET', path: /\/networks$/, action: { status: 403 } });
    expect((await command(...whole)).code).not.toBe(0);
    faults.clear();

    const { code, rows } = await orphans();
    expect(code).toBe(3);
    expect(rows).toMatchObject([
      { class: 'crash-window', kind: 'network', source_id: network, step: 'create', removable: false },
    ]);
    expect(await orphans('--remove')).toEqual({ code, rows });

    const again = await command(...whole);
    expect(again, again.out + again.err).toMatchObject({ code: 0 });
    expect(await orphans()).toEqual({ code: 0, rows: [] });
    const twins = await named(clouds.destination, 'network', '/networks', 'networks', 'half-made');
    expect(twins.map(({ id }) => id)).toEqual([rows[0]?.id]);
  });

  it('leaves a half-made twin to be proven and finished when the log is lost', async () => {
    const network = await made(clouds.source, 'network', '/networks', { network: { name: 'log-lost' } });
    const { faults } = fakeOf(clouds.destination);
    const whole = ['start', network, '--resource-type', 'network', '--include-dependencies'];
    faults.add({ method: 'POST', path: /\/networks$/, times: 1, action: 'commit-then-reset' });
    faults.add({ method: 'GET', path: /\/networks$/, action: { status: 403 } });
    expect((await command(...whole)).code).not.toBe(0);
    faults.clear();
    rmSync(path.join(here, 'data'), { recursive: true });
    expect((await command('scan')).code).toBe(0);
    const found = await orphans('--remove', '--resource-type', 'network');
    expect(found.rows).toMatchObject([{ class: 'unknown', source_id: network, removed: false }]);

    const { out } = await command('recover', '--from-markers', '--yes', '-f', 'json');
    const proven = { source_id: network, destination_id: found.rows[0]?.id, proof: 'marker', complete: false };
    const told = JSON.parse(out) as { readonly types: readonly { readonly proven: readonly JsonObject[] }[] };
    expect(told.types.flatMap((one) => one.proven)).toContainEqual(expect.objectContaining(proven));
    const again = await command(...whole);
    expect(again, again.out + again.err).toMatchObject({ code: 0 });
    const twins = await named(clouds.destination, 'network', '/networks', 'networks', 'log-lost');
    expect(twins).toMatchObject([{ id: proven.destination_id, description: '' }]);
    expect(await orphans('--resource-type', 'network')).toEqual({ code: 0, rows: [] });
  });

  it('deletes what a plan that was broken off has left, and records it', async () => {
    const volume = await made(clouds.source, 'block-storage', '/volumes', { volume: { name: 'broken-off', size: 1 } });
    fakeOf(clouds.destination).faults.add({ method: 'PUT', path: /\/images\/.*\/file$/, action: { status: 403 } });
    for (const end of [clouds.source, clouds.destination]) {
      fakeOf(end).faults.add({ method: 'DELETE', path: /\/images\//, action: { status: 403 } });
    }
    const broken = await command('start', volume, '--resource-type', 'volume', '--include-dependencies');
    expect(broken.code).not.toBe(0);
    fakeOf(clouds.source).faults.clear();
    fakeOf(clouds.destination).faults.clear();
    const { code, rows } = await orphans();
    expect(code).toBe(3);
    expect(rows.map(({ cloud, kind, step, removable }) => ({ cloud, kind, step, removable }))).toEqual([
      { cloud: clouds.route.source, kind: 'image', step: 'export', removable: true },
      { cloud: clouds.route.destination, kind: 'image', step: 'transfer', removable: true },
    ]);
    expect(new Set(rows.map((row) => row.class))).toEqual(new Set(['temporary-past-its-time']));

    const stranger = await made(clouds.destination, 'network', '/networks', {
      network: { name: 'stranger', description: 'osm-0123456789abcdef0123456' },
    });
    const removal = await orphans('--remove');
    expect(removal.rows.filter(({ removed }) => removed).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
    expect(removal.rows.filter(({ removed }) => !removed)).toMatchObject([
      { class: 'unknown', kind: 'network', id: stranger, removable: false },
    ]);
    for (const { id, cloud } of rows) {
      const end = cloud === clouds.route.source ? clouds.source : clouds.destination;
      const answer = await end.admin.send('image', { method: 'GET', path: `/images/${id}`, accept: [404] });
      expect(answer.status).toBe(404);
    }
    const events = (await command('events', '-f', 'json')).out.split('\n').filter((line) => line !== '');
    expect(events.filter((line) => line.includes('AuxiliaryCollected'))).toHaveLength(2);
    expect((await command('registry', 'rebuild')).code).toBe(0);
    const left = await orphans();
    expect(left.rows.map(({ id }) => id)).toEqual([stranger]);
    await clouds.destination.admin.send('network', { method: 'DELETE', path: `/networks/${stranger}` });
  });

  it('looks at one of the clouds, and at no third one', async () => {
    expect(await orphans('--cloud', clouds.route.source, '--resource-type', 'image')).toEqual({ code: 0, rows: [] });
    expect(await command('orphans', '--cloud', 'elsewhere')).toMatchObject({ code: 2 });
  });
});

const fakeOf = ({ fake, name }: End) => {
  if (fake === undefined) throw new Error(`${name} is no fake cloud`);
  return fake;
};

const made = async (
  { admin }: End,
  service: 'network' | 'block-storage',
  place: string,
  body: JsonObject,
): Promise<string> => {
  const answer = await admin.send(service, { method: 'POST', path: place, body });
  const [item] = isJsonObject(answer.body) ? Object.values(answer.body) : [];
  if (!isJsonObject(item)) throw new Error(`nothing was made at ${place}`);
  return String(item['id']);
};

const named = async ({ admin }: End, service: 'network', place: string, key: string, name: string) =>
  Array.fromAsync(admin.list(service, place, { key, query: { name } }));
