import type {
  Changed,
  CloudQuota,
  CloudRefusal,
  CloudReport,
  CloudRow,
  CloudService,
  DoctorFinding,
  FidelityCount,
  FidelityRow,
  Finding,
  InventoryCount,
  InventoryPageRow,
  MappingRow,
  OrphanRow,
  PlanRow,
  Refusal,
  SidesRow,
  UncoveredKind,
  UncoveredReport,
} from '@osm/contracts';
import type { Ref, Route } from '@osm/kernel';
import { anyJson, count, jsonObject, listOf, oneOf, orNull, ref, rowOf, text, time, truth } from './schema-of.ts';

const uuid = '5f2d7a1e-3c7b-5e0a-9d38-0f6f8f1c2b34';
const id = '8a6b0c1d2e3f405162738495a6b7c8d9';
const verdicts = ['equal', 'mapped', 'lost', 'impossible', 'unknown'] as const;

const inventory = {
  cloud: text('The cloud, as clouds.yaml names it.', 'source'),
  resource_type: text('The type.', 'server'),
  source_id: text('The id in that cloud.', id),
  name: orNull(text('The name, where it has one.', 'web-1')),
  project_id: orNull(text('The owning project, where it has one.')),
  vanished: truth('The newest scan of its type no longer saw it.'),
  observed_at: time('When a scan last saw it changed.'),
  unknown: listOf(text('An attribute.'), 'Attributes that nobody has declared.'),
  mapping: orNull(ref('MappingInShort')),
};

