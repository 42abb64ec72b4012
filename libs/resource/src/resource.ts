import type { JsonObject, Ref } from '@osm/kernel';
import type { Api } from './api.ts';
import type { Cloud, Query, Request } from './cloud.ts';
import type { Caution, Context, MarkerField, Twin } from './resource-spec.ts';
import type { Left } from './left.ts';
import type { Policy } from './policy.ts';
import type { StepService } from './service.ts';
import type { Staging } from './staging.ts';
import type { Emptying, Step } from './step.ts';

/** A relation of one resource, by the name its type gives it. */
export interface Relation {
  readonly name: string;
  readonly ref: Ref;
  readonly parent: boolean;
  readonly owner: boolean;
  readonly optional: boolean;
  /** The cloud deletes the resource with what it names. */
  readonly goesWith: boolean;
  readonly cleanUp: boolean;
  readonly oneByOne: boolean;
}

/** The destination's id of a source resource. */
export type TwinOf = (ref: Ref) => string | undefined;

/** How a twin is looked for, once source and needs are known. */
export type Lookup =
  | {
      readonly kind: 'unique';
      readonly query: Query;
      readonly match: JsonObject;
      readonly marker: MarkerField | undefined;
      differs(candidate: JsonObject): string | undefined;
    }
  | { readonly kind: 'marker'; readonly marker: MarkerField }
  | { readonly kind: 'traces'; readonly query: Query; matches(candidate: JsonObject): boolean }
  | { readonly kind: 'assigned'; readonly id: string; differs(candidate: JsonObject): string | undefined };

/** One of a resource's steps as plans see it. */
export interface StepOutline {
  readonly name: string;
  readonly service: StepService;
  readonly always: boolean;
  readonly afterLinks: boolean;
  /** The engine's own exactly-once step, or the handler's. */
  readonly step: 'create' | Step;
}

/**
 * A resource type with its types erased: what discovery, planning and engine work with. Attributes are raw JSON as
 * recorded; all functions but `enrich` are pure. A function that wants the twin of a need that has none raises
 * `missing-twin`.
 */
export interface Resource {
  readonly type: string;
  readonly summary: string;
  readonly dataPath: string | undefined;
  readonly api: Api;
  readonly filters: readonly string[];
  readonly secret: readonly string[];
  readonly volatile: readonly string[];
  readonly follows: { readonly [attribute: string]: readonly string[] };
  readonly actsInProject: boolean;
  readonly readsInProject: boolean;
  /** Whether attributes that the schema does not declare are the owner's own, and carried. */
  readonly open: boolean;
  readonly auxiliary: readonly Step[];
  /** Every step of the type's own, whether this or that resource has it or not. */
  readonly ownSteps: readonly Step[];
  readonly drop: { readonly [attribute: string]: Left };
  /** Attribute names that the schema declares. */
  readonly declared: readonly string[];
  /** Types that may be needed, linked, and those whose members we are. */
  readonly needTypes: readonly string[];
  readonly linkTypes: readonly string[];
  readonly memberLinkTypes: readonly string[];
  readonly parentTypes: readonly string[];
  /** Whether clouds delete such resources with what they name. */
  readonly ridesAlong: boolean;
  /** Whether an equal one is reused instead of made anew. */
  readonly adopts: 'unique' | 'marker' | 'traces' | 'assigned';
  /** Where the create request carries the marker; undefined where it carries none, or where that depends. */
  readonly markerField: MarkerField | undefined;

  /** The source id of an item of a list. */
  id(item: JsonObject): string;
  listAll?: (cloud: Cloud, scope: 'all-tenants' | 'own-project') => AsyncIterable<JsonObject>;
  /** Why attributes are left or carried in another form, for this resource under this policy. */
  left(attributes: JsonObject, policy: Policy): { readonly [attribute: string]: Left };
  /** Raises `unreadable-resource` where the cloud's answer does not fit the schema. */
  check(attributes: JsonObject): void;
  name(attributes: JsonObject): string | null;
  projectId(attributes: JsonObject): string | null;
  eligible(attributes: JsonObject): boolean;
  needs(attributes: JsonObject, policy: Policy): readonly Relation[];
  links(attributes: JsonObject): readonly Relation[];
  memberLinks(attributes: JsonObject): readonly Relation[];
  steps(attributes: JsonObject, policy: Policy): readonly StepOutline[];
  caution(attributes: JsonObject): Caution | undefined;
  staging(attributes: JsonObject): Staging;
  /** Seconds. */
  patience(attributes: JsonObject, policy: Policy): number;
  create(attributes: JsonObject, twinOf: TwinOf, context: Context): JsonObject;
  expect(attributes: JsonObject, twinOf: TwinOf, context: Context): JsonObject;
  lookup(attributes: JsonObject, twinOf: TwinOf, marker: string, policy: Policy): Lookup;
  same(attribute: string, expected: unknown, actual: unknown): boolean;
  ready(twin: JsonObject): 'ready' | 'pending' | { readonly failed: string };
  finish(attributes: JsonObject, twinOf: TwinOf, twin: Twin, context: Context): readonly Request[];
  remove(attributes: JsonObject): readonly Request[];
  empty?: (context: Emptying) => Promise<void>;
  enrich?: (cloud: Cloud, id?: string) => Promise<(item: JsonObject) => JsonObject | Promise<JsonObject>>;
}
