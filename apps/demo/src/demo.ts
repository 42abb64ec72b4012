import type { OpenCloud } from '@osm/openstack';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Io } from '../../cli/src/io.ts';
import type { CloudFile } from './cloud-file.ts';
import { stopCloudProcess } from './cloud-process.ts';
import { commandLine, type CommandLine } from './command-line.ts';
import { compareBytes } from './compare-bytes.ts';
import { externalNetworkOf } from './fill-source.ts';
import { findLeftovers, type Twin } from './find-leftovers.ts';
import { listCloud } from './list-cloud.ts';
import { openAs } from './open-as.ts';
import { prepareClouds } from './prepare-clouds.ts';
import { lastRequest, readLedger } from './read-ledger.ts';
import { fidelityInShort, isMoved, planInShort, resourceTable, type Fidelity, type Figures } from './report.ts';
import { DraftedShape, FidelityShape, RecordsShape, type Record } from './tool-output.ts';
import { adminEntry, writeConfiguration } from './write-configuration.ts';

export interface DemoChoices {
  /** Ends with the figures as one line of JSON. */
  readonly json: boolean;
  /** Leaves the clouds running. */
  readonly keep: boolean;
  readonly folder: string;
}

/** What the demo works with once the clouds stand. */
interface Stage {
  readonly say: (line: string) => void;
  readonly tool: CommandLine;
  readonly clouds: CloudFile;
  readonly tenant: NonNullable<CloudFile['tenant']>;
  readonly resumed: boolean;
  readonly source: OpenCloud;
  readonly destination: OpenCloud;
}

interface Outcome {
  readonly figures: Figures;
  /** All that is not as it should be, in words. */
  readonly faults: readonly string[];
}

/** `npm run demo`: moves a tenant between two clouds and proves it. Resolves to the exit code: 0 only if all is well. */
export const demo = async (choices: DemoChoices, io: Io): Promise<number> => {
  const { folder } = choices;
  const say = (line: string): void => io.out(`${line}\n`);
  await mkdir(folder, { recursive: true });
  const prepared = await prepareClouds(folder, say);
  const { clouds } = prepared;
  const { config } = await writeConfiguration(folder, {
    source: adminEntry(clouds.source.authUrl, clouds.password),
    destination: adminEntry(clouds.destination.authUrl, clouds.password),
  });
  const signIn = { user: 'admin', password: clouds.password };
  const source = openAs('source', clouds.source.authUrl, signIn);
  const destination = openAs('destination', clouds.destination.authUrl, signIn);
  const here = path.relative(process.cwd(), config);
  try {
    say(`\n$ export OPENSTACK_MIGRATE_CONFIG=${here}`);
    const tool = commandLine(io, config);
    const outcome = await perform({ ...prepared, say, tool, source, destination });
    await finish(choices, clouds, outcome.faults, here, say);
    if (choices.json) say(JSON.stringify(outcome.figures));
    return outcome.faults.length === 0 ? 0 : 1;
  } finally {
    source.close();
    destination.close();
  }
};

const root = ['--resource-type', 'domain', 'acme', '--include-dependencies', '--include-members'] as const;

/** What belongs to no tenant and is moved for all of them. */
const shared = ['flavor', 'volume-type'] as const;

const perform = async (stage: Stage): Promise<Outcome> => {
  const began = performance.now();
  await registerExternalNetwork(stage);
  const faults = await migrate(stage);
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  const mappings = await recordsOf(stage);
  const twins = twinsOf(mappings);
  const fidelity = await showSummary(stage, mappings, seconds);
  const differences = await showBytes(stage, twins);
  const rerun = await showRerun(stage);
  const leftovers = await showLeftovers(stage, twins);
  return {
    figures: {
      resources: mappings.filter(isMoved).length,
      seconds,
      unknown: fidelity.unknown.length,
      rerunWrites: rerun.writes.length,
    },
    faults: [...faults, ...fidelity.unknown, ...differences, ...rerun.writes, ...rerun.faults, ...leftovers],
  };
};

/** The routers' gateways are in networks that belong to the clouds: a person says which is which. */
const registerExternalNetwork = async ({ tool, source, destination }: Stage): Promise<void> => {
  const known = RecordsShape.parse(JSON.parse(await tool.quiet('list', '--external', '-f', 'json')));
  if (known.length > 0) return;
  const [here, there] = await Promise.all([externalNetworkOf(source), externalNetworkOf(destination)]);
  await tool.shown('register-external', '--resource-type', 'network', here, there);
};

/** Resolves to what went wrong, in words. */
const migrate = async ({ tool, say, resumed }: Stage): Promise<string[]> => {
  const faults: string[] = [];
  const heed = (command: string, code: number): void => {
    if (code !== 0) faults.push(`openstack-migrate ${command} ended with ${code}`);
  };
  if (resumed) heed('start', await tool.folded('start', ...root));
  else {
    const drafted = DraftedShape.parse(JSON.parse(await tool.captured('plan', ...root, '--json')));
    for (const line of planInShort(drafted)) say(line);
    say('');
    heed('apply', await tool.folded('apply', drafted.digest.slice(0, 12)));
  }
  for (const type of shared) {
    heed('start-batch', await tool.folded('start-batch', '--resource-type', type, '--all'));
  }
  return faults;
};

