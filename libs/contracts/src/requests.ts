import type { JsonObject } from '@osm/kernel';
import { z } from 'zod';
import { PlanRequestShape } from './events/plan.ts';
import { type FailureShape, type Finding, JsonValue, RefShape, RouteShape, VerdictShape } from './events/shapes.ts';

/** What every request for a page takes. */
const pageShape = {
  /** Rows of one page; default 100. */
  limit: z.number().int().min(1).max(1000).optional(),
  /** `next` of the page before; default: from the beginning. */
  after: z.string().optional(),
  atLeast: z.number().optional(),
};

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
    reason: z.string().optional(),
  }),
  /** What a cloud is and what it refuses us; nothing is written anywhere. */
  'discovery.look': z.object({ cloud: z.string() }),
  /** How much there is in a cloud that this build does not migrate. */
  'discovery.uncovered': z.object({ cloud: z.string(), multitenant: z.boolean() }),
  'planner.draft': z.object({ request: PlanRequestShape, by: z.string(), reason: z.string().optional() }),
  'planner.approve': z.object({
    planId: z.string(),
    digest: z.string(),
    by: z.string(),
    reason: z.string().optional(),
  }),
  /** Another person than the one who has approved it agrees to a plan that deletes. */
  'planner.second': z.object({
    planId: z.string(),
    digest: z.string(),
    by: z.string(),
    reason: z.string().optional(),
  }),
  'planner.start': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.pause': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.resume': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.cancel': z.object({ planId: z.string(), by: z.string(), reason: z.string().optional() }),
  'planner.retry': z.object({ planId: z.string(), by: z.string(), reason: z.string() }),
  /** A failed step, or one that somebody has skipped, is tried again with what was skipped because of it. */
  'planner.retry-step': z.object({ planId: z.string(), stepId: z.string(), by: z.string(), reason: z.string() }),
  /** A step that failed or waits is done without; what stands on it is skipped. */
  'planner.skip-step': z.object({ planId: z.string(), stepId: z.string(), by: z.string(), reason: z.string() }),
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
  'migration.recall': z.object({ route: RouteShape, ref: RefShape, by: z.string(), reason: z.string().optional() }),
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
  /** The newest mapping first. */
  'registry.mapping-page': z.object({
    ...pageShape,
    route: RouteShape.optional(),
    service: z.string().optional(),
    type: z.string().optional(),
    status: z.string().optional(),
    projectId: z.string().optional(),
    planId: z.string().optional(),
    /** A part of the name, of an id or of an address. */
    q: z.string().optional(),
    /** Only archived ones, or only others; default: only others. */
    archived: z.boolean().optional(),
    external: z.boolean().optional(),
    sourceRemoved: z.boolean().optional(),
  }),
  'registry.mapping': z.object({ uuid: z.string(), atLeast: z.number().optional() }),
  /** Source and twin, attribute by attribute. */
  'registry.sides': z.object({ uuid: z.string(), atLeast: z.number().optional() }),
  /** The newest plan first. */
  'registry.plan-page': z.object({ ...pageShape, intent: z.string().optional(), status: z.string().optional() }),
  /** A plan without its steps. */
  'registry.plan-summary': z.object({ planId: z.string(), atLeast: z.number().optional() }),
  /** In the order of the draft. */
  'registry.step-page': z.object({
    ...pageShape,
    planId: z.string(),
    status: z.string().optional(),
    type: z.string().optional(),
    service: z.string().optional(),
    /** A part of the name or of the step's id. */
    q: z.string().optional(),
  }),
  /** By type, name and id. */
  'registry.inventory-page': z.object({
    ...pageShape,
    cloud: z.string(),
    type: z.string().optional(),
    projectId: z.string().optional(),
    /** A part of the name, of the id or of an address. */
    q: z.string().optional(),
    vanished: z.boolean().optional(),
  }),
  'registry.resource': z.object({
    cloud: z.string(),
    type: z.string(),
    id: z.string(),
    atLeast: z.number().optional(),
  }),
  'registry.inventory-summary': z.object({ cloud: z.string(), atLeast: z.number().optional() }),
  /** By route, type, id and attribute. */
  'registry.fidelity-page': z.object({
    ...pageShape,
    route: RouteShape.optional(),
    type: z.string().optional(),
    id: z.string().optional(),
    projectId: z.string().optional(),
    planId: z.string().optional(),
    verdict: VerdictShape.optional(),
  }),
  'registry.fidelity-summary': z.object({
    route: RouteShape.optional(),
    planId: z.string().optional(),
    atLeast: z.number().optional(),
  }),
  /** The clouds that were looked at. */
  'registry.clouds': z.object({ atLeast: z.number().optional() }),
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
  /** Whether the originals are removed once their twins are whole. */
  readonly clean_up: 'never' | 'after-migration';
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
  readonly approved_by: string | null;
  /** Whether another person than the one who approves it has to agree before it starts. */
  readonly needs_second: boolean;
  readonly seconded_by: string | null;
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
  /** Since when it is as `status` says. */
  readonly since: string;
  /** Who does without it, and why; one that still waits is skipped when its turn comes. Null: nobody. */
  readonly skipped_by: string | null;
  readonly skip_reason: string | null;
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

/** A part of a list. */
export interface Page<Row> {
  readonly items: readonly Row[];
  /** Ask for the rest with this as `after`; null: that was all. */
  readonly next: string | null;
  /** How many rows fit in all, told with the first page; absent where more would have to be counted than is quick. */
  readonly total?: number;
}

/** A resource of a cloud, and how far its migration has come. */
export interface InventoryPageRow extends InventoryRow {
  readonly observed_at: string;
  /** The newest mapping of which it is the source; null: there is none. */
  readonly mapping: Pick<MappingRow, 'uuid' | 'status' | 'destination_cloud' | 'destination_id'> | null;
}

