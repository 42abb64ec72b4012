import type { Policy } from '@osm/resource';

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
  /** Steps that one process runs at once, for each service. */
  readonly slots: number;
  /** Seconds within which a request of a dead worker has landed, or never will. */
  readonly settleSeconds: number;
  /** Who is asking, as events name the actor. */
  readonly actor: string;
}
