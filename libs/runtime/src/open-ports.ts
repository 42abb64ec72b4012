import { openEmbeddedLog } from '@osm/event-log-embedded';
import { openJetStreamLog } from '@osm/event-log-jetstream';
import { Failure } from '@osm/kernel';
import { loadClouds, openCloud, type OpenCloud } from '@osm/openstack';
import { openBandwidth, openMover } from '@osm/payload';
import {
  localTelemetry,
  natsTelemetry,
  openPlaces,
  systemClock,
  systemIds,
  type OpenTelemetry,
  type Ports,
  type Settings,
} from '@osm/platform';
import { homedir, hostname } from 'node:os';
import { resourceTypes } from '@osm/resources/all';
import { version } from './version.ts';

/** A process's ports, and what lets go of them. */
export interface OpenPorts {
  readonly ports: Ports;
  close(): Promise<void>;
}

/** Opens what the settings name: the event log by its URL, the clouds by their names, each when it is first asked for. */
export const openPorts = async (settings: Settings): Promise<OpenPorts> => {
  const events = await openLog(settings);
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
    places: openPlaces(),
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

const openLog = async ({ eventLog, dataDirectory, natsCredentials }: Settings) => {
  if (eventLog.startsWith('embedded:')) {
    const named = eventLog.slice('embedded:'.length);
    return openEmbeddedLog({ directory: named === '' ? dataDirectory : named });
  }
  if (/^(nats|tls):\/\//.test(eventLog)) {
    const credentials = natsCredentials === undefined ? {} : { credentials: natsCredentials };
    return openJetStreamLog({ servers: eventLog, name: `openstack-migrate@${hostname()}`, ...credentials });
  }
  throw new Failure(
    'bad-event-log',
    `cannot open the event log ${eventLog}: its URL begins with neither embedded: nor nats://`,
    {
      remedy: 'Set event_log to embedded: or to the URL of a NATS server.',
    },
  );
};

/** One session for each cloud and process, opened once however many ask at the same time. */
const cloudSessions = ({ cloudConfigFile }: Settings) => {
  const sessions = new Map<string, Promise<OpenCloud>>();
  const opened: OpenCloud[] = [];
  const openNamed = async (name: string): Promise<OpenCloud> => {
    const file = cloudConfigFile === undefined ? {} : { file: cloudConfigFile };
    const clouds = await loadClouds({ ...file, env: process.env, cwd: process.cwd(), home: homedir() });
    const cloud = openCloud(name, clouds.named(name), { userAgent: `openstack-migrate/${version}` });
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