/** How many resources of a type a project has. */
export interface InventoryCount {
  readonly domain_id: string | null;
  readonly domain_name: string | null;
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly resource_type: string;
  readonly present: number;
  readonly vanished: number;
}

/** How many attributes of a project's resources of a type have come to which verdict. */
export interface FidelityCount {
  readonly project_id: string | null;
  readonly project_name: string | null;
  readonly resource_type: string;
  readonly resources: number;
  readonly equal: number;
  readonly mapped: number;
  readonly lost: number;
  readonly impossible: number;
  readonly unknown: number;
}

/** One attribute at both ends; a side that is not known is absent. */
export interface SidesRow {
  readonly attribute: string;
  /** Null: it was not compared yet. */
  readonly verdict: FidelityRow['verdict'] | null;
  readonly reason: string | null;
  readonly source?: unknown;
  readonly destination?: unknown;
}

/** A cloud and its newest scan. */
export interface CloudRow {
  readonly cloud: string;
  readonly scan_id: string;
  readonly status: 'running' | 'completed';
  readonly seen: number;
  readonly scanned_at: string;
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

/** One service of a cloud's catalogue, as it answers us. */
export interface CloudService {
  /** As the catalogue names it: `volumev3`. */
  readonly type: string;
  /** Host and port, without path; null: the catalogue has no URL that can be read. */
  readonly host: string | null;
  /** The service of ours that it is (`block-storage`); null: nothing of it is migrated. */
  readonly service: string | null;
  readonly newest_microversion: string | null;
  /** Milliseconds of one cheap call; null where none was made or none was answered. */
  readonly latency_ms: number | null;
  readonly failure: z.infer<typeof FailureShape> | null;
}

/** Something that a later step will want and that the cloud did not let us do. */
export interface CloudRefusal {
  /** In words: `list the projects`. */
  readonly action: string;
  readonly service: string;
  /** The cloud's name of the rule that refused, where it says so. */
  readonly policy: string | null;
  readonly failure: z.infer<typeof FailureShape>;
  /** What the cloud's administrator can do. */
  readonly remedy: string;
}

/** A limit of the credential's own project. */
export interface CloudQuota {
  readonly service: string;
  /** OpenStack's own name of it: `instances`. */
  readonly name: string;
  /** Null: without limit. */
  readonly limit: number | null;
  /** What a new project is allowed. Null: without limit. */
  readonly default_limit: number | null;
  /** Reservations included. */
  readonly in_use: number;
}

/** What a cloud is, seen with our credential. */
export interface CloudReport {
  readonly cloud: string;
  /** Whether it signs us in. */
  readonly reachable: boolean;
  readonly failure: z.infer<typeof FailureShape> | null;
  readonly user_id: string | null;
  readonly project_id: string | null;
  readonly roles: readonly string[];
  readonly is_admin: boolean;
  /** The cloud's clock minus ours, whole seconds as the cloud tells them; null where it does not. */
  readonly clock_ahead_seconds: number | null;
  readonly services: readonly CloudService[];
  /** Of the networking service. */
  readonly extensions: readonly string[];
  readonly quotas: readonly CloudQuota[];
  readonly refusals: readonly CloudRefusal[];
}

/** One kind of thing that is not migrated; or a whole service of which nothing is. */
export interface UncoveredKind {
  /** In words, in the plural: `volume snapshots`. */
  readonly kind: string;
  readonly service: string;
  /** Null: it cannot be counted, see `why`. */
  readonly count: number | null;
  readonly why: string | null;
}

export interface UncoveredReport {
  readonly cloud: string;
  readonly kinds: readonly UncoveredKind[];
  /** Types of the catalogue with which this build does nothing: `orchestration`. */
  readonly services: readonly string[];
}

/** What a look at both clouds found, before anything is written. */
export interface DoctorFinding {
  readonly severity: 'ok' | 'note' | 'warning' | 'error';
  readonly code: string;
  /** The cloud it is about; null: both, or neither. */
  readonly cloud: string | null;
  readonly what: string;
  readonly why: string;
  readonly remedy: string;
}

/** The answer to each request. */
export interface Answers {
  'discovery.scan': Changed & { readonly scanId: string };
  'discovery.look': CloudReport;
  'discovery.uncovered': UncoveredReport;
  /** `resumed`: an unfinished plan of the very same request goes on instead of a new one. */
  'planner.draft': Changed & { readonly planId: string; readonly resumed: boolean };
  'planner.approve': Changed;
  'planner.second': Changed;
  'planner.start': Changed;
  'planner.pause': Changed;
  'planner.resume': Changed;
  'planner.cancel': Changed;
  'planner.retry': Changed;
  'planner.retry-step': Changed;
  'planner.skip-step': Changed;
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
  'registry.mapping-page': Page<MappingRow>;
  'registry.mapping': MappingRow;
  'registry.sides': { readonly mapping: MappingRow; readonly attributes: readonly SidesRow[] };
  'registry.plan-page': Page<PlanRow>;
  'registry.plan-summary': PlanRow;
  'registry.step-page': Page<PlanStepRow>;
  'registry.inventory-page': Page<InventoryPageRow>;
  'registry.resource': InventoryPageRow & { readonly attributes: JsonObject };
  'registry.inventory-summary': readonly InventoryCount[];
  'registry.fidelity-page': Page<FidelityRow>;
  'registry.fidelity-summary': readonly FidelityCount[];
  'registry.clouds': readonly CloudRow[];
  'registry.rebuild': Changed & { readonly equal: boolean; readonly tables: { readonly [table: string]: number } };
}

/** A failure as a reply carries it. */
export type Refusal = z.infer<typeof FailureShape>;
