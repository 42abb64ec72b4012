import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isJsonObject, type Json, type JsonObject } from '@osm/kernel';
import { loadClouds, openCloud, type OpenCloud } from '@osm/openstack';
import { version } from '@osm/runtime';
import { startFakeCloud, writeCloudsYaml, type CloudEntry, type FakeCloud } from '@osm/testing/fake-openstack';
import Database from 'better-sqlite3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { run } from './run.ts';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

interface Settings {
  readonly clouds?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly more?: string;
}

describe('openstack-migrate', { timeout: 120_000 }, () => {
  let source: FakeCloud;
  let destination: FakeCloud;
  let shared: string;
  let here: string;
  let old: OpenCloud;
  let young: OpenCloud;

  const cloud = (name: string, release: 'zed' | 'epoxy', networkType: 'vxlan' | 'geneve') =>
    startFakeCloud({ name, release, networkType, region: 'R1', volumeTypes: ['ssd'], adminPassword: 'secret' });

  const entryWith = (entry: CloudEntry, auth: object): CloudEntry => ({ ...entry, auth: { ...entry.auth, ...auth } });

  beforeAll(async () => {
    source = await cloud('old', 'zed', 'vxlan');
    destination = await cloud('new', 'epoxy', 'geneve');
    shared = mkdtempSync(path.join(tmpdir(), 'osm-cli-'));
    const entry = source.adminCloudsYamlEntry;
    await writeCloudsYaml(path.join(shared, 'clouds.yaml'), [
      { name: 'old', entry },
      { name: 'new', entry: destination.adminCloudsYamlEntry },
      { name: 'locked', entry: entryWith(entry, { password: 'wrong' }) },
      { name: 'dead', entry: entryWith(entry, { auth_url: 'http://127.0.0.1:9/identity/v3' }) },
    ]);
    const clouds = await loadClouds({ file: path.join(shared, 'clouds.yaml'), env: {}, cwd: shared, home: shared });
    old = openCloud('old', clouds.named('old'));
    young = openCloud('new', clouds.named('new'));
  });

  afterAll(async () => {
    old.close();
    young.close();
    await source.close();
    await destination.close();
    rmSync(shared, { recursive: true, force: true });
  });

  beforeEach(() => {
    here = mkdtempSync(path.join(tmpdir(), 'osm-cli-run-'));
  });

  afterEach(() => rmSync(here, { recursive: true, force: true }));

  const configured = ({ clouds, source: from = 'old', destination: to = 'new', more = '' }: Settings = {}): string => {
    const file = path.join(here, 'config.yaml');
    const lines = [
      `cloud_config_file: ${clouds ?? path.join(shared, 'clouds.yaml')}`,
      `source_cloud_name: ${from}`,
      `destination_cloud_name: ${to}`,
      `database_file: ${path.join(here, 'sqlite.db')}`,
      'settle_seconds: 0',
      more,
    ];
    writeFileSync(file, `${lines.join('\n')}\n`);
    return file;
  };

  interface Told {
    readonly config?: string;
    /** Told to stop as soon as this is written. */
    readonly stopAt?: RegExp;
    readonly stop?: AbortController;
    /** Hears all that is written, each time that more is. */
    readonly hear?: (out: string) => void;
  }

  const command = async (argv: readonly string[], told: Told = {}): Promise<Outcome> => {
    const { config = configured(), stopAt, stop = new AbortController(), hear } = told;
    const said = { out: '', err: '' };
    const code = await run(['--config', config, ...argv], {
      out: (text) => {
        said.out += text;
        hear?.(said.out);
        if (stopAt?.test(said.out) === true) stop.abort();
      },
      err: (text) => void (said.err += text),
      terminal: false,
      colour: false,
      columns: 120,
      env: { HOME: here },
      interrupted: stop.signal,
    });
    return { code, ...said };
  };

  const done = async (argv: readonly string[], told: Told = {}): Promise<string> => {
    const outcome = await command(argv, told);
    expect(outcome, `${argv.join(' ')}\n${outcome.err}\n${outcome.out}`).toMatchObject({ code: 0 });
    return outcome.out;
  };

  const rowsOf = async (...argv: readonly string[]): Promise<readonly JsonObject[]> => {
    const rows: unknown = JSON.parse(await done([...argv, '-f', 'json']));
    return Array.isArray(rows) ? rows.filter(isJsonObject) : [];
  };

  const made = async (of: OpenCloud, service: 'identity' | 'network', kind: string, body: Json): Promise<string> => {
    const answer = await of.send(service, { method: 'POST', path: `/${kind}s`, body: { [kind]: body } });
    const item: unknown = isJsonObject(answer.body) ? answer.body[kind] : undefined;
    if (!isJsonObject(item)) throw new Error(`the cloud made no ${kind}`);
    return String(item['id']);
  };

  const listed = async (of: OpenCloud, kind: string, query: string): Promise<readonly JsonObject[]> => {
    const answer = await of.send('network', { method: 'GET', path: `/${kind}s?${query}` });
    const items: unknown = isJsonObject(answer.body) ? answer.body[`${kind}s`] : undefined;
    return Array.isArray(items) ? items.filter(isJsonObject) : [];
  };

  /** All services in this process, ready. */
  const served = async (...argv: readonly string[]) => {
    const stop = new AbortController();
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const hear = (out: string): void => {
      if (out.includes('all services are ready')) resolve();
    };
    const serving = command(['serve', ...argv], { stop, hear });
    await Promise.race([ready, serving]);
    return { stop, serving };
  };

  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };

  let tenants = 0;
  /** A project with a network and two subnets, at the source. */
  const seeded = async () => {
    tenants += 1;
    const name = `t${tenants}`;
    const domain = await made(old, 'identity', 'domain', { name: `domain-${name}`, enabled: true });
    const project = await made(old, 'identity', 'project', { name, domain_id: domain });
    const owned = { project_id: project };
    const network = await made(old, 'network', 'network', { ...owned, name: `net-${name}`, admin_state_up: false });
    const subnet = (cidr: string) =>
      made(old, 'network', 'subnet', {
        ...owned,
        name: `sub-${cidr}`,
        network_id: network,
        cidr,
        ip_version: 4,
        gateway_ip: null,
      });
    return { name, domain, project, network, subnets: [await subnet('10.0.0.0/24'), await subnet('10.0.1.0/24')] };
  };

  const everything = ['--include-dependencies', '--include-members'];

  describe('start', () => {
    it('creates nothing and lists every missing dependency without --include-dependencies', async () => {
      const { network, project, name } = await seeded();
      const writes = destination.ledger.writes().length;
      const { code, err } = await command(['start', network, '--resource-type', 'network']);
      expect(code).toBe(1);
      expect(err).toContain(`project ${name} (${project}) has no twin`);
      expect(err).toContain('--include-dependencies');
      expect(destination.ledger.writes()).toHaveLength(writes);
      expect(await rowsOf('list')).toEqual([]);
    });

    it('shows the plan and creates nothing with --dry-run', async () => {
      const { network, domain, subnets } = await seeded();
      const writes = destination.ledger.writes().length;
      const out = await done(['start', network, '--resource-type', 'network', '--dry-run', ...everything]);
      for (const id of [network, domain, ...subnets]) expect(out).toContain(`(${id})`);
      expect(out).toContain('5 resources, 5 steps, digest ');
      expect(destination.ledger.writes()).toHaveLength(writes);
    });

    it('tells programs how it comes on, in lines of JSON that nothing else is mixed with', async () => {
      const { network } = await seeded();
      const start = ['start', network, '--resource-type', 'network', ...everything, '--priority', 'high'];
      const { code, out, err } = await command([...start, '--progress', 'json', '--bandwidth-limit', '800Mbit/s']);
      expect(code, err).toBe(0);
      const lines = out
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ state: 'completed', settled: 5, steps: 5, items: [], eta_seconds: null });
      expect(err).toContain('5 resources: 5 created');
      const requested = (await done(['events', '-f', 'json']))
        .split('\n')
        .find((line) => line.includes('PlanRequested'));
      expect(JSON.parse(requested ?? '{}')).toMatchObject({ data: { policy: { priority: 'high' } } });
    });

    it('moves a network with what it stands on and contains, and a second time writes nothing', async () => {
      const { name, network, subnets } = await seeded();
      const config = configured();
      const out = await done(['start', network, '--resource-type', 'network', ...everything], { config });
      expect(out).toMatch(new RegExp(`^created +network net-${name} \\(${network}\\) as [0-9a-f-]{36}$`, 'm'));
      expect(out).toMatch(/^5 resources: 5 created, 0 adopted, 0 reused, 0 failed, 0 skipped$/m);
      expect(out).toMatch(/^attributes: \d+ equal, \d+ mapped, 0 lost, \d+ impossible, 0 unknown$/m);
      const [twin] = await listed(young, 'network', `name=net-${name}`);
      expect(twin).toMatchObject({ admin_state_up: false });
      expect(await listed(young, 'subnet', `network_id=${String(twin?.['id'])}`)).toHaveLength(subnets.length);

      const records = await rowsOf('list', '--resource-type', 'network');
      expect(records).toMatchObject([
        {
          service: 'neutron',
          status: 'completed',
          source_id: network,
          destination_id: twin?.['id'],
          source_cloud: 'old',
          destination_cloud: 'new',
          external: false,
          source_removed: false,
          archived: false,
          error_message: null,
          how: 'created',
        },
      ]);
      const uuid = String(records[0]?.['uuid']);
      expect(JSON.parse(await done(['show', uuid, '-f', 'json']))).toEqual(records[0]);
      expect(await done(['show', uuid])).toContain('| Resource type     | network');

      const writes = destination.ledger.writes().length;
      expect(await done(['start', network, '--resource-type', 'network', ...everything], { config })).toContain(
        'everything has its twin already',
      );
      expect(destination.ledger.writes()).toHaveLength(writes);
      expect(await done(['registry', 'rebuild'])).toContain('equal to those before');
    });

    it('finds a resource by a name that only one has', async () => {
      const { name, network } = await seeded();
      expect(await done(['start', `net-${name}`, '--resource-type', 'network', '--dry-run', ...everything])).toContain(
        network,
      );
      await made(old, 'network', 'network', { name: `net-${name}` });
      const { code, err } = await command(['start', `net-${name}`, '--resource-type', 'network', '--dry-run']);
      expect(code).toBe(1);
      expect(err).toContain(`2 of them are named net-${name}`);
      expect(err).toContain(network);
    });

    it('goes on after it was stopped, without doing anything twice', async () => {
      const { project, name } = await seeded();
      const argv = ['start', project, '--resource-type', 'project', ...everything];
      const first = await command(argv, { stopAt: /^created/m });
      expect(first).toMatchObject({ code: 3 });
      expect(first.err).toBe(
        'openstack-migrate: stopped before all was done; what was begun is recorded\nThe same command goes on from here.\n',
      );
      const lists = source.ledger.entries().length;
      const out = await done(argv);
      expect(out).toMatch(/^going on with plan [0-9a-f-]{36}, which an earlier command has begun$/m);
      expect(source.ledger.entries(lists).some(({ path: asked }) => asked.endsWith('/networks'))).toBe(false);
      expect(await listed(young, 'network', `name=net-${name}`)).toHaveLength(1);
      expect(await rowsOf('list', '--status', 'completed')).toHaveLength(5);
    });

    it('is partly done when a part fails, and does the rest the next time', async () => {
      const { network, subnets } = await seeded();
      const fault = destination.faults.add({
        service: 'network',
        method: 'POST',
        path: /subnets$/,
        times: 1,
        action: { status: 409, body: { NeutronError: { type: 'OverQuota', message: 'Quota exceeded', detail: '' } } },
      });
      const argv = ['start', network, '--resource-type', 'network', ...everything];
      const first = await command(argv);
      destination.faults.remove(fault);
      expect(first, first.out).toMatchObject({ code: 3 });
      expect(first.out).toMatch(/^failed +subnet .*Quota exceeded/m);
      expect(first.out).toMatch(/^5 resources: 4 created, .* 1 failed, 0 skipped$/m);
      expect(await rowsOf('list', '--status', 'failed')).toHaveLength(1);
      expect(await done(argv)).toMatch(/^1 resource: 1 created/m);
      expect(await rowsOf('list', '--resource-type', 'subnet', '--status', 'completed')).toHaveLength(subnets.length);
    });

    it('removes the originals with --cleanup-source, and never what was there before', async () => {
      const { name, network, domain, project } = await seeded();
      await made(young, 'identity', 'domain', { name: `domain-${name}`, enabled: true });
      await done(['start', domain, '--resource-type', 'domain']);
      await done(['start', project, '--resource-type', 'project']);
      const out = await done(['start', network, '--resource-type', 'network', '--include-members', '--cleanup-source']);
      expect(out).toMatch(/^3 originals removed from the source$/m);
      expect(await listed(old, 'network', `id=${network}`)).toEqual([]);
      expect(await rowsOf('list', '--source-removed')).toHaveLength(3);
      expect(await rowsOf('list', '--resource-type', 'domain')).toMatchObject([
        { how: 'reused', source_removed: false },
      ]);
    });
  });

  it('migrates what a single tenant owns without looking at owners', async () => {
    const network = await made(old, 'network', 'network', { name: 'own-net' });
    const config = configured({ more: 'multitenant_mode: no' });
    expect(await done(['start', network, '--resource-type', 'network'], { config })).toMatch(/^1 resource: 1 created/m);
    expect(await listed(young, 'network', 'name=own-net')).toHaveLength(1);
  });

  it('answers with its version and its help', async () => {
    expect(await done(['--version'])).toBe(`${version}\n`);
    expect(await done(['start', '--help'])).toContain('--include-dependencies');
  });

  it('moves what filters fit, and only that', async () => {
    const one = await seeded();
    const two = await seeded();
    for (const { domain, project } of [one, two]) {
      await done(['start', domain, '--resource-type', 'domain']);
      await done(['start', project, '--resource-type', 'project']);
    }
    const batch = ['start-batch', '--resource-type', 'network'];
    await done([...batch, '--filter', `project-id:${one.project}`]);
    expect(await listed(young, 'network', `name=net-${one.name}`)).toHaveLength(1);
    expect(await listed(young, 'network', `name=net-${two.name}`)).toHaveLength(0);
    expect(await done([...batch, '--filter', 'project_id:nobody'])).toContain('there is no network that fits');
    // A cloud makes a default group for each project: it is left to the cloud.
    expect(
      await done(['start-batch', '--resource-type', 'security-group', '--all', '--dry-run', ...everything]),
    ).toBeDefined();
  });

  it('runs the plan that was looked at, by its digest', async () => {
    const { network, name } = await seeded();
    const argv = ['plan', network, '--resource-type', 'network', ...everything];
    const plan: unknown = JSON.parse(await done([...argv, '--json']));
    const digest = isJsonObject(plan) ? String(plan['digest']) : '';
    expect(plan).toMatchObject({ resources: 5, findings: [] });
    expect(await listed(young, 'network', `name=net-${name}`)).toHaveLength(0);
    expect(await done(['apply', digest])).toMatch(/5 created/);
    expect(await listed(young, 'network', `name=net-${name}`)).toHaveLength(1);
    expect(await done(['apply', digest.slice(0, 12)])).toContain('is completed already');
    expect(await command(['apply', 'f'.repeat(64)])).toMatchObject({ code: 1 });
  });

  it('defect 11: removes originals later, only those whose twins are ours, in reverse order of need', async () => {
    const { name, domain, project, network } = await seeded();
    await made(young, 'identity', 'domain', { name: `domain-${name}`, enabled: true });
    await done(['start', network, '--resource-type', 'network', ...everything]);
    const shown = await done(['cleanup-source', '--dry-run']);
    expect(shown).toContain(network);
    expect(shown).toContain(project);
    expect(shown).not.toContain(domain);
    expect(shown).toMatch(
      /removed from the source, in this order:[^]*subnet [^]*network [^]*project [^]*nothing was removed/,
    );
    expect(await listed(old, 'network', `id=${network}`)).toHaveLength(1);
    const out = await done(['cleanup-source', '--service', 'neutron']);
    expect(out).toMatch(/^3 originals removed from the source$/m);
    expect(await listed(old, 'network', `id=${network}`)).toEqual([]);
    expect(await done(['cleanup-source', '--service', 'network'])).toContain('there is nothing to remove');
  });

  it('defect 16: archives, restores and forgets records without touching a cloud, and lists just those asked for', async () => {
    const { network } = await seeded();
    await done(['start', network, '--resource-type', 'network', ...everything]);
    const writes = destination.ledger.writes().length;
    expect(await done(['delete', '--resource-type', 'subnet'])).toContain('2 records archived');
    expect(await rowsOf('list')).toHaveLength(3);
    expect(await rowsOf('list', '--archived')).toHaveLength(2);
    expect(await rowsOf('list', '--include-archived')).toHaveLength(5);
    expect(await done(['restore', '--resource-type', 'subnet'])).toContain('2 records restored');
    expect(await rowsOf('list')).toHaveLength(5);
    expect(await done(['delete', '--hard', '--source-id', network])).toContain('1 record forgotten');
    expect(await rowsOf('list', '--include-archived')).toHaveLength(4);
    expect(destination.ledger.writes()).toHaveLength(writes);
  });

  it('takes a twin that was registered by hand', async () => {
    const { domain, project, network, subnets, name } = await seeded();
    const twin = await made(young, 'network', 'network', { name: `mine-${name}` });
    await done(['register-external', network, twin, '--resource-type', 'network']);
    expect(await rowsOf('list', '--external')).toMatchObject([
      { source_id: network, destination_id: twin, external: true },
    ]);
    for (const [type, id] of [
      ['domain', domain],
      ['project', project],
    ] as const)
      await done(['start', id, '--resource-type', type]);
    await done(['start', subnets[0] ?? '', '--resource-type', 'subnet']);
    expect(await listed(young, 'subnet', `network_id=${twin}`)).toHaveLength(1);
    const refused = await command(['register-external', network, 'nowhere', '--resource-type', 'network']);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toContain('--no-check');
  });

  it('knows both by their names, where scans have seen one of each', async () => {
    const { network, name } = await seeded();
    const twin = await made(young, 'network', 'network', { name: `mine-${name}` });
    for (const cloud of ['old', 'new']) await done(['scan', '--cloud', cloud, '--resource-type', 'network']);
    await done(['register-external', `net-${name}`, `mine-${name}`, '--resource-type', 'network']);
    expect(await rowsOf('list', '--external')).toMatchObject([{ source_id: network, destination_id: twin }]);
    await made(young, 'network', 'network', { name: `mine-${name}` });
    await done(['scan', '--cloud', 'new', '--resource-type', 'network']);
    const refused = await command(['register-external', `net-${name}`, `mine-${name}`, '--resource-type', 'network']);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('2 of them are named') });
  });

  it('defect N9: takes the word of a person for a twin only when told not to look', async () => {
    const { network } = await seeded();
    const register = ['register-external', network, 'nowhere', '--resource-type', 'network'];
    expect(await command(register)).toMatchObject({ code: 1 });
    expect(await rowsOf('list', '--external')).toEqual([]);
    await done([...register, '--no-check']);
    expect(await rowsOf('list', '--external')).toMatchObject([{ source_id: network, destination_id: 'nowhere' }]);
  });

  it('tells what became of each attribute, and what happened, event by event', async () => {
    const { network } = await seeded();
    await done(['start', network, '--resource-type', 'network', ...everything]);
    const report: unknown = JSON.parse(await done(['fidelity', '--resource-type', 'network', '-f', 'json']));
    expect(report).toMatchObject({ totals: { resources: 1, lost: 0, unknown: 0 } });
    expect(await done(['fidelity'])).toMatch(/^5 resources, \d+ attributes: 0 lost, 0 unknown, \d+ impossible, /m);
    const lines = (await done(['events', '-f', 'json']))
      .trim()
      .split('\n')
      .map((line): JsonObject => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ScanCompleted', 'PlanCompleted', 'ResourceMigrated']),
    );
    const last = Number(lines.at(-1)?.['position']);
    expect(await done(['events', '--since', String(last)])).toBe('');
    const followed = await done(['events', '--follow'], { stopAt: /PlanCompleted/ });
    expect(followed).toContain('PlanCompleted');
  });

  it('looks at the source and tells what is there', async () => {
    await seeded();
    const found: unknown = JSON.parse(
      await done(['scan', '--resource-type', 'network', '--resource-type', 'subnet', '-f', 'json']),
    );
    expect(found).toMatchObject({ cloud: 'old', types: [{ type: 'network', outcome: 'listed' }, { type: 'subnet' }] });
    expect(await done(['scan'])).toMatch(/^\| network +\| listed +\|/m);
  });

  it('tells what can be migrated, in the words of the Python tool', async () => {
    expect(JSON.parse(await done(['capabilities', '--resource-type', 'subnet', '-f', 'json']))).toMatchObject({
      service: 'neutron',
      resource_type: 'subnet',
      member_resource_types: [],
      associated_resource_types: ['project', 'network'],
    });
    const all = JSON.parse(await done(['capabilities', '-f', 'json'])) as unknown;
    expect(parse(await done(['capabilities', '-f', 'yaml']))).toEqual(all);
    expect(await done(['capabilities'])).toMatch(/^\| Keystone +\| domain +\| [^|]*\bproject\b/m);
  });

  it('serves until it is told to stop, and answers whether it is well', async () => {
    const port = await freePort();
    const { stop, serving } = await served('--port', String(port));
    const answer = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await answer.json()).toEqual({ status: 'ok' });
    stop.abort();
    expect(await serving).toMatchObject({ code: 0 });
  });

  describe('a database of the Python tool', () => {
    const written = (rows: readonly (readonly (string | number | null)[])[]): string => {
      const file = path.join(here, 'sqlite.db');
      const db = new Database(file);
      db.exec(`CREATE TABLE migrations (id INTEGER PRIMARY KEY, uuid VARCHAR(36), archived BOOLEAN, created_at DATETIME,
        updated_at DATETIME, service TEXT, resource_type TEXT, source_cloud TEXT, destination_cloud TEXT, source_id TEXT,
        destination_id TEXT, source_removed BOOLEAN, external BOOLEAN, status TEXT, error_message TEXT)`);
      const insert = db.prepare('INSERT INTO migrations VALUES (?, ?, ?, ?, NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
      for (const row of rows) insert.run(...row);
      db.close();
      return file;
    };
    const row = (id: number, archived: number, type: string, from: string, to: string | null, status: string) =>
      [
        id,
        `u${id}`,
        archived,
        `2025-01-0${id} 10:00:00.000000`,
        'neutron',
        type,
        'old',
        'new',
        from,
        to,
        0,
        0,
        status,
        null,
      ] as const;

    it('is taken over once, newest records first, and left as it is', async () => {
      written([
        row(1, 0, 'network', 'a', 'twin-a', 'completed'),
        row(2, 0, 'network', 'a', null, 'failed'),
        row(3, 1, 'network', 'b', 'twin-b', 'completed'),
        row(4, 0, 'instance', 'c', null, 'failed'),
      ]);
      const first = await command(['list', '-f', 'json']);
      expect(first.err).toMatch(/^took 2 mappings of the Python tool over from .*sqlite\.db, which stays as it is\n$/);
      expect(JSON.parse(first.out)).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ source_id: 'a', destination_id: 'twin-a', status: 'completed', how: 'imported' }),
          expect.objectContaining({ source_id: 'c', destination_id: null, status: 'failed' }),
        ]),
      );
      expect((await command(['list'])).err).toBe('');
    });

    it("says so when it cannot be read, and takes another tool's database for none", async () => {
      writeFileSync(path.join(here, 'sqlite.db'), 'SQLite format 3\0 and then nothing');
      const { code, err } = await command(['list']);
      expect(code).toBe(1);
      expect(err).toContain('cannot read database_file');
      writeFileSync(path.join(here, 'sqlite.db'), 'not a database at all');
      expect(await rowsOf('list')).toEqual([]);
    });
  });

  describe('wrong input is answered with one line and a remedy', () => {
    const broken = (text: string): string => {
      const file = path.join(here, 'broken.yaml');
      writeFileSync(file, text);
      return file;
    };
    const start = ['start', 'x', '--resource-type', 'network', '--dry-run'];
    const batch = ['start-batch', '--resource-type', 'network'];

    it.each<[string, number, readonly string[], () => string, RegExp, RegExp]>([
      ['unknown cloud', 2, start, () => configured({ source: 'olde' }), /olde/, /old/],
      ['bad password', 1, start, () => configured({ source: 'locked' }), /locked/, /secret/],
      ['unreachable endpoint', 1, start, () => configured({ source: 'dead' }), /127\.0\.0\.1:9/, /./],
      [
        'no clouds.yaml',
        2,
        start,
        () => configured({ clouds: '/nowhere/clouds.yaml' }),
        /\/nowhere\/clouds\.yaml/,
        /clouds\.yaml/,
      ],
      ['unknown type', 2, ['start', 'x', '--resource-type', 'netwrok'], configured, /netwrok/, /network/],
      ['no type', 2, ['start', 'x'], configured, /no resource type/, /--resource-type/],
      ['unknown filter', 2, [...batch, '--filter', 'colour:red'], configured, /colour/, /project_id/],
      ['bad filter', 2, [...batch, '--filter', 'red'], configured, /red/, /project_id:/],
      ['no filter', 2, batch, configured, /which resources/, /--all/],
      ['no such id', 1, start, configured, /no such network in old: x/, /./],
      ['no configuration', 2, start, () => '/nowhere/config.yaml', /\/nowhere\/config\.yaml/, /--config/],
      ['unreadable configuration', 2, start, () => broken('a: [1\n'), /broken\.yaml/, /YAML/],
      ['unknown key', 2, start, () => broken('source_cloud: a\n'), /source_cloud/, /source_cloud_name/],
      ['wrong type of a key', 2, start, () => broken('slots: many\n'), /slots/, /slots/],
      ['no clouds named', 2, start, () => broken('slots: 2\n'), /source_cloud_name/, /clouds\.yaml/],
      ['no bandwidth', 2, [...start, '--bandwidth-limit', 'fast'], configured, /fast/, /50MB\/s/],
      ['bandwidth of others', 2, ['serve', '--bandwidth-limit', 'fast'], configured, /fast/, /50MB\/s/],
      ['no priority', 2, [...start, '--priority', 'now'], configured, /now/, /./],
      ['unknown command', 2, ['strat'], configured, /strat/, /start/],
      ['unknown option', 2, ['list', '--colour'], configured, /--colour/, /--help/],
      ['unknown format', 2, ['list', '-f', 'xml'], configured, /xml/, /./],
      ['unknown status', 2, ['list', '--status', 'done'], configured, /done/, /completed/],
      ['unknown service', 2, ['list', '--service', 'neutrino'], configured, /neutrino/, /neutron/],
      ['contradicting flags', 2, ['list', '--source-removed', '--exclude-source-removed'], configured, /both/, /one/],
      ['no such record', 1, ['show', 'x'], configured, /no migration x/, /list/],
      ['delete of all, unasked', 2, ['delete'], configured, /which records/, /--all/],
      ['restore of all, unasked', 2, ['restore'], configured, /which records/, /--all/],
      ['clean-up of all, unasked', 2, ['cleanup-source'], configured, /which originals/, /--all/],
      ['no digest', 2, ['apply', 'xyz'], configured, /xyz/, /plan/],
      ['events of nothing', 1, ['events'], configured, /there is none/, /data directory/],
      ['no position', 2, ['events', '--since', 'noon'], configured, /noon/, /number/],
      ['no port', 2, ['serve', '--port', 'http'], configured, /http/, /65535/],
    ])('%s', async (_, code, argv, config, message, remedy) => {
      const told = await command(argv, { config: config() });
      expect(told, told.err).toMatchObject({ code, out: '' });
      const lines = told.err.trimEnd().split('\n');
      expect(lines, told.err).toHaveLength(2);
      expect(lines[0]).toMatch(/^openstack-migrate: /);
      expect(lines[0]).toMatch(message);
      expect(lines[1]).toMatch(remedy);
      expect(told.err).not.toMatch(/\n\s+at /);
      expect(told.err).not.toContain('defect');
    });

    it('a second run on the same data directory, where looking is still possible', async () => {
      const { stop, serving } = await served();
      const second = await command(start);
      expect(second.code).toBe(1);
      expect(second.err.trimEnd().split('\n')).toHaveLength(2);
      expect(await rowsOf('list')).toEqual([]);
      expect(await done(['events'])).toBe('');
      expect(await done(['limits', '--bandwidth', '20MB/s'])).toContain('20 MB/s');
      stop.abort();
      await serving;
    });

    it('a port that somebody has', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      const { code, err } = await command(['serve', '--port', String(port)]);
      server.close();
      expect(code).toBe(1);
      expect(err).toMatch(/^openstack-migrate: cannot answer on port \d+: .*\nName another port, .*\n$/);
    });

    it('shows where an error comes from only when asked', async () => {
      const told = await command(['show', 'x', '--debug']);
      expect(told.err).toMatch(/\n\s+at /);
    });
  });

  it('keeps what it said in a file when the configuration names a directory for it', async () => {
    mkdirSync(path.join(here, 'logs'));
    await done(['capabilities'], { config: configured({ more: `log_dir: ${path.join(here, 'logs')}` }) });
    const [file = ''] = readdirSync(path.join(here, 'logs'));
    expect(file).toMatch(/^openstack-migrate-\d{8}-\d{6}\.\d+\.log$/);
    expect(readFileSync(path.join(here, 'logs', file), 'utf8')).toContain('Migration handlers');
  });
});
