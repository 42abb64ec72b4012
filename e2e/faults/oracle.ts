import { decodeEvent, type MappingRow } from '@osm/contracts';
import type { EventLog } from '@osm/event-log';
import { checkChain, openEmbeddedLog } from '@osm/event-log-embedded';
import { equalJson, type Json } from '@osm/kernel';
import { readVolume } from '@osm/testing/fake-openstack';
import type { End } from '@osm/testing/harness';
import { compareTenants, photograph, type Side } from '@osm/testing/tenant';
import { createHash } from 'node:crypto';
import type { Scene, Stage } from './stage.ts';

export interface Expectation {
  /** Differences between the clouds that this row is about: each must be there, and no other may. */
  readonly differences?: readonly RegExp[];
  /** Whether somebody else has changed the source meanwhile, so that it is not compared with what it was. */
  readonly sourceChanged?: boolean;
}

/**
 * What must hold after every fault, in words where it does not: each original has exactly one twin that is its equal down
 * to its bytes, nothing is left over or there twice, the source is as it was, the log is whole, and the registry is what
 * the log alone makes of it.
 */
export const wrongOnNats = async (stage: Stage, expectation: Expectation = {}): Promise<readonly string[]> => {
  const atLeast = await stage.log.head();
  const mappings = await stage.asker.ask('registry.mappings', { route: stage.clouds.route, atLeast });
  const rebuilt = await stage.asker.ask('registry.rebuild', {});
  return [
    ...(await wrongClouds(stage, expectation)),
    ...doubles(mappings),
    ...(await brokenLog(stage.log)),
    ...(rebuilt.equal ? [] : ['the registry is not what the log makes of it']),
  ];
};

/** The same where the command of people did it all with the embedded log, which nobody has open now. */
export const wrongEmbedded = async (
  scene: Scene,
  config: string,
  expectation: Expectation = {},
): Promise<readonly string[]> => {
  const rebuild = await scene.command(config, 'registry', 'rebuild', '--format', 'json');
  const code = await rebuild.ended;
  const directory = scene.dataDirectory;
  const { log, close } = await openEmbeddedLog({ directory, readOnly: true });
  try {
    checkChain(directory);
    return [
      ...(await wrongClouds(scene, expectation)),
      ...(await brokenLog(log)),
      ...(code === 0 ? [] : [`registry rebuild ended with ${code}: ${rebuild.output()}`]),
    ];
  } finally {
    await close();
  }
};

/** Raises where something does not hold. */
export const mustHold = (wrong: readonly string[]): void => {
  if (wrong.length > 0) throw new Error(`does not hold:\n${wrong.join('\n')}`);
};

const wrongClouds = async (
  { clouds, shop, before }: Scene,
  { differences = [], sourceChanged = false }: Expectation,
): Promise<readonly string[]> => {
  const { source, destination } = clouds;
  const sides = { source: sideOf(source), destination: sideOf(destination) };
  const found = await compareTenants({ ...sides, prefix: shop.prefix });
  const after = await photograph(source.admin, shop.prefix);
  const same = sourceChanged || equalJson(before as Json, after as unknown as Json);
  return [
    ...found.filter((line) => !differences.some((expected) => expected.test(line))),
    ...differences
      .filter((expected) => !found.some((line) => expected.test(line)))
      .map((expected) => `expected, and not so: ${expected.source}`),
    ...(same ? [] : ['the source is not as it was']),
  ];
};

/** Of a fake cloud the bytes of a volume are read as they are, also of one that is in use. */
const sideOf = ({ admin, fake }: End): Side =>
  fake === undefined
    ? { cloud: admin }
    : {
        cloud: admin,
        hashVolume: (id) => Promise.resolve(createHash('sha256').update(readVolume(fake, id)).digest('hex')),
      };

const doubles = (mappings: readonly MappingRow[]): readonly string[] => {
  const twins = Map.groupBy(
    mappings.filter(({ destination_id, how }) => destination_id !== null && how === 'created'),
    (row) => `${row.resource_type} ${row.destination_id}`,
  );
  return [...twins].filter(([, rows]) => rows.length > 1).map(([twin]) => `two originals have the twin ${twin}`);
};

/** Every position once, in order, and every event one that this version understands. */
const brokenLog = async (log: EventLog): Promise<readonly string[]> => {
  const wrong: string[] = [];
  const ids = new Set<string>();
  let last = 0;
  for await (const recorded of log.read()) {
    decodeEvent(recorded);
    if (recorded.position !== last + 1) wrong.push(`after position ${last} comes ${recorded.position}`);
    if (ids.has(recorded.id)) wrong.push(`event ${recorded.id} is there twice`);
    ids.add(recorded.id);
    last = recorded.position;
  }
  return last > 0 ? wrong : [...wrong, 'the log is empty'];
};