const recordsOf = async ({ tool }: Stage): Promise<readonly Record[]> =>
  RecordsShape.parse(JSON.parse(await tool.quiet('list', '-f', 'json')));

const twinsOf = (records: readonly Record[]): readonly Twin[] =>
  records.flatMap(({ resource_type: type, source_id: sourceId, destination_id: destinationId }) =>
    destinationId === null ? [] : [{ type, sourceId, destinationId }],
  );

const showSummary = async ({ tool, say }: Stage, records: readonly Record[], seconds: number): Promise<Fidelity> => {
  say(`Moved in ${seconds} s, by type and how the twin came to be:`);
  for (const line of resourceTable(records)) say(line);
  const { attributes } = FidelityShape.parse(JSON.parse(await tool.quiet('fidelity', '-f', 'json')));
  const fidelity = fidelityInShort(attributes, records);
  const verdict = (name: string): string => `${fidelity.verdicts[name] ?? 0} ${name}`;
  say('');
  say(
    `Fidelity: ${fidelity.attributes} attributes were compared: ${verdict('equal')}, ${verdict('mapped')} on purpose,`,
  );
  say(
    `  ${verdict('impossible')} (ids, dates, links), ${verdict('lost')}, ${verdict('unknown')}; each with its reason.`,
  );
  for (const one of fidelity.lost) say(`  lost: ${one}`);
  for (const one of fidelity.unknown) say(`  unknown: ${one}`);
  return fidelity;
};

const showBytes = async ({ source, destination, say }: Stage, twins: readonly Twin[]): Promise<readonly string[]> => {
  const { equal, size, differs } = await compareBytes(source, destination, twins);
  const mebibytes = (size / 1024 / 1024).toFixed(1);
  say(`Bytes: ${equal} images and volumes, ${mebibytes} MiB, have the same SHA-512 at both clouds, as these tell it.`);
  return differs;
};

interface Rerun {
  /** Requests that may have changed something, in words. */
  readonly writes: readonly string[];
  readonly faults: readonly string[];
}

/** A role of the migrating user's own in a project, and the tag that tells of it. */
const isLoan = (where: string): boolean => /\/projects\/\w+\/(tags\/osm-\w+-lent-|users\/\w+\/roles\/)/.test(where);

/** All once more: the source is looked at again, and everything has its twin. The clouds' own ledgers tell what was asked. */
const showRerun = async ({ tool, say, clouds }: Stage): Promise<Rerun> => {
  const sides = [clouds.source, clouds.destination];
  const before = await Promise.all(sides.map(({ url }) => lastRequest(url)));
  say('\nThe same once more:\n');
  const codes = [await tool.folded('start', ...root)];
  for (const type of shared) codes.push(await tool.folded('start-batch', '--resource-type', type, '--all'));
  const since = async (writes: boolean) =>
    (await Promise.all(sides.map(({ url }, at) => readLedger(url, before[at], writes)))).flat();
  const [all, changing] = await Promise.all([since(false), since(true)]);
  const writes = changing.filter(({ path: where }) => !isLoan(where));
  const loans = changing.length - writes.length;
  say(`The clouds' ledgers tell of ${all.length} requests since then, ${writes.length} of them writes.`);
  say(`(${loans} more lent a role in each project and took it back: Barbican shows secrets to members only.)`);
  return {
    writes: writes.map(({ method, path: where }) => `the second run wrote: ${method} ${where}`),
    faults: codes.every((code) => code === 0) ? [] : [`the second run ended with ${codes.join(', ')}`],
  };
};

const showLeftovers = async (
  { source, destination, tenant, say }: Stage,
  twins: readonly Twin[],
): Promise<readonly string[]> => {
  const [here, there] = await Promise.all([listCloud(source), listCloud(destination)]);
  const left = [
    ...findLeftovers(tenant.source, here, []).map((one) => `source: ${one}`),
    ...findLeftovers(tenant.destination, there, twins).map((one) => `destination: ${one}`),
  ];
  if (left.length === 0) say('Nothing is left over: no temporary image, no marker, no borrowed role, no second twin.');
  return left;
};

const finish = async (
  { keep, folder }: DemoChoices,
  clouds: CloudFile,
  faults: readonly string[],
  config: string,
  say: (line: string) => void,
): Promise<void> => {
  for (const fault of faults) say(`not as it should be: ${fault}`);
  say('');
  const running = keep || faults.length > 0;
  if (running) {
    say(`The clouds run on. \`kill ${clouds.pid}\` ends them, \`npm run demo\` goes on with them; to look at them:`);
    say(`  export OS_CLIENT_CONFIG_FILE=${path.join(path.dirname(config), 'clouds.yaml')}`);
    say('  openstack --os-cloud destination network list');
  } else {
    await stopCloudProcess(folder, clouds);
    say('The clouds have ended; what was recorded stays. Look at it:');
  }
  for (const command of ['list', 'fidelity --resource-type volume', 'events']) {
    say(`  npx openstack-migrate --config ${config} ${command}`);
  }
  say('Read on in README.md and docs/; `npm run clouds` gives you two clouds to try things on.');
};
