import type { EventLog } from '@osm/event-log';
import type { Clock, Ids, Ref, Route } from '@osm/kernel';
import type { Cloud, Move, Resource } from '@osm/resource';

/** Bytes that a step has moved so far: lossy telemetry, never part of the log. */
export interface Progress {
  readonly planId: string;
  readonly stepId: string;
  readonly ref: Ref;
  readonly bytes: number;
  readonly total: number | undefined;
}

/** What a step is waiting for: lossy telemetry, like progress. */
export interface Waiting {
  readonly planId: string;
  readonly stepId: string;
  readonly ref: Ref;
  /** In words. */
  readonly what: string;
  readonly until: Date | undefined;
}

/** On whose behalf bytes are moved. */
export interface MoveOrder {
  readonly route: Route;
  readonly signal: AbortSignal;
  progress(bytes: number, total: number | undefined): void;
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
  waiting(waiting: Waiting): void;
  /** What moves bytes on behalf of a step, and reports each move's progress. */
  mover(order: MoveOrder): Move;
}
