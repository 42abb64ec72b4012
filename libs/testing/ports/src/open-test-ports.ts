import { decodeEvent, type DomainEvent } from '@osm/contracts';
import { appendEvents, type EventLog } from '@osm/event-log';
import type { Ports, Settings } from '@osm/platform';
import { PolicySchema } from '@osm/resource';
import { openPorts, type OpenPorts } from '@osm/runtime';

/** A process's ports for a test of services, and what the test does to their log itself. */
export interface TestPorts extends OpenPorts {
  /** Appends events to a subject as another service would; returns the position of the last. */
  tell(subject: string, ...events: readonly DomainEvent[]): Promise<number>;
  /** Every event that a filter finds, decoded. */
  told(filter: string): Promise<readonly DomainEvent[]>;
}

export interface TestPortsOptions {
  readonly settings?: Partial<Settings>;
  /** In place of what a process would have of itself. */
  readonly ports?: Partial<Ports>;
}

/** The settings of a process whose log ends with it. */
export const testSettings = (settings: Partial<Settings> = {}): Settings => ({
  dataDirectory: ':memory:',
  eventLog: 'embedded:',
  natsCredentials: undefined,
  cloudConfigFile: undefined,
  sourceCloud: undefined,
  destinationCloud: undefined,
  policy: PolicySchema.parse({}),
  slots: 4,
  transfers: { bandwidth: undefined, insisted: false, perCloud: undefined, perBackend: undefined, stallSeconds: 120 },
  settleSeconds: 0,
  leaseSeconds: 60,
  minFreeDiskBytes: 0,
  actor: 'ann',
  ...settings,
});

/** Opens a process's own ports, with a log in memory where the settings do not say otherwise. */
export const openTestPorts = async ({ settings, ports = {} }: TestPortsOptions = {}): Promise<TestPorts> => {
  const open = await openPorts(testSettings(settings));
  const given = portsWith(open.ports, ports);
  const { log } = given;
  return {
    ports: given,
    close: () => open.close(),
    tell: async (subject, ...events) => {
      const { clock, ids } = given;
      const recorder = { log, clock, ids, provenance: { producer: 'spec' } };
      return appendEvents(recorder, subject, (await log.load(subject)).at(-1)?.position ?? 0, events);
    },
    told: (filter) => tellAll(log, filter),
  };
};

/** The same ports but for some of them. */
export const portsWith = (ports: Ports, others: Partial<Ports>): Ports => ({
  ...ports,
  openCloud: (name) => ports.openCloud(name),
  mover: (order) => ports.mover(order),
  limitBandwidth: (bytesPerSecond) => ports.limitBandwidth(bytesPerSecond),
  ...others,
});

const tellAll = async (log: EventLog, filter: string): Promise<readonly DomainEvent[]> =>
  (await Array.fromAsync(log.read({ filter }))).map(decodeEvent);
