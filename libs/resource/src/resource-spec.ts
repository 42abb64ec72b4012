import type { JsonObject } from '@osm/kernel';
import type { z } from 'zod';
import type { Api } from './api.ts';
import type { Cloud, Query, Request } from './cloud.ts';
import type { Left } from './left.ts';
import type { Policy } from './policy.ts';
import type { Staging } from './staging.ts';
import type { Emptying, Step } from './step.ts';

/**
 * Another type, or `self` for a type whose members are of the same type (a project within a project). A link that would go
 * round in a circle of imports names the type alone.
 */
export type Of = { readonly type: string } | 'self';

interface NeedFlags {
  readonly of: Of;
  /** I live inside it: I am a member of it. */
  readonly parent?: boolean;
  /** It is my owner: I am a member of it, and with a single tenant's credential it is not looked at. */
  readonly owner?: boolean;
  /** Followed where it has a twin, never required: the subnet behind a router's gateway address. */
  readonly optional?: boolean;
  /** Whether policy has it looked at, at all; default: yes. */
  when?(policy: Policy): boolean;
  /** Taken by one at a time: those of a plan that share it are made one after the other. */
  readonly oneByOne?: boolean;
  /** The cloud deletes me with it, though I live elsewhere: it stays as long as I do. */
  readonly goesWith?: boolean;
  /** Removed with me when sources are cleaned up, and only then. */
  readonly cleanUp?: boolean;
}

/** One resource that must have a twin before mine can be made; null or undefined: none. */
export interface NeedOne<S> extends NeedFlags {
  id(source: S): string | null | undefined;
}

/** Several such resources. */
export interface NeedMany<S> extends NeedFlags {
  ids(source: S): readonly string[];
}

export type Need<S> = NeedOne<S> | NeedMany<S>;

/** A relation tied when both ends exist: it may point anywhere, also in circles. */
export interface Link<S> {
  readonly of: Of;
  ids(source: S): readonly string[];
  /** The other end counts as a member of mine (the subnets of a router). */
  readonly member?: boolean;
}

/**
 * The destination's id for each need: text for one, a function of the source's id for many. For links always a
 * function, undefined for an end that has no twin (yet).
 */
export type To<N, L = unknown> = {
  readonly [K in keyof N]: N[K] extends { ids: unknown }
    ? (sourceId: string) => N[K] extends { optional: true } ? string | undefined : string
    : N[K] extends { owner: true } | { optional: true } | { when: unknown }
      ? string | null | undefined
      : N[K] extends { id(source: never): infer R }
        ? null extends R
          ? string | null | undefined
          : undefined extends R
            ? string | undefined
            : string
        : never;
} & (string extends keyof L ? unknown : { readonly [K in keyof L]: (sourceId: string) => string | undefined });

/** What the pure functions of a handler may look at beside the source and its needs' twins. */
export interface Context {
  readonly policy: Policy;
  /** Outputs of the resource's earlier steps, by step. */
  readonly outputs: { readonly [step: string]: JsonObject };
  /** The networking extensions of the destination: never send what it did not declare. */
  readonly extensions: ReadonlySet<string>;
}

/** The twin as a handler's later writes see it. */
export interface Twin {
  readonly id: string;
  /** What the destination shows of it, `enrich`ed. */
  readonly body: JsonObject;
  /** It was there before us: what others made is not changed without need. */
  readonly reused: boolean;
}

/** Where a marker is written in the create request, and looked for after a crash. */
export type MarkerField = 'description' | 'metadata';

/**
 * How our own twin, or one that was there before us, is recognised.
 * - `unique`: the cloud refuses a second one with these values. Found without our marker it is *reused*.
 * - `marker`: nothing is unique, so the create request carries our marker, taken out again once the id is recorded.
 * - `assigned`: we choose the id; a 409 then means "mine".
 */
export type Adopt<S, T> =
  | {
      /**
       * `query` narrows the list, `match` (raw attribute → value) must hold exactly for each candidate. `differs`
       * compares a candidate that nobody of us made and says, in words, why it must not be taken for the twin.
       */
      unique(source: S, to: T): { readonly query: Query; readonly match: JsonObject };
      differs?(source: S, candidate: JsonObject): string | undefined;
      readonly marker?: MarkerField;
    }
  | { readonly marker: MarkerField }
  | {
      /**
       * Nothing is unique and no attribute can be written that could carry a marker and lose it again. Asked only after an
       * attempt whose request may have been sent: `query` narrows the list, `matches` tells what such a request of ours
       * would have left behind, and no finished resource. One is ours; several stop the step for a person.
       */
      traces(source: S, to: T): { readonly query: Query; matches(candidate: JsonObject): boolean };
    }
  | {
      assigned(source: S, marker: string, policy: Policy): string;
      /** Compares what has the id already, and that nobody of us made: why it must not be taken for the twin, in words. */
      differs?(source: S, candidate: JsonObject): string | undefined;
    };

/** A warning about a resource: what is said of one, and of many. */
export interface Caution {
  readonly code: string;
  /** `runs at the source`. */
  readonly one: string;
  readonly many: string;
  readonly remedy: string;
}

