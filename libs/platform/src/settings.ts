import type { Policy } from '@osm/resource';

/** Steps that one process runs at once: for each service, or for some of them, and `otherwise` for the rest. */
export type Slots = number | { readonly [service: string]: number };

/**
 * A limit on the requests of one process to each service of each cloud: for all of them, or by `cloud/service`, `service` or
 * `cloud`, the first of these that is there, and `otherwise` for the rest.
 */
export type LimitOfRequests = number | { readonly [where: string]: number };

/** How much one process asks of the clouds at most. */
export interface RequestSettings {
  readonly perSecond: LimitOfRequests | undefined;
  readonly concurrent: LimitOfRequests | undefined;
}

/** What a process starts with that moves bytes; people may announce other limits while it runs. */
export interface TransferSettings {
  /** Bytes per second, for the whole process; undefined: as fast as it goes. */
  readonly bandwidth: number | undefined;
  /** The bandwidth was given with the command: it goes before what was announced earlier. */
  readonly insisted: boolean;
  /** Transfers at a time with one cloud; undefined: any number. */
  readonly perCloud: number | undefined;
  /** Steps at a time on one backend of a cloud; undefined: any number. */
  readonly perBackend: number | undefined;
  /** Seconds without a byte that end a transfer. */
  readonly stallSeconds: number;
}

/** Where the admin API answers, for a process that has it. */
export interface GatewaySettings {
  /** The address to listen on. */
  readonly host: string;
  readonly port: number;
  /** Consent to answer without TLS on an address that other machines reach: something before it has the TLS. */
  readonly insecure: boolean;
  /** The names by which it is asked, beside `localhost` and addresses. */
  readonly names: readonly string[];
}

/** A process's configuration, checked; see `docs/reference/config.md`. */
export interface Settings {
  /** Where the embedded event log and the registry's database live. */
  readonly dataDirectory: string;
  /** `embedded:` or `nats://host:port`: the only switch between one process and many. */
  readonly eventLog: string;
  /** A NATS credentials file, where the server wants one. */
  readonly natsCredentials: string | undefined;
  /** `clouds.yaml`, where it is not in one of the usual places. */
  readonly cloudConfigFile: string | undefined;
  readonly sourceCloud: string | undefined;
  readonly destinationCloud: string | undefined;
  readonly policy: Policy;
  readonly slots: Slots;
  readonly transfers: TransferSettings;
  /** Absent: what the clouds are found to take. */
  readonly requests?: RequestSettings;
  /** Seconds within which a request of a dead worker has landed, or never will. */
  readonly settleSeconds: number;
  /** Seconds after which what a dead worker had in hand goes to another one, where each process has its own life. */
  readonly leaseSeconds: number;
  /** Bytes that must be free where this process writes before it begins a step. */
  readonly minFreeDiskBytes: number;
  /** Whether plans that delete, drafted from now on, need a second person; absent: they do not. */
  readonly cleanupNeedsSecond?: boolean;
  /** Absent: loopback, port 8808. */
  readonly gateway?: GatewaySettings;
  /** Who is asking, as events name the actor. */
  readonly actor: string;
}

/** Steps of this service that one process runs at once, where nothing says otherwise. */
export const defaultSlots = 8;

/** How many steps of this service the settings allow at once. */
export const slotsOf = (slots: Slots, service: string): number =>
  typeof slots === 'number' ? slots : (slots[service] ?? slots['otherwise'] ?? defaultSlots);

/** The limit for one service of one cloud; undefined where there is none. */
export const limitOf = (limit: LimitOfRequests | undefined, cloud: string, service: string): number | undefined => {
  if (typeof limit !== 'object') return limit;
  return [`${cloud}/${service}`, service, cloud, 'otherwise'].flatMap((where) => limit[where] ?? [])[0];
};
