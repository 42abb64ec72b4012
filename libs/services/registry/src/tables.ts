import { defineEntity, p } from '@mikro-orm/core';

/**
 * One source resource on one route, as `list` and `show` tell it. `forgotten` is what the migration's own rules say;
 * `archived` is what people see: a forgotten resource that a new plan works on is shown again before it has a new twin.
 */
export const mappingTable = defineEntity({
  name: 'mapping',
  tableName: 'mapping',
  properties: {
    source_cloud: p.string().primary(),
    destination_cloud: p.string().primary(),
    resource_type: p.string().primary(),
    source_id: p.string().primary(),
    uuid: p.string().unique(),
    archived: p.boolean(),
    forgotten: p.boolean(),
    migrated: p.boolean(),
    created_at: p.string(),
    updated_at: p.string(),
    destination_id: p.string().nullable(),
    source_removed: p.boolean(),
    external: p.boolean(),
    status: p.string(),
    error_message: p.text().nullable(),
    how: p.string().nullable(),
    plan_id: p.string().nullable(),
    /** The step that failed and was not tried again, as plan and id, and its attempt. */
    failed_plan: p.string().nullable(),
    failed_step: p.string().nullable(),
    failed_attempt: p.integer().nullable(),
    /** The log position of its first event: newest first is by this, for clocks of several machines differ. */
    position: p.integer().index(),
  },
  indexes: [
    { name: 'mapping_ids', properties: ['source_id', 'destination_id', 'position'] },
    { name: 'mapping_resource_type', properties: ['resource_type', 'status'] },
    { name: 'mapping_plan_id', properties: ['plan_id'] },
    { name: 'mapping_type_page', properties: ['resource_type', 'position'] },
    { name: 'mapping_status_page', properties: ['status', 'position'] },
  ],
});

/** The fidelity report of one mapping: the names of the equal attributes, and all others with their verdict. */
export const fidelityTable = defineEntity({
  name: 'fidelity',
  tableName: 'fidelity',
  properties: {
    source_cloud: p.string().primary(),
    destination_cloud: p.string().primary(),
    resource_type: p.string().primary(),
    source_id: p.string().primary(),
    plan_id: p.string(),
    destination_id: p.string(),
    verified_at: p.string(),
    equal: p.json(),
    others: p.json(),
    /** How many attributes have come to which verdict. */
    equal_count: p.integer().default(0),
    mapped_count: p.integer().default(0),
    lost_count: p.integer().default(0),
    impossible_count: p.integer().default(0),
    unknown_count: p.integer().default(0),
  },
  indexes: [{ name: 'fidelity_plan_id', properties: ['plan_id'] }],
});

/** What a cloud's resources looked like when a scan last saw them changed. Attributes are raw, secrets are digests. */
export const inventoryTable = defineEntity({
  name: 'inventory',
  tableName: 'inventory',
  properties: {
    cloud: p.string().primary(),
    resource_type: p.string().primary(),
    source_id: p.string().primary(),
    name: p.string().nullable(),
    project_id: p.string().nullable(),
    vanished: p.boolean(),
    scan_id: p.string(),
    observed_at: p.string(),
    fingerprint: p.string(),
    attributes: p.json(),
    unknown: p.json(),
    /** What pages are ordered by: the name, and nothing where there is none. */
    label: p.string().default(''),
    /** Name, id and addresses in lower case: what people look for a part of. */
    search: p.string().default(''),
  },
  indexes: [
    { name: 'inventory_project_id', properties: ['cloud', 'project_id'] },
    {
      name: 'inventory_page',
      properties: ['cloud', 'resource_type', 'label', 'source_id', 'vanished', 'project_id', 'search'],
    },
    { name: 'inventory_count', properties: ['cloud', 'project_id', 'resource_type', 'vanished'] },
  ],
});

/** One run of discovery. */
export const scanTable = defineEntity({
  name: 'scan',
  tableName: 'scan',
  properties: {
    scan_id: p.string().primary(),
    cloud: p.string(),
    multitenant: p.boolean(),
    status: p.string(),
    seen: p.integer(),
    requested_by: p.string(),
    created_at: p.string(),
    updated_at: p.string(),
  },
});

/** One type of a scan, in the order in which they are listed; `waiting` until it has its outcome. */
export const scanTypeTable = defineEntity({
  name: 'scan_type',
  tableName: 'scan_type',
  properties: {
    scan_id: p.string().primary(),
    type: p.string().primary(),
    ordinal: p.integer(),
    outcome: p.string(),
    seen: p.integer(),
    changed: p.integer(),
    vanished: p.integer(),
    failure: p.json().nullable(),
  },
});

/** One plan, with how many of its steps have come how far. */
export const planTable = defineEntity({
  name: 'plan',
  tableName: 'plan',
  properties: {
    plan_id: p.string().primary(),
    source_cloud: p.string(),
    destination_cloud: p.string(),
    intent: p.string(),
    status: p.string(),
    digest: p.string().nullable(),
    steps: p.integer(),
    resources: p.integer(),
    succeeded: p.integer(),
    failed: p.integer(),
    skipped: p.integer(),
    findings: p.json(),
    requested_by: p.string(),
    created_at: p.string(),
    updated_at: p.string(),
    position: p.integer().index(),
    approved_by: p.string().nullable(),
    seconded_by: p.string().nullable(),
    needs_second: p.boolean().default(false),
    clean_up: p.string().default('never'),
  },
});

/** One step of a plan, in the order of the draft. */
export const planStepTable = defineEntity({
  name: 'plan_step',
  tableName: 'plan_step',
  properties: {
    plan_id: p.string().primary(),
    step_id: p.string().primary(),
    ordinal: p.integer(),
    resource_type: p.string(),
    source_id: p.string(),
    name: p.string().nullable(),
    step: p.string(),
    service: p.string(),
    status: p.string(),
    attempt: p.integer(),
    needs: p.json(),
    because: p.string().nullable(),
    failure: p.json().nullable(),
    /** Since when its status is what it is. */
    since: p.string().default(''),
    /** Who does without it, and why. */
    skipped_by: p.string().nullable(),
    skip_reason: p.string().nullable(),
  },
  indexes: [
    { name: 'plan_step_ordinal', properties: ['plan_id', 'ordinal'] },
    { name: 'plan_step_because', properties: ['plan_id', 'because'] },
    { name: 'plan_step_page', properties: ['plan_id', 'status', 'ordinal'] },
  ],
});

/** How far the log is projected; one row, written in the same transaction as what it speaks of. */
export const checkpointTable = defineEntity({
  name: 'checkpoint',
  tableName: 'checkpoint',
  properties: {
    name: p.string().primary(),
    position: p.integer(),
    /** The id of the log's first event: a file of another log is not gone on with. */
    log: p.string().nullable(),
    /** The rules that made the rows: rows of other rules are made anew. */
    rules: p.integer(),
  },
});

/** Which OpenStack service a type belongs to in this build; not from the log, and written at each start. */
export const resourceTypeTable = defineEntity({
  name: 'resource_type',
  tableName: 'resource_type',
  properties: { type: p.string().primary(), service: p.string() },
});

/** All entities of the database. */
export const tables = [
  mappingTable,
  fidelityTable,
  inventoryTable,
  scanTable,
  scanTypeTable,
  planTable,
  planStepTable,
  checkpointTable,
  resourceTypeTable,
];
