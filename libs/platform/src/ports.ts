import type { CommandQueue, EventLog } from '@osm/event-log';
import type { Clock, Ids, Route } from '@osm/kernel';
import type { Cloud, Move, Resource } from '@osm/resource';
import type { Places } from './places.ts';
import type { Settings } from './settings.ts';
import type { Telemetry } from './telemetry.ts';

/**
 * What a process is given: everything that services take from outside. Whether the log is a file or a cluster is known
 * here and nowhere else.
 */
export abstract class Ports {
  abstract readonly settings: Settings;
  abstract readonly log: EventLog;
  abstract readonly queue: CommandQueue;
  abstract readonly clock: Clock;
  abstract readonly ids: Ids;
  abstract readonly telemetry: Telemetry;
  /** What moves bytes on behalf of a step, within what the process is allowed in all. */
  abstract mover(order: {
    readonly route: Route;
    readonly signal: AbortSignal;
    progress(bytes: number, total: number | undefined): void;
  }): Move;
  /** The pace of all bytes that this process moves, in bytes per second; undefined: as fast as it goes. */
  abstract limitBandwidth(bytesPerSecond: number | undefined): void;
  /** How many transfers and steps this process runs at a time with each cloud and backend. */
  abstract readonly places: Places;
  /** The resource types of this build, by name. */
  abstract readonly handlers: ReadonlyMap<string, Resource>;
  /** The cloud of that name in `clouds.yaml`: one session for the life of the process. Raises `unknown-cloud`. */
  abstract openCloud(name: string): Promise<Cloud>;
  /** The program and its version. */
  abstract readonly producer: string;
  /** This process, as events name the worker that ran a step. */
  abstract readonly worker: string;
}
