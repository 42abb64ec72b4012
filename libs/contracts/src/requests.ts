import { z } from 'zod';
import { PlanRequestShape } from './events/plan.ts';
import { type FailureShape, type Finding, JsonValue, RefShape, RouteShape } from './events/shapes.ts';

/**
 * What people ask of the services, by request and reply. Every request that changes something is answered with the log
 * position that it produced; every query may name the position that it must have seen (`atLeast`).
 */
export const requests = {
  'discovery.scan': z.object({
    cloud: z.string(),
    types: z.array(z.string()),
    multitenant: z.boolean(),
    by: z.string(),
  }),
  'planner.draft': z.object({ request: PlanRequestShape, by: z.string() }),
  'planner.approve': z.object({ planId: z.string(), digest: z.string(), by: z.string() }),
  'planner.start': z.object({ planId: z.string(), by: z.string() }),
  'planner.pause': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.resume': z.object({ planId: z.string(), by: z.string() }),
  'planner.cancel': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.retry': z.object({ planId: z.string(), by: z.string(), reason: z.string() }),
  'migration.register': z.object({
    route: RouteShape,
    ref: RefShape,
    destinationId: z.string(),
    /** Whether both clouds are asked first if they have it; default: yes. */
    check: z.boolean().optional(),
    by: z.string(),
    reason: z.string(),
  }),
  'migration.import': z.object({
    route: RouteShape,
    ref: RefShape,
    destinationId: z.string().nullable(),
    status: z.string(),
    external: z.boolean(),
    sourceRemoved: z.boolean(),
    error: z.string().nullable(),
    createdAt: z.string(),
    from: z.string(),
  }),
  'migration.forget': z.object({
    route: RouteShape,
    ref: RefShape,
    by: z.string(),
    reason: z.string(),
    hard: z.boolean(),
  }),
  'migration.recall': z.object({ route: RouteShape, ref: RefShape, by: z.string() }),
  /** What carries our marks in both clouds, of one type: a large cloud takes its time. */
  'migration.orphans': z.object({
    route: RouteShape,
    type: z.string(),
    multitenant: z.boolean(),
    /** Only one of the two clouds. */
    cloud: z.string().optional(),
    /** Deletes what the log agrees that it may go. */
    remove: z.boolean(),
    by: z.string(),
  }),
  /** Which twins of one type can be proven from what the newest scans of both clouds saw. */
  'migration.recover': z.object({
    route: RouteShape,
    type: z.string(),
    policy: z.record(z.string(), JsonValue),
    /** Records what is proven. */
    record: z.boolean(),
    by: z.string(),
    /** Originals after this id; default: from the beginning. */
    after: z.string().optional(),
    limit: z.number().optional(),
  }),
  'registry.position': z.object({ atLeast: z.number().optional() }),
  'registry.mappings': z.object({
    route: RouteShape.optional(),
    service: z.string().optional(),
    type: z.string().optional(),
    status: z.string().optional(),
    sourceId: z.string().optional(),
    uuid: z.string().optional(),
    /** Only archived ones, or only others; default: only others. */
    archived: z.boolean().optional(),
    /** Both, where `archived` does not say otherwise. */
    includeArchived: z.boolean().optional(),
    external: z.boolean().optional(),
    sourceRemoved: z.boolean().optional(),
    atLeast: z.number().optional(),
  }),
  'registry.plan': z.object({ planId: z.string(), atLeast: z.number().optional() }),
  'registry.plans': z.object({ atLeast: z.number().optional() }),
  'registry.scan': z.object({ scanId: z.string(), atLeast: z.number().optional() }),
  'registry.inventory': z.object({
    cloud: z.string(),
    type: z.string().optional(),
    id: z.string().optional(),
    filters: z.record(z.string(), z.string()).optional(),
    atLeast: z.number().optional(),
  }),
  'registry.fidelity': z.object({
    route: RouteShape.optional(),
    type: z.string().optional(),
    id: z.string().optional(),
    projectId: z.string().optional(),
    planId: z.string().optional(),
    atLeast: z.number().optional(),
  }),
  'registry.rebuild': z.object({}),
} as const;

export type RequestName = keyof typeof requests;
export type RequestOf<Name extends RequestName> = z.infer<(typeof requests)[Name]>;

/** The log position that a change produced. */
export interface Changed {
  readonly position: number;
}

/** The states of the Python tool's records, which `list` still tells, and one of our own: its twin was deleted again. */
export type MappingStatus =
  | 'in-progress'
  | 'failed'
  | 'pending-members'
  | 'pending-cleanup'
  | 'completed'
  | 'source-cleanup-failed'
  | 'rolled-back';

/** One record: a source resource, its twin, and how far it has come. Field names are those of the Python tool. */
export interface MappingRow {
  readonly uuid: string;
  readonly archived: boolean;
  readonly created_at: string;
  readonly updated_at: string;
  readonly service: string;
  readonly resource_type: string;
  readonly source_cloud: string;
  readonly destination_cloud: string;
  readonly source_id: string;
  readonly destination_id: string | null;
  readonly source_removed: boolean;
  readonly external: boolean;
  readonly status: MappingStatus;
  readonly error_message: string | null;
  readonly name: string | null;
  readonly project_id: string | null;
  /** created, adopted, reused, external or imported. */
  readonly how: string | null;
  readonly plan_id: string | null;
}

