import { resourceTypes } from '@osm/resources/all';
import { bundleOf, startProcess, writeConfig, type ServiceProcess, type TopologyKind } from '@osm/testing/harness';
import { natsServerMissing, startNatsServer } from '@osm/testing/nats-server';
import { connect } from '@nats-io/transport-node';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow, openAviary, type Sighting } from './canaries.ts';
import { givenSecrets, type GivenSecrets } from './given-secrets.ts';

const kinds: readonly TopologyKind[] = ['embedded', 'nats'];

/** The services, as `start` needs them. */
const apps = [
  ...['discovery', 'planner', 'registry', 'data-transfer'],
  ...new Set(resourceTypes.map(({ api }) => `migrator-${api.service}`)),
];

/** What a process on this machine was started with, which every user of it may read. */
const startedWith = (pid: string): Buffer => {
  try {
    return Buffer.concat(['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`)));
  } catch {
    // It has ended since, or is another user's.
    return Buffer.alloc(0);
  }
};

describe.each(kinds)('the secrets of a migration, %s', (kind) => {
  const missing = kind === 'nats' ? natsServerMissing() : undefined;
  const test = missing === undefined ? it : it.skip;
  const aviary = openAviary();
  const closing: (() => Promise<void>)[] = [];
  const services: ServiceProcess[] = [];
  const said: (readonly [what: string, bytes: Buffer])[] = [];
  const processes = new Map<string, Buffer>();
  const messages: Buffer[] = [];
  let given: GivenSecrets;
  let config: string;
  let folders: readonly string[];

  beforeAll(async () => {
    if (missing !== undefined) return;
    given = await givenSecrets(aviary);
    closing.push(given.end);
    const { cloudsYaml, route, folder } = given.clouds;
    const dataDirectory = path.join(folder, 'data');
    const eventLog = kind === 'nats' ? await startNats() : 'embedded:';
    const settings = { settle_seconds: 0.5, log_level: 'debug', log_dir: path.join(folder, 'logs') };
    config = writeConfig({ cloudsYaml, route, dataDirectory, policy: {}, settings }, eventLog);
    folders = [...(folders ?? []), folder];
    if (kind === 'nats') await startServices();
    const watch = setInterval(watchProcesses, 100);
    closing.push(async () => clearInterval(watch));
  });
  afterAll(async () => {
    for (const close of closing.toReversed()) await close();
  });

  /** A server that wants a user and a password, and somebody who hears everything. */
  const startNats = async (): Promise<string> => {
    const password = aviary.word('password of NATS');
    const configuration = `authorization { user: osm, password: ${password} }`;
    const nats = await startNatsServer({ configuration });
    closing.push(nats.stop);
    folders = [nats.folder];
    const connection = await connect({ servers: `127.0.0.1:${nats.port}`, user: 'osm', pass: password });
    closing.push(() => connection.close());
    connection.subscribe('osm.>', {
      callback: (_error, { subject, data, headers }) =>
        void messages.push(Buffer.from(`${subject} ${String(headers)} ${Buffer.from(data).toString('latin1')}\n`)),
    });
    return nats.url.replace('//', `//osm:${password}@`);
  };

  const startServices = async (): Promise<void> => {
    closing.push(async () => void (await Promise.all(services.map((each) => each.kill()))));
    await Promise.all(
      apps.map(async (name) => {
        const env = { OPENSTACK_MIGRATE_CONFIG: config };
        const ready = /"state":"ready"/;
        services.push(await startProcess({ name, args: [bundleOf(name)], env, ready, patienceMs: 120_000 }));
      }),
    );
  };

  const watchProcesses = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (!processes.has(pid) || processes.get(pid)?.length === 0) processes.set(pid, startedWith(pid));
    }
  };

  /** What a person types, with all that may be said; its words are kept. */
  const command = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly out: string }> => {
    const line = ['--debug', ...args];
    const run = await startProcess({
      name: line.join(' '),
      args: [bundleOf('cli'), '--config', config, ...line],
      env: {},
    });
    watchProcesses();
    const code = await run.ended;
    const out = run.wholeOutput();
    said.push([`output of ${args.join(' ')}`, Buffer.from(out)]);
    return { code, out };
  };

  const startAll = () =>
    command('start', '--resource-type', 'domain', '--include-dependencies', '--include-members', given.domainId);

  /**
   * The clouds quote what they are sent, headers, token and body: each service once for each kind of request as it breaks,
   * and once, as it refuses, where a secret itself is on its way.
   */
  const quoteRequests = () => {
    const services = ['image', 'compute', 'network', 'key-manager', 'object-store', 'block-storage'];
    const broken = ['POST', 'PUT', 'PATCH'].flatMap((method) =>
      services.map((service) => ({ service, method, times: 1, action: { echo: 500 } })),
    );
    const refused = [
      { service: 'compute', method: 'POST', path: /\/servers$/ },
      { service: 'identity', method: 'POST', path: /\/credentials$/ },
      { service: 'identity', method: 'POST', path: /\/users$/ },
      { service: 'key-manager', method: 'PUT', path: /\/secrets\/[^/]+$/ },
      { service: 'object-store', path: /\/media$/ },
    ].map((one) => ({ ...one, times: 1, action: { echo: 400 } }));
    const { destination } = given.clouds;
    const added = [...refused, ...broken].map((one) => ({ ...one, id: destination.fake?.faults.add(one) }));
    return {
      met: (echo: number): readonly string[] => {
        const met = new Set(destination.fake?.faults.list().flatMap((fault) => (fault.met > 0 ? [fault.id] : [])));
        const ours = added.filter(({ id, action }) => id !== undefined && action.echo === echo && met.has(id));
        return ours.map((fault) => `${fault.service} ${'path' in fault ? String(fault.path) : fault.method}`);
      },
      wanted: refused.map(({ service, path: place }) => `${service} ${String(place)}`),
    };
  };

  test('reach the twins, although clouds that break and refuse quote them', async () => {
    expect((await command('scan')).code).toBe(0);
    // An application credential is of one project: it cannot look into the others.
    expect((await command('scan', '--cloud', given.byApplication)).code).toBe(3);
    expect(await given.marksLeft()).toEqual([]);
    const { fake } = given.clouds.source;
    fake?.faults.add({ service: 'compute', path: /servers\/detail$/, action: { echo: 400 } });
    expect((await command('scan')).code).toBe(3);
    fake?.faults.clear();
    expect(await given.marksLeft()).toEqual([]);

    const quotes = quoteRequests();
    const codes: (number | null)[] = [];
    let last = '';
    while (codes.at(-1) !== 0 && codes.length < 8) {
      const { code, out } = await startAll();
      codes.push(code);
      last = out;
    }
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.at(-1), last.slice(-3000)).toBe(0);
    expect(quotes.met(400)).toEqual(quotes.wanted);
    expect(quotes.met(500).length).toBeGreaterThan(5);
    expect(await given.marksLeft()).toEqual([]);
    expect(await given.arrivedPayloads()).toEqual(given.payloads);
  });

  test('are in nothing that people are shown', async () => {
    const format = ['--format', 'json'];
    const list = await command('list', ...format);
    const ids = [...list.out.matchAll(/"uuid":"([^"]+)"/g)].map(([, id]) => id ?? '');
    expect(ids.length).toBeGreaterThan(5);
    for (const id of ids.slice(0, 3)) await command('show', id, ...format);
    await command('list');
    await command('fidelity', ...format);
    await command('events', ...format);
    await command('events');
    await command('plan', '--resource-type', 'domain', '--include-members', given.domainId);
    await command('plan', '--resource-type', 'instance', given.serverId, '--json');
    await command('show', 'no-such-id');
    expect(said.flatMap(([what, bytes]) => aviary.seenIn(what, bytes))).toEqual([]);
  });

  test('are in no file, no message and no argument', () => {
    const places: (readonly [string, Buffer])[] = [
      ...folders.flatMap(filesBelow),
      ...services.map((each) => [`output of ${each.name}`, Buffer.from(each.wholeOutput())] as const),
      ['messages on NATS', Buffer.concat(messages)],
      ...[...processes].map(([pid, bytes]) => [`arguments of process ${pid}`, bytes] as const),
      ...said,
    ];
    const where = (file: string): string => path.basename(file);
    const isOurs = (file: string): boolean => ['clouds.yaml', 'config.yaml', 'nats.conf'].includes(where(file));
    // What is looked for can be found: where people have put it, it is.
    const own = places.filter(([file]) => isOurs(file)).flatMap(([file, bytes]) => aviary.seenIn(file, bytes));
    expect(new Set(own.map(({ place }) => place))).toContain('password in clouds.yaml');

    const others = places.filter(([file]) => !isOurs(file));
    const seen: readonly Sighting[] = others.flatMap(([file, bytes]) => aviary.seenIn(file, bytes));
    const tokens = others
      .filter(([, bytes]) => /gAAAAA[\w-]{20,}/.test(bytes.toString('latin1')))
      .map(([file]) => file);
    expect({ seen, tokens }).toEqual({ seen: [], tokens: [] });
    const files = others.map(([file]) => where(file));
    const kept = kind === 'nats' ? ['registry.db'] : ['events.db', 'registry.db'];
    expect(files).toEqual(expect.arrayContaining(kept));
    if (kind === 'nats') expect(files.filter((file) => file.endsWith('.blk')).length).toBeGreaterThan(0);
    if (kind === 'nats') expect(messages.length).toBeGreaterThan(50);
  });
});
