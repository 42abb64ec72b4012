import type { EventLog } from '@osm/event-log';
import type { Clock, Ids, Ref } from '@osm/kernel';
import type { Cloud, Resource } from '@osm/resource';

/** Bytes that a step has moved so far: lossy telemetry, never part of the log. */
export interface Progress {
  readonly planId: string;
  readonly stepId: string;
  readonly ref: Ref;
  readonly bytes: number;
  readonly total: number | undefined;
}

/** Everything that running a step needs from outside. */
export interface Workshop {
  readonly log: EventLog;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The program and its version, as events name their producer. */
  readonly producer: string;
  /** This worker, as events name it: service, host and process. */
  readonly worker: string;
  readonly handlers: ReadonlyMap<string, Resource>;
  /** The cloud of that name in `clouds.yaml`, one session for the life of the process. */
  openCloud(name: string): Promise<Cloud>;
  /**
   * Milliseconds in which a request of a dead worker has either landed or never will: waited before a look-up that
   * decides whether to create again.
   */
  readonly settleMs: number;
  progress(progress: Progress): void;
}
