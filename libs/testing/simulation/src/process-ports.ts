import { localTelemetry, openPlaces, type Ports, type Settings } from '@osm/platform';
import { PolicySchema, type Cloud, type Move } from '@osm/resource';
import type { Ids } from '@osm/kernel';
import { simCloud, landsWithin } from './sim-cloud.ts';
import { simCommandQueue } from './sim-command-queue.ts';
import { simEventLog } from './sim-event-log.ts';
import type { Life } from './life.ts';
import type { Stage } from './stage.ts';
import { types } from './types.ts';
import { wireOf } from './wire.ts';

/** Longer than any request of a dead worker is under way. */
const settleSeconds = landsWithin / 1000 + 5;

const settings: Settings = {
  dataDirectory: ':memory:',
  eventLog: 'embedded:',
  natsCredentials: undefined,
  cloudConfigFile: undefined,
  sourceCloud: 'source',
  destinationCloud: 'destination',
  policy: PolicySchema.parse({}),
  slots: 3,
  transfers: { bandwidth: undefined, insisted: false, perCloud: 2, perBackend: undefined, stallSeconds: 120 },
  settleSeconds,
  leaseSeconds: 20,
  minFreeDiskBytes: 0,
  actor: 'ann',
};

/** What one life of a process is given: everything that it takes from outside, and nothing of it real. */
export const portsOf = (stage: Stage, life: Life): Ports => {
  const { faults, shared, subscriptions, commands, isAtomic } = stage;
  const trace = (what: () => string): void => stage.trace(life.name, what);
  const wire = wireOf(life, faults, trace);
  const view = {
    life,
    faults,
    isOut: (cloud: string) => stage.isOut(cloud),
    onLateWrite: (what: string) => stage.onLateWrite(what),
    trace,
  };
  const places = openPlaces();
  places.limit('cloud', settings.transfers.perCloud);
  return {
    settings,
    log: simEventLog({ shared, subscriptions, life, wire, isAtomic }),
    queue: simCommandQueue(commands, life, wire),
    clock: life.clock,
    ids: countingIds(life.name),
    telemetry: localTelemetry(),
    mover: ({ signal }) => moveWith(signal),
    limitBandwidth: () => undefined,
    places,
    handlers: types,
    openCloud: async (name): Promise<Cloud> =>
      simCloud({ ...view, store: name === 'source' ? stage.source : stage.destination }),
    producer: 'simulation',
    worker: life.name,
  };
};

const moveWith =
  (signal: AbortSignal): Move =>
  async (reader, writer) => {
    await reader.read((chunk) => writer.write(chunk), signal);
    return { bytes: reader.size ?? 0, hash: undefined, receipt: await writer.end() };
  };

/** Unique over all lives: the name of a life is. */
const countingIds = (name: string): Ids => {
  let made = 0;
  return {
    next: () => {
      made += 1;
      return `${name}-${made}`;
    },
  };
};
