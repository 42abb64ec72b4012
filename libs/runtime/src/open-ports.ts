import { witnessLog } from '@osm/event-archive';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { openJetStreamLog } from '@osm/event-log-jetstream';
import { Failure } from '@osm/kernel';
import { loadClouds, openCloud, type OpenCloud } from '@osm/openstack';
import { openBandwidth, openMover } from '@osm/payload';
import {
  limitOf,
  localTelemetry,
  natsTelemetry,
  openPlaces,
  shownEventLog,
  systemClock,
  systemIds,
  type OpenTelemetry,
  type Ports,
  type Settings,
} from '@osm/platform';
import { homedir, hostname } from 'node:os';
import { mkdirSync } from 'node:fs';
import { resourceTypes } from '@osm/resources/all';
import { Logger } from '@nestjs/common';
import { withRoom } from './room-on-disk.ts';
import { tellTrouble } from './tell-trouble.ts';
import { version } from './version.ts';

/** A process's ports, and what lets go of them. */
export interface OpenPorts {
  readonly ports: Ports;
  close(): Promise<void>;
}

/**
 * Opens what the settings name: the event log by its URL, the clouds by their names, each when it is first asked for. Raises
 * `event-log-went-back` where the log no longer has what this data directory has seen in it.
 */
export const openPorts = async (settings: Settings): Promise<OpenPorts> => {
  const events = await openWatched(settings);
  const sessions = cloudSessions(settings);
  const telemetry = telemetryOf(settings);
  const { bandwidth: limit, stallSeconds } = settings.transfers;
  const bandwidth = openBandwidth(limit);
  const ports: Ports = {
    settings,
    log: events.log,
    queue: events.queue,
    clock: systemClock,
    ids: systemIds,
    telemetry,
    mover: openMover({ bandwidth, stallSeconds }),
    limitBandwidth: (bytesPerSecond) => {
      bandwidth.limit = bytesPerSecond;
    },
    places: placesOf(settings),
    handlers: new Map(resourceTypes.map((handler) => [handler.type, handler])),
    openCloud: sessions.open,
    producer: `openstack-migrate/${version}`,
    worker: `${hostname()}/${process.pid}`,
  };
  return {
    ports,
    close: async () => {
      sessions.close();
      await telemetry.close();
      await events.close();
    },
  };
};

/** Within the process where the log is: nobody else could hear it. */
const telemetryOf = (settings: Settings): OpenTelemetry =>
  settings.eventLog.startsWith('embedded:') ? { ...localTelemetry(), close: async () => {} } : natsTelemetry(settings);

/** The log, and how far it went noted in the data directory. */
const openWatched = async (settings: Settings) => {
  const onTrouble = tellTrouble();
  const events = await openLog(settings, onTrouble);
  const { dataDirectory } = settings;
  if (inMemory(dataDirectory)) return events;
  try {
    mkdirSync(dataDirectory, { recursive: true, mode: 0o700 });
    const { log, end } = await witnessLog(events.log, dataDirectory, onTrouble);
    return { ...events, log, close: () => end().finally(() => events.close()) };
  } catch (error) {
    await events.close();
    throw error;
  }
};

/** A world that ends with the process leaves no trace. */
const inMemory = (directory: string): boolean => directory === ':memory:';

const placesOf = ({ dataDirectory, eventLog, minFreeDiskBytes }: Settings) => {
  const named = eventLog.startsWith('embedded:') ? eventLog.slice('embedded:'.length) : '';
  const directories = [dataDirectory, named].filter((each) => each !== '' && !inMemory(each));
  const logger = new Logger('disk');
  const say = (what: string): void => logger.warn(what);
  return withRoom(openPlaces(), { directories, least: minFreeDiskBytes, clock: systemClock, say });
};

const openLog = async (
  { eventLog, dataDirectory, natsCredentials, leaseSeconds }: Settings,
  onTrouble: (error: unknown) => void,
) => {
  if (eventLog.startsWith('embedded:')) {
    const named = eventLog.slice('embedded:'.length);
    return openEmbeddedLog({ directory: named === '' ? dataDirectory : named, onTrouble });
  }
  if (/^(nats|tls):\/\//.test(eventLog)) {
    const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
    const name = `openstack-migrate@${hostname()}`;
    return openJetStreamLog({ servers: eventLog, name, ackWaitMs: leaseSeconds * 1000, onTrouble, ...credentials });
  }
  throw new Failure(
    'bad-event-log',
    `cannot open the event log ${shownEventLog(eventLog)}: its URL begins with neither embedded: nor nats://`,
    {
      remedy: 'Set event_log to embedded: or to the URL of a NATS server.',
    },
  );
};

/** One session for each cloud and process, opened once however many ask at the same time. */
const cloudSessions = ({ cloudConfigFile, requests }: Settings) => {
  const sessions = new Map<string, Promise<OpenCloud>>();
  const opened: OpenCloud[] = [];
  const told = new Set<string>();
  const tellOnce = (words: string): void => {
    if (!told.has(words)) console.warn(words);
    told.add(words);
  };
  const openNamed = async (name: string): Promise<OpenCloud> => {
    const file = cloudConfigFile === undefined ? {} : { file: cloudConfigFile };
    const places = { env: process.env, cwd: process.cwd(), home: homedir() };
    const clouds = await loadClouds({ ...file, ...places, onExposed: tellOnce });
    const cloud = openCloud(name, clouds.named(name), {
      userAgent: `openstack-migrate/${version}`,
      limits: (service) => ({
        perSecond: limitOf(requests?.perSecond, name, service),
        concurrent: limitOf(requests?.concurrent, name, service),
      }),
    });
    opened.push(cloud);
    return cloud;
  };
  return {
    open: (name: string): Promise<OpenCloud> => {
      const known = sessions.get(name);
      if (known !== undefined) return known;
      const opening = openNamed(name);
      sessions.set(name, opening);
      // A file that is mended is read again.
      opening.catch(() => sessions.delete(name));
      return opening;
    },
    close: () => opened.forEach((cloud) => cloud.close()),
  };
};
