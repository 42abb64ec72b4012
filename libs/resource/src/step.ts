import type { Clock, JsonObject, Ref, Route } from '@osm/kernel';
import type { Cloud } from './cloud.ts';
import type { Move } from './payload.ts';
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
  /** The plan that the step belongs to. */
  readonly planId: string;
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
  /** Moves bytes on behalf of this step: metered, within the operator's limits, stopped with the step. */
  readonly move: Move;
  /** Lossy: bytes moved so far, of how many. `move` tells it by itself. */
  progress(bytes: number, total: number | undefined): void;
  /** Lossy: what this step is waiting for, in words, and until when at most. */
  waiting(what: string, until?: Date): void;
  /** The strategy that the plan chose for this step; undefined where the step has none to choose from. */
  readonly strategy: string | undefined;
}

/** What `empty` of a handler works with. */
export type Emptying = Pick<
  StepContext,
  'route' | 'ref' | 'attributes' | 'policy' | 'twinOf' | 'source' | 'destination' | 'clock' | 'signal'
> & {
  readonly destinationId: string;
  /** What each of the resource's steps has put out when it last succeeded, in any plan, by step; absent: unknown. */
  readonly past?: { readonly [step: string]: JsonObject };
};

/** The ways of one step, of which a plan chooses one for each resource by what the pair of clouds can do. */
export interface Strategies {
  /**
   * Asks both clouds what they can do. Once for each type and plan, before it is drafted; what it answers is recorded with
   * the plan. What a cloud refuses to say is a fact too, and no failure.
   */
  probe(source: Cloud, destination: Cloud, policy: Policy, signal: AbortSignal): Promise<JsonObject>;
  /** Pure. The reason is read by people: `both are on one link and the destination can fetch for itself`. */
  choose(attributes: JsonObject, policy: Policy, facts: JsonObject): { readonly name: string; readonly reason: string };
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
  /** The ways that it may go about it. */
  readonly strategies?: Strategies;
  /**
   * What of the source cloud it puts its load on, in words (`volume type ssd`): an operator may bound how many steps do so at
   * a time. Undefined: nothing in particular.
   */
  backend?(attributes: JsonObject): string | undefined;
  /**
   * It takes the moment of which the later steps make a copy: of this resource (`own`), or of all that it belongs together
   * with (`all`: a server and its disks). Nothing that belongs together is copied before all of it is taken; see `Staging`.
   */
  readonly moment?: 'own' | 'all';
  /** Whether this resource has the step at all; default: yes. */
  when?(attributes: JsonObject, policy: Policy): boolean;
  run(context: StepContext): Promise<JsonObject>;
}
