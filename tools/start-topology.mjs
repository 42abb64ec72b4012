/**
 * What `docker compose up` starts, as plain processes on this machine's loopback: from the same docker-compose.yml, with the same
 * scale, profiles and order. For machines without an engine, and for tests.
 *
 *   npm run topology -- --config migrate.yaml --clouds clouds.yaml [--scale migrator-network=4] [--profile cluster]
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { parse, stringify } from 'yaml';
import { interpolated, readCompose } from './compose.mjs';
import { root } from './osm-imports.mjs';

/** @typedef {import('./compose.mjs').ComposeService} ComposeService */

/**
 * One container, as a process.
 *
 * @typedef {object} Running
 * @property {string} name the service's, and for each beyond the first its number: `migrator-network-2`
 * @property {number} pid
 * @property {() => string} output what it wrote last
 * @property {() => Promise<void>} kill ends it as a power cut would
 * @property {() => Promise<void>} stop ends it in order
 */

/**
 * @typedef {object} TopologyOptions
 * @property {string} folder where everything is kept
 * @property {string} cloudsYaml
 * @property {string} config the configuration of all services; ports and passwords are this program's own affair
 * @property {Readonly<Record<string, number>>} [scale] by service: how many; default 1
 * @property {readonly string[]} [profiles]
 */

/**
 * @typedef {object} Topology
 * @property {readonly Running[]} processes servers first
 * @property {string} eventLog the URL by which the services reach the log
 * @property {string} auditUrl the same for the auditor
 * @property {string} gateway where the page and the API are
 * @property {() => Promise<void>} stop ends all of them in order, the youngest first
 */

/**
 * @param {TopologyOptions} options
 * @returns {Promise<Topology>}
 */
export const startTopology = async ({ folder, cloudsYaml, config, scale = {}, profiles = [] }) => {
  const { services } = readCompose();
  const active = Object.entries(services).filter(
    ([, { profiles: wants }]) => wants?.some((each) => profiles.includes(each)) ?? true,
  );
  const isServer = (/** @type {ComposeService} */ { build }) => build === undefined;
  const passwords = { OSM_NATS_PASSWORD: password(), OSM_AUDITOR_PASSWORD: password() };
  const env = { ...passwords, ...(profiles.includes('cluster') ? { OSM_NATS_CLUSTER: '1' } : {}) };
  const gatewayPort = await freePort();
  mkdirSync(folder, { recursive: true });
  const own = { gateway_host: '127.0.0.1', gateway_insecure: false, gateway_port: gatewayPort };
  const configFile = path.join(folder, 'migrate.yaml');
  writeFileSync(
    configFile,
    stringify({ ...parse(readFileSync(config, 'utf8')), cloud_config_file: path.resolve(cloudsYaml), ...own }),
  );

  /** Where each `host:port` of the file is here. @type {Map<string, string>} */
  const here = new Map();
  for (const [name, service] of active) {
    if (!isServer(service)) continue;
    for (const port of [4222, 6222, 8222]) here.set(`${name}:${port}`, `127.0.0.1:${await freePort()}`);
  }
  const placed = (/** @type {string} */ text) =>
    [...here]
      .sort(([a], [b]) => b.length - a.length)
      .reduce((all, [from, to]) => all.replaceAll(new RegExp(`(?<![\\w-])${from}`, 'g'), to), interpolated(text, env));

  /** @type {Running[]} */
  const processes = [];
  const stop = async () => {
    for (const each of processes.toReversed()) await each.stop();
  };
  try {
    const servers = active.filter(([, service]) => isServer(service));
    const started = servers.map(async ([name, { command = '' }]) => {
      const at = (/** @type {number} */ port) => here.get(`${name}:${port}`)?.split(':')[1] ?? '';
      const flags = placed(command)
        .replace('/etc/nats/nats.conf', path.join(root, 'tools/nats.conf'))
        .replace('--store_dir=/data', `--store_dir=${path.join(folder, name)}`)
        .replace('--http_port=8222', `--http_port=${at(8222)}`)
        .replace('nats://0.0.0.0:6222', `nats://127.0.0.1:${at(6222)}`);
      const args = [...flags.trim().split(/\s+/), '--port', at(4222)];
      const server = await startProcess(
        name,
        'nats-server',
        args,
        { ...passwords, OSM_NATS_HOST: '127.0.0.1' },
        folder,
      );
      processes.push(server);
      await healthy(`http://127.0.0.1:${at(8222)}/healthz`, server);
    });
    await all(started);
    await all(
      active
        .filter(([name, service]) => !isServer(service) && name !== 'all-in-one')
        .flatMap(([name, { environment, build }]) =>
          [...Array(scale[name] ?? 1).keys()].map(async (number) => {
            const label = number === 0 ? name : `${name}-${number + 1}`;
            const data = path.join(folder, label);
            mkdirSync(data, { recursive: true });
            const given = Object.fromEntries(Object.entries(environment).map(([key, value]) => [key, placed(value)]));
            const program = path.join(root, 'dist/apps', build?.target ?? name, 'main.js');
            const own = {
              ...given,
              OPENSTACK_MIGRATE_DATA: data,
              OPENSTACK_MIGRATE_CONFIG: configFile,
              OS_CLIENT_CONFIG_FILE: path.resolve(cloudsYaml),
            };
            processes.push(await startProcess(label, process.execPath, [program], own, folder, /"state":"ready"/));
          }),
        ),
    );
  } catch (error) {
    await Promise.all(processes.map((each) => each.kill()));
    throw error;
  }
  const servers = placed(services['planner']?.environment['OPENSTACK_MIGRATE_EVENT_LOG'] ?? '');
  const auditUrl = servers.replace(
    `services:${passwords.OSM_NATS_PASSWORD}`,
    `auditor:${passwords.OSM_AUDITOR_PASSWORD}`,
  );
  return { processes, eventLog: servers, auditUrl, gateway: `http://127.0.0.1:${gatewayPort}`, stop };
};