/** What the answers are made of: the `components/schemas` of the document. */
export const answerSchemas = {
  Problem: rowOf<{ type: string; title: string; status: number; detail: string; code: string; remedy: string }>(
    'A refusal (RFC 9457).',
    {
      type: text('A URI that names the kind of problem.', 'about:blank'),
      title: text('The status in words.', 'Not Found'),
      status: count('The HTTP status.'),
      detail: text('What could not be done, and why.', 'cannot find plan p1: there is no plan of this id'),
      code: text('For programs.', 'no-such-plan'),
      remedy: text('What to do now.', 'Look at the list of plans for their ids.'),
    },
  ),
  Changed: rowOf<Changed>('A change that was made.', { position: count('The log position that the change produced.') }),
  Ref: rowOf<Ref>('One resource of a cloud.', { type: text('The type.', 'network'), id: text('The id.', id) }),
  Route: rowOf<Route>('From which cloud to which.', {
    source: text('The cloud to leave.', 'source'),
    destination: text('The cloud to go to.', 'destination'),
  }),
  Failure: rowOf<Refusal>(
    'Why something could not be done.',
    {
      code: text('For programs.'),
      message: text('What, which and why.'),
      remedy: text('What to do now.'),
      http: jsonObject('What the cloud answered: service, method, url, status, requestId, body.'),
    },
    ['http'],
  ),
  Finding: rowOf<Finding>(
    "Something that a plan's drafting noticed.",
    {
      code: text('For programs.'),
      severity: oneOf('Errors refuse the plan.', 'error', 'warning', 'info'),
      message: text('What was noticed.'),
      remedy: text('What to do about it.'),
      ref: ref('Ref'),
    },
    ['ref'],
  ),
  Cloud: rowOf<Omit<CloudRow, 'scan_id' | 'status' | 'seen' | 'scanned_at'> & { role: string | null; scan: unknown }>(
    'A cloud that is configured, or that was looked at.',
    {
      cloud: text('Its name in clouds.yaml.', 'source'),
      role: orNull(oneOf('Its end of the configured route.', 'source', 'destination')),
      scan: orNull(ref('CloudScan')),
    },
  ),
  CloudScan: rowOf<Omit<CloudRow, 'cloud'>>('The newest scan of a cloud.', {
    scan_id: text('The scan.', uuid),
    status: oneOf('How far it is.', 'running', 'completed'),
    seen: count('Resources that it saw.'),
    scanned_at: time('When it was asked for.'),
  }),
  CloudReport: rowOf<CloudReport>('What a cloud is, seen with our credential.', {
    cloud: text('The cloud.'),
    reachable: truth('It signs us in.'),
    failure: orNull(ref('Failure')),
    user_id: orNull(text('Who we are.')),
    project_id: orNull(text('The project that we sign in to.')),
    roles: listOf(text('A role.')),
    is_admin: truth('We may act for all tenants.'),
    clock_ahead_seconds: orNull({ type: 'number', description: "The cloud's clock minus ours." }),
    services: listOf(
      rowOf<CloudService>('A service of its catalogue.', {
        type: text('As the catalogue names it.', 'volumev3'),
        host: orNull(text('Host and port.')),
        service: orNull(text('The service of ours that it is; null: nothing of it is migrated.')),
        newest_microversion: orNull(text('The newest one that it offers.')),
        latency_ms: orNull({ type: 'number', description: 'Of one cheap call.' }),
        failure: orNull(ref('Failure')),
      }),
    ),
    extensions: listOf(text('An extension.'), 'Of the networking service.'),
    quotas: listOf(
      rowOf<CloudQuota>("A limit of the credential's own project.", {
        service: text('The service.'),
        name: text("OpenStack's own name of it.", 'instances'),
        limit: orNull({ type: 'number', description: 'Null: without limit.' }),
        default_limit: orNull({ type: 'number', description: 'What a new project is allowed.' }),
        in_use: { type: 'number', description: 'Reservations included.' },
      }),
    ),
    refusals: listOf(
      rowOf<CloudRefusal>('What a later step will want and the cloud did not let us do.', {
        action: text('In words.', 'list the projects'),
        service: text('The service.'),
        policy: orNull(text('The rule that refused, where the cloud names it.')),
        failure: ref('Failure'),
        remedy: text("What the cloud's administrator can do."),
      }),
    ),
  }),
  DoctorFinding: rowOf<DoctorFinding>('Something that a migration would hit, or that is well.', {
    severity: oneOf('How bad it is.', 'ok', 'note', 'warning', 'error'),
    code: text('For programs.', 'quota-too-small'),
    cloud: orNull(text('The cloud that it is about; null: both, or neither.')),
    what: text('What was found.'),
    why: text('Why it matters.'),
    remedy: text('What to do before the migration; empty where nothing is to be done.'),
  }),
  UncoveredReport: rowOf<UncoveredReport>('What a cloud has that is not moved.', {
    cloud: text('The cloud.'),
    kinds: listOf(
      rowOf<UncoveredKind>('One kind of thing.', {
        kind: text('In words.', 'volume snapshots'),
        service: text('The service.'),
        count: orNull(count('How many; null: it cannot be counted.')),
        why: orNull(text('Why it cannot.')),
      }),
    ),
    services: listOf(text('A type of the catalogue.', 'orchestration'), 'Services with which nothing is done.'),
  }),
  Scan: rowOf<{ scan_id: string; cloud: string; status: string; seen: number; types: unknown }>('A scan of a cloud.', {
    scan_id: text('The scan.', uuid),
    cloud: text('The cloud.', 'source'),
    status: oneOf('How far it is.', 'running', 'completed'),
    seen: count('Resources seen so far.'),
    types: listOf(
      rowOf<{ type: string; outcome: string; seen: number; failure: unknown }>('One type of it.', {
        type: text('The type.', 'network'),
        outcome: oneOf('What became of it.', 'waiting', 'listed', 'unsupported', 'failed'),
        seen: count('Resources seen.'),
        failure: orNull(ref('Failure')),
      }),
    ),
  }),
  Capability: rowOf<{
    service: string;
    resource_type: string;
    summary: string;
    member_resource_types: string[];
    associated_resource_types: string[];
    batch_resource_filters: string[];
  }>('What can be migrated.', {
    service: text('The OpenStack service.', 'network'),
    resource_type: text('The type.', 'router'),
    summary: text('What is moved, and how.'),
    member_resource_types: listOf(text('A type.'), 'Types that go with it as its members.'),
    associated_resource_types: listOf(text('A type.'), 'Types that it may need.'),
    batch_resource_filters: listOf(text('An attribute.'), 'Attributes by which several are chosen.'),
  }),
  MappingInShort: rowOf<NonNullable<InventoryPageRow['mapping']>>('How far its migration has come.', {
    uuid: text('The mapping.', uuid),
    status: text('Its status.', 'completed'),
    destination_cloud: text('The cloud that it goes to.'),
    destination_id: orNull(text("The twin's id.")),
  }),
  InventoryItem: rowOf<InventoryPageRow>('A resource that scans have seen.', inventory),
  InventoryResource: rowOf<InventoryPageRow & { attributes: unknown }>('A resource with its attributes.', {
    ...inventory,
    attributes: jsonObject('As the cloud showed them; secrets are digests.'),
  }),
  InventoryCount: rowOf<InventoryCount>('How many resources of a type a project has.', {
    domain_id: orNull(text('The domain, as far as scans know it.')),
    domain_name: orNull(text("The domain's name.")),
    project_id: orNull(text('The project; null: they belong to none.')),
    project_name: orNull(text("The project's name.")),
    resource_type: text('The type.', 'volume'),
    present: count('Seen by the newest scan.'),
    vanished: count('No longer seen.'),
  }),
  Plan: rowOf<PlanRow>('A plan, without its steps.', planMembers()),
  PlanStep: {
    type: 'object',
    description: 'One step of a plan.',
    properties: {
      step_id: text('Unique within the plan.', 'network/8a6b0c1d/create'),
      resource_type: text('The type of the resource.'),
      source_id: text('The id of the resource at the source.'),
      name: orNull(text('Its name at drafting.')),
      step: text("Which of the resource's steps.", 'create'),
      service: text('Which workers run it.', 'network'),
      status: oneOf('How far it is.', 'waiting', 'dispatched', 'succeeded', 'failed', 'skipped'),
      attempt: count('Which attempt, from 1 on.'),
      needs: listOf(text('A step.'), 'Steps that must have settled before.'),
      because: orNull(text('Skipped: the step because of which.')),
      failure: orNull(ref('Failure')),
      since: time('Since when it is as `status` says.'),
      skipped_by: orNull(text('Who does without it; one that still waits is skipped when its turn comes.')),
      skip_reason: orNull(text('Why.')),
    },
    additionalProperties: true,
    required: [
      ...['step_id', 'resource_type', 'source_id', 'name', 'step', 'service', 'status', 'attempt', 'needs', 'because'],
      ...['failure', 'since', 'skipped_by', 'skip_reason'],
    ],
  },
  Mapping: rowOf<MappingRow>('A source resource and its twin.', {
    uuid: text('Names the record.', uuid),
    archived: truth('Set aside by a person.'),
    created_at: time('When it began.'),
    updated_at: time('When it last changed.'),
    service: text('The OpenStack service of the type.', 'network'),
    resource_type: text('The type.', 'network'),
    source_cloud: text('The cloud that it leaves.'),
    destination_cloud: text('The cloud that it goes to.'),
    source_id: text('The id of the original.', id),
    destination_id: orNull(text("The twin's id.")),
    source_removed: truth('The original is gone.'),
    external: truth('A person said which the twin is.'),
    status: oneOf(
      'How far it has come.',
      ...['in-progress', 'failed', 'pending-members', 'pending-cleanup', 'completed', 'source-cleanup-failed'],
      'rolled-back',
    ),
    error_message: orNull(text('What went wrong, and what to do now.')),
    name: orNull(text('The name at the source.')),
    project_id: orNull(text('The owner at the source.')),
    how: orNull(text('created, adopted, reused, external or imported.')),
    plan_id: orNull(text('The newest plan that worked on it.')),
  }),
  Sides: rowOf<{ mapping: unknown; attributes: unknown }>('Source and twin, attribute by attribute.', {
    mapping: ref('Mapping'),
    attributes: listOf(ref('SidesRow')),
  }),
  SidesRow: rowOf<SidesRow>(
    'One attribute at both ends.',
    {
      attribute: text('Its name.', 'mtu'),
      verdict: orNull(oneOf('What became of it; null: not compared yet.', ...verdicts)),
      reason: orNull(text('Why.')),
      source: anyJson('As the source shows it; absent: not known.'),
      destination: anyJson('As the twin shows it; absent: not known.'),
    },
    ['source', 'destination'],
  ),
  FidelityItem: rowOf<FidelityRow>('What became of one attribute.', {
    resource_type: text('The type.'),
    source_id: text('The id of the original.'),
    destination_id: text("The twin's id."),
    name: orNull(text('The name of the original.')),
    project_id: orNull(text('The owner of the original.')),
    attribute: text('The attribute.', 'mtu'),
    verdict: oneOf('What became of it.', ...verdicts),
    reason: orNull(text('Why.')),
    source: anyJson('As the source showed it, where it is told.'),
    destination: anyJson('As the twin showed it, where it is told.'),
  }),
  FidelityCount: rowOf<FidelityCount>("How many attributes of a project's resources of a type came to which verdict.", {
    project_id: orNull(text('The project.')),
    project_name: orNull(text("The project's name.")),
    resource_type: text('The type.'),
    resources: count('Twins that were compared.'),
    equal: count('The same at both ends.'),
    mapped: count('Other on purpose.'),
    lost: count('Lacking, though an API could carry them.'),
    impossible: count('No API can carry them.'),
    unknown: count('Nobody has declared them.'),
  }),
  Orphan: rowOf<OrphanRow>('Something in a cloud that carries our mark.', {
    cloud: text('Where it is.'),
    kind: text('What it is.', 'snapshot'),
    id: text('Its id.'),
    name: orNull(text('Its name.')),
    project_id: orNull(text('Its owner.')),
    marker: text('The mark.'),
    class: oneOf('What the log makes of it.', 'known', 'crash-window', 'temporary-past-its-time', 'unknown'),
    because: text('Why.'),
    resource_type: orNull(text('The type that it was made for.')),
    source_id: orNull(text('The resource that it was made for.')),
    step: orNull(text('The step that made it.')),
    plans: listOf(text('A plan.')),
    removable: truth('The log agrees that it may go.'),
    in_hand: truth('A plan that has not ended accounts for it.'),
    removed: truth('It was removed.'),
    failure: orNull(ref('Failure')),
  }),
  Event: rowOf<{ [name in EventMember]: unknown }>(
    'An event as the log holds it.',
    {
      id: text('Unique for ever.', uuid),
      type: text('What happened.', 'StepSucceeded'),
      version: count('The version of its data.'),
      at: time('When it was written; order is given by position alone.'),
      subject: text('What it is about.', 'osm.evt.plan.p1'),
      position: count('Its place in the one order of all events.'),
      data: jsonObject('What is told: docs/reference/events.md.'),
      producer: text('The program that wrote it.'),
      correlation: text('The plan or scan that it belongs to.'),
      causation: text('The event or command that led to it.'),
      actor: text('Who caused it.'),
    },
    ['correlation', 'causation', 'actor'],
  ),
  Telemetry: rowOf<{ [name in TelemetryMember]: unknown }>('How a step comes on, beside the log.', {
    plan_id: text('The plan.'),
    step_id: text('The step.'),
    state: oneOf('Bytes move, or it waits.', 'moving', 'waiting', 'ended'),
    bytes: orNull(count('Bytes moved.')),
    total: orNull(count('Bytes in all, where that is known.')),
    what: orNull(text('What it waits for.')),
    since: orNull(time('Since when it waits.')),
    until: orNull(time('Until when it waits at most; ended: when it is tried again.')),
    heard_at: time('When this was heard.'),
  }),
  Limit: rowOf<{ limit: unknown; configured: unknown; by: unknown; at: unknown; reason: unknown }>('One limit.', {
    limit: {
      anyOf: [{ type: 'number', exclusiveMinimum: 0 }, { enum: ['none', 'configured'] }],
      description: 'What was announced.',
    },
    configured: orNull({ type: 'number', description: 'What this process is configured with.' }),
    by: orNull(text('Who said it.')),
    at: orNull(time('When.')),
    reason: orNull(text('Why.')),
  }),
};