export interface PlanRow {
  readonly plan_id: string;
  readonly source_cloud: string;
  readonly destination_cloud: string;
  readonly intent: string;
  readonly status:
    'requested' | 'drafted' | 'rejected' | 'approved' | 'running' | 'paused' | 'cancelling' | 'cancelled' | 'completed';
  readonly digest: string | null;
  readonly steps: number;
  readonly resources: number;
  readonly succeeded: number;
  readonly failed: number;
  readonly skipped: number;
  readonly findings: readonly Finding[];
  readonly requested_by: string;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface PlanStepRow {
  readonly step_id: string;
  readonly resource_type: string;
  readonly source_id: string;
  readonly name: string | null;
  readonly step: string;
  readonly service: string;
  readonly status: 'waiting' | 'dispatched' | 'succeeded' | 'failed' | 'skipped';
  readonly attempt: number;
  readonly needs: readonly string[];
  readonly because: string | null;
  readonly failure: z.infer<typeof FailureShape> | null;
}

export interface InventoryRow {
  readonly cloud: string;
  readonly resource_type: string;
  readonly source_id: string;
  readonly name: string | null;
  readonly project_id: string | null;
  readonly vanished: boolean;
  readonly unknown: readonly string[];
}

export interface FidelityRow {
  readonly resource_type: string;
  readonly source_id: string;
  readonly destination_id: string;
  readonly name: string | null;
  readonly project_id: string | null;
  readonly attribute: string;
  readonly verdict: 'equal' | 'mapped' | 'lost' | 'impossible' | 'unknown';
  readonly reason: string | null;
  readonly source: unknown;
  readonly destination: unknown;
}

/** Something in a cloud that carries our mark, and what the log makes of it. */
export interface OrphanRow {
  readonly cloud: string;
  readonly kind: string;
  readonly id: string;
  readonly name: string | null;
  readonly project_id: string | null;
  readonly marker: string;
  readonly class: 'known' | 'crash-window' | 'temporary-past-its-time' | 'unknown';
  readonly because: string;
  readonly resource_type: string | null;
  readonly source_id: string | null;
  readonly step: string | null;
  readonly plans: readonly string[];
  readonly removable: boolean;
  /** A plan that has not ended accounts for it. */
  readonly in_hand: boolean;
  readonly removed: boolean;
  /** Why it could not be removed. */
  readonly failure: z.infer<typeof FailureShape> | null;
}

/** What could be proven of some originals of a type, in the order of their ids. */
export interface RecoveredPage {
  readonly proven: readonly {
    readonly source_id: string;
    readonly name: string | null;
    readonly destination_id: string;
    readonly proof: 'marker' | 'assigned-id' | 'same-id' | 'natural-key' | 'equal';
    readonly complete: boolean;
  }[];
  readonly unproven: readonly {
    readonly source_id: string;
    readonly name: string | null;
    readonly candidates: readonly string[];
    readonly because: string;
  }[];
  readonly absent: readonly { readonly source_id: string; readonly name: string | null }[];
  /** Originals whose twins the log knows already. */
  readonly known: number;
  /** Ask for the rest with this id as `after`; null: that was all. */
  readonly next: string | null;
}

/** The answer to each request. */
export interface Answers {
  'discovery.scan': Changed & { readonly scanId: string };
  /** `resumed`: an unfinished plan of the very same request goes on instead of a new one. */
  'planner.draft': Changed & { readonly planId: string; readonly resumed: boolean };
  'planner.approve': Changed;
  'planner.start': Changed;
  'planner.pause': Changed;
  'planner.resume': Changed;
  'planner.cancel': Changed;
  'planner.retry': Changed;
  'migration.register': Changed;
  'migration.import': Changed;
  'migration.forget': Changed;
  'migration.recall': Changed;
  'migration.orphans': { readonly orphans: readonly OrphanRow[]; readonly looked: boolean };
  'migration.recover': Changed & RecoveredPage;
  'registry.position': Changed;
  'registry.mappings': readonly MappingRow[];
  'registry.plan': { readonly plan: PlanRow; readonly steps: readonly PlanStepRow[] };
  'registry.plans': readonly PlanRow[];
  'registry.scan': {
    readonly scan_id: string;
    readonly cloud: string;
    readonly status: 'running' | 'completed';
    readonly seen: number;
    readonly types: readonly {
      readonly type: string;
      readonly outcome: string;
      readonly seen: number;
      readonly failure: z.infer<typeof FailureShape> | null;
    }[];
  };
  'registry.inventory': readonly InventoryRow[];
  'registry.fidelity': readonly FidelityRow[];
  'registry.rebuild': Changed & { readonly equal: boolean; readonly tables: { readonly [table: string]: number } };
}

/** A failure as a reply carries it. */
export type Refusal = z.infer<typeof FailureShape>;
