import type { MigrationState } from '@osm/domain';
import type { Ref, Route } from '@osm/kernel';

/** What the log says of one resource on one route. */
export interface RecordedResource {
  readonly route: Route;
  readonly ref: Ref;
  /** Undefined: a scan has seen it, and nothing was done with it. */
  readonly state: MigrationState | undefined;
}

/** What the log says of one plan. */
export interface RecordedPlan {
  readonly status: string;
  /** Completed, cancelled or rejected: nothing of it comes any more. */
  readonly ended: boolean;
  /** The resources, by `refKey`, that it has steps of; empty where it has not begun, or has ended. */
  readonly inHand: ReadonlySet<string>;
}

/** What the log says, as far as marks are explained by it. A value. */
export interface Recorded {
  readonly resources: readonly RecordedResource[];
  readonly plans: ReadonlyMap<string, RecordedPlan>;
}