type EventMember =
  | ('id' | 'type' | 'version' | 'at' | 'subject' | 'position' | 'data' | 'producer')
  | ('correlation' | 'causation' | 'actor');
type TelemetryMember = 'plan_id' | 'step_id' | 'state' | 'bytes' | 'total' | 'what' | 'since' | 'until' | 'heard_at';

function planMembers(): { readonly [Name in keyof PlanRow]-?: { readonly [keyword: string]: unknown } } {
  return {
    plan_id: text('The plan.', uuid),
    source_cloud: text('The cloud to leave.'),
    destination_cloud: text('The cloud to go to.'),
    intent: oneOf('What it is for.', 'migrate', 'remove', 'roll-back'),
    status: oneOf(
      'How far it is.',
      ...['requested', 'drafted', 'rejected', 'approved', 'running', 'paused', 'cancelling', 'cancelled', 'completed'],
    ),
    digest: orNull(text('SHA-256 of its steps: what an approval names.')),
    steps: count('Its steps.'),
    resources: count('Its resources.'),
    succeeded: count('Steps that succeeded.'),
    failed: count('Steps that failed.'),
    skipped: count('Steps that were skipped.'),
    findings: listOf(ref('Finding')),
    requested_by: text('Who asked for it.'),
    approved_by: orNull(text('Who has approved it.')),
    clean_up: oneOf('Whether the originals are removed once their twins are whole.', 'never', 'after-migration'),
    needs_second: truth('Another person than the one who approves it has to agree before it starts.'),
    seconded_by: orNull(text('Who has agreed as the second person.')),
    created_at: time('When it was asked for.'),
    updated_at: time('When it last changed.'),
  };
}