export interface ResourceSpec<
  Schema extends z.ZodObject,
  N extends { readonly [name: string]: Need<z.infer<Schema>> },
  L extends { readonly [name: string]: Link<z.infer<Schema>> } = { readonly [name: string]: Link<z.infer<Schema>> },
> {
  /** The name that people type: `security-group-rule`. */
  readonly type: string;
  /** One sentence: what it is. */
  readonly summary: string;
  /** One sentence: which way its data go; absent where it has none beside its attributes. */
  readonly dataPath?: string;
  readonly api: Api;
  /** What we read; everything else that the cloud shows is reported as unknown. */
  readonly source: Schema;
  /** Further attributes are the owner's own (Glance's custom properties): carried, not unknown. */
  readonly open?: boolean;
  /** The source id of an item that shows none, or none that is unique: a keypair's owner and name. */
  id?(item: JsonObject): string;
  /** Lists all that the credential may see, where one paged list cannot (keypairs of every user). */
  listAll?(cloud: Cloud, scope: 'all-tenants' | 'own-project'): AsyncIterable<JsonObject>;
  readonly needs: N;
  readonly links?: L;
  /** The resource's name for people, default `name`. */
  name?(source: z.infer<Schema>): string | null;
  /** The project that owns it, default `project_id`. */
  projectId?(source: z.infer<Schema>): string | null | undefined;
  /** Filters of `start-batch`, beside those by raw attribute: names of attributes, or `project_id`. */
  readonly filters: readonly string[];
  /** Whether it is listed as something that can be migrated; false for what clouds make themselves. */
  eligible?(source: z.infer<Schema>): boolean;
  /** What a person should know before a plan that makes the twin is approved. Pure. */
  caution?(source: z.infer<Schema>): Caution | undefined;
  /** What temporary copies of it take, and what they are made together with; default: none. Pure. */
  staging?(source: z.infer<Schema>): Staging;
  /** The body of the create request, without envelope and marker. Pure. */
  create(source: z.infer<Schema>, to: To<N, L>, context: Context): { readonly [attribute: string]: unknown };
  readonly adopt: Adopt<z.infer<Schema>, To<N, L>> | ((source: z.infer<Schema>) => Adopt<z.infer<Schema>, To<N, L>>);
  /**
   * Attributes that are left or carried in another form, with the reason. Everything else must be touched by one of the
   * functions here, or the laws of the suite fail.
   */
  readonly drop: { readonly [attribute: string]: Left };
  /** The same, where policy or the resource itself decides; goes before `drop`. Pure. */
  dropWhen?(source: z.infer<Schema>, policy: Policy): { readonly [attribute: string]: Left };
  /** What the twin shall show where that is neither the source's value nor the create body's. Pure. */
  expect?(source: z.infer<Schema>, to: To<N, L>, context: Context): { readonly [attribute: string]: unknown };
  /** Attributes compared in their own way; default: equal JSON, lists of texts without regard to order. */
  readonly same?: { readonly [attribute: string]: (expected: unknown, actual: unknown) => boolean };
  /** What the listing lacks. Called once per scan (no id: of everything) or for one resource; returns the additions. */
  enrich?(cloud: Cloud, id?: string): Promise<(item: JsonObject) => JsonObject | Promise<JsonObject>>;
  /** Attributes that are recorded as digests and read again from the source when a step runs. */
  readonly secret?: readonly string[];
  /** Attributes that change by themselves and do not count as a change of the resource. */
  readonly volatile?: readonly string[];
  /** Attributes that the cloud rewrites when one of these others changes, by name: then their change does not count. */
  readonly follows?: { readonly [attribute: string]: readonly string[] };
  /** Seconds that the twin may take to become ready, and the original to go; default: `resource_creation_timeout`. Pure. */
  patience?(source: z.infer<Schema>, policy: Policy): number;
  /** A 2xx is not the end where the cloud works on: `ready`, `pending`, or what went wrong in words. */
  ready?(twin: JsonObject): 'ready' | 'pending' | { readonly failed: string };
  /** Later writes on the known twin, in order, each of which may be repeated at will. Pure. */
  finish?(source: z.infer<Schema>, to: To<N, L>, twin: Twin, context: Context): readonly Request[];
  /**
   * The chain of steps; default: `create`, then `connect` where there are links. `create` stands for the engine's own
   * exactly-once step.
   */
  readonly steps?: readonly ('create' | Step)[];
  /** Steps that plans add on their own account: borrowing a role in a project and giving it back. */
  readonly auxiliary?: readonly Step[];
  /** Whether making the twin wants a token of the owner's project: services that take the owner from the token alone. */
  readonly actsInProject?: boolean;
  /** Whether reading or removing the original wants a token of the owner's project at the source (Barbican). */
  readonly readsInProject?: boolean;
  /** Requests that come before the DELETE of an original. Pure; each may be repeated at will. */
  remove?(source: z.infer<Schema>): readonly Request[];
  /**
   * Comes right before the DELETE of an original that must be empty by then: compares everything in it with the twin, and
   * takes away what is equal. Raises, with nothing taken away, where something is not. May be started any number of times.
   */
  empty?(context: Emptying): Promise<void>;
}