/** All of them end before the first failure is told: what has started is to be stopped. @param {readonly Promise<void>[]} starting */
const all = async (starting) => {
  for (const each of await Promise.allSettled(starting)) if (each.status === 'rejected') throw each.reason;
};

/** Begins with a letter: nats-server reads it as it reads its file. */
const password = () => `p${randomBytes(12).toString('hex')}`;

/** What runs: whoever ends without stopping it does not leave it to the machine. @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));

/**
 * @param {string} name
 * @param {string} program
 * @param {readonly string[]} args
 * @param {Readonly<Record<string, string>>} env
 * @param {string} cwd
 * @param {RegExp} [ready] the line after which it counts as started
 * @returns {Promise<Running>}
 */
const startProcess = async (name, program, args, env, cwd, ready) => {
  const inherited = { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin`, HOME: process.env['HOME'] ?? '/' };
  const child = spawn(program, args, { cwd, env: { ...inherited, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  /** @type {string[]} */
  const lines = [];
  const started = Promise.withResolvers();
  const ended = new Promise((resolve) => child.once('close', resolve));
  children.add(child);
  void ended.then(() => children.delete(child));
  child.once('error', started.reject);
  void ended.then(() => started.reject(new Error(`${name} ended before it was ready:\n${lines.join('\n')}`)));
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line);
      if (lines.length > 200) lines.shift();
      if (ready?.test(line) === true) started.resolve(undefined);
    });
  }
  if (ready === undefined) child.once('spawn', () => started.resolve(undefined));
  await started.promise;
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    child.kill(signal);
    await ended;
  };
  const { pid = 0 } = child;
  return { name, pid, output: () => lines.join('\n'), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
};

/**
 * @param {string} url
 * @param {Running} server
 */
const healthy = async (url, server) => {
  const end = performance.now() + 30_000;
  for (;;) {
    const { ok } = await fetch(url).catch(() => ({ ok: false }));
    if (ok) return;
    if (performance.now() > end) throw new Error(`${server.name} is not healthy after 30 s:\n${server.output()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

const freePort = async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const usage = 'npm run topology -- --config FILE --clouds FILE [--scale SERVICE=N] [--profile cluster]';

const main = async () => {
  const { values } = parseArgs({
    options: {
      config: { type: 'string' },
      clouds: { type: 'string' },
      folder: { type: 'string', default: '.topology' },
      scale: { type: 'string', multiple: true, default: [] },
      profile: { type: 'string', multiple: true, default: [] },
    },
  });
  const { config, clouds: cloudsYaml } = values;
  if (config === undefined || cloudsYaml === undefined) throw new Error(`a file is missing: ${usage}`);
  const scale = Object.fromEntries(
    values.scale.map((each) => each.split('=')).map(([name, count]) => [name, Number(count)]),
  );
  const topology = await startTopology({
    folder: path.resolve(values.folder),
    cloudsYaml,
    config,
    scale,
    profiles: values.profile,
  });
  for (const { name, pid } of topology.processes) console.log(`${String(pid).padStart(7)}  ${name}`);
  console.log(
    `the page: ${topology.gateway}\nthe command: OPENSTACK_MIGRATE_EVENT_LOG=${topology.eventLog} npx openstack-migrate …`,
  );
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await topology.stop();
};

if (import.meta.main) await main();
