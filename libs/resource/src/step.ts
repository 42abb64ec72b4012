import type { Clock, JsonObject, Ref, Route } from '@osm/kernel';
import type { Cloud } from './cloud.ts';
import type { Policy } from './policy.ts';
import type { Resource } from './resource.ts';
import type { StepService } from './service.ts';

/** A step of the same resource that another plan has settled. */
export interface PastStep {
  readonly planId: string;
  readonly step: string;
  readonly outcome: 'succeeded' | 'failed' | 'unneeded' | 'abandoned';
  readonly outputs: JsonObject;
}

/** What a step of a handler's own works with. */
export interface StepContext {
  readonly route: Route;
  readonly ref: Ref;
  readonly handler: Resource;
  /** The source as recorded, secrets read again. */
  readonly attributes: JsonObject;
  readonly policy: Policy;
  /** This step's own marker: what it makes must carry it, and is found by it after a crash. */
  readonly marker: string;
  /** Outputs of the resource's earlier steps in this plan, by step. */
  readonly outputs: { readonly [step: string]: JsonObject };
  /** What this resource's steps came to in other plans. */
  readonly history: readonly PastStep[];
  /** The twin's id, once known. */
  readonly destinationId: string | undefined;
  /** The destination's id of a need or link; undefined where it has none (yet). */
  twinOf(ref: Ref): string | undefined;
  readonly source: Cloud;
  readonly destination: Cloud;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Lossy: bytes moved so far, of how many. */
  progress(bytes: number, total: number | undefined): void;
}

/**
 * A step of a handler's own. `run` may be started any number of times for one attempt: it looks for what an earlier run
 * made (by the marker) before it makes anything. Its result is recorded and handed to later steps.
 */
export interface Step {
  readonly name: string;
  /** Default: the resource's own service. */
  readonly service?: StepService;
  /** Runs when all before it have settled, however they ended: what collects auxiliary resources. */
  readonly always?: boolean;
  /** Waits for the other ends of the resource's links as far as they are part of the plan. */
  readonly afterLinks?: boolean;
  /** Whether this resource has the step at all; default: yes. */
  when?(attributes: JsonObject, policy: Policy): boolean;
  run(context: StepContext): Promise<JsonObject>;
}
