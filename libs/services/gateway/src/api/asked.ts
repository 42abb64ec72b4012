import { IsOptional } from 'class-validator';
import { ApiProperty } from '@nestjs/swagger';
import { Json, Part, Parts, Text, Texts, Truth, Whole, Word } from './fields.ts';

const verdicts = ['equal', 'mapped', 'lost', 'impossible', 'unknown'] as const;

/** Which part of a list is wanted. */
export class PageQuery {
  @Whole('Rows of one page; default 100.', [1, 1000], { example: 100 })
  readonly limit?: number;

  @Text('`next` of the page before; default: from the beginning.')
  readonly after?: string;

  @Whole('Wait until the answer has seen this log position.', [0, Number.MAX_SAFE_INTEGER])
  readonly atLeast?: number;
}

export class AtLeastQuery {
  @Whole('Wait until the answer has seen this log position.', [0, Number.MAX_SAFE_INTEGER])
  readonly atLeast?: number;
}

export class InventoryQuery extends PageQuery {
  @Text('The cloud; default: the configured source.', { example: 'source' })
  readonly cloud?: string;

  @Text('Only this type.', { example: 'server' })
  readonly type?: string;

  @Text('Only what this project owns, by its id.')
  readonly project?: string;

  @Text('A part of the name, of the id or of an address.', { example: '10.0.0.' })
  readonly q?: string;

  @Truth('Only what is gone, or only what is there; default: both.')
  readonly vanished?: boolean;
}

export class CloudQuery extends AtLeastQuery {
  @Text('The cloud; default: the configured source.', { example: 'source' })
  readonly cloud?: string;
}

export class MappingsQuery extends PageQuery {
  @Text('Only this type.', { example: 'volume' })
  readonly type?: string;

  @Text('Only this status.', { example: 'failed' })
  readonly status?: string;

  @Text('Only types of this OpenStack service.', { example: 'block-storage' })
  readonly service?: string;

  @Text('Only those whose original this project owns, by its id.')
  readonly project?: string;

  @Text('Only those that this plan was the newest to work on.')
  readonly plan?: string;

  @Text('A part of the name, of an id or of an address.', { example: 'web' })
  readonly q?: string;

  @Truth('Only archived ones, or only others; default: only others.')
  readonly archived?: boolean;

  @Truth('Only those that a person registered, or only others; default: both.')
  readonly external?: boolean;

  @Truth('Only those whose original is gone, or only others; default: both.')
  readonly sourceRemoved?: boolean;
}

export class PlansQuery extends PageQuery {
  @Word('Only of this intent.', ['migrate', 'remove', 'roll-back'])
  readonly intent?: string;

  @Text('Only of this status.', { example: 'running' })
  readonly status?: string;
}

export class StepsQuery extends PageQuery {
  @Word('Only of this status.', ['waiting', 'dispatched', 'succeeded', 'failed', 'skipped'])
  readonly status?: string;

  @Text('Only of resources of this type.', { example: 'volume' })
  readonly type?: string;

  @Text('Only of this service.', { example: 'data-transfer' })
  readonly service?: string;

  @Text("A part of the resource's name or of the step's id.")
  readonly q?: string;
}

export class FidelityQuery extends PageQuery {
  @Text('Only this type.', { example: 'volume' })
  readonly type?: string;

  @Text('Only this original.')
  readonly id?: string;

  @Text('Only what this project owns, by its id.')
  readonly project?: string;

  @Text('Only what this plan has compared.')
  readonly plan?: string;

  @Word('Only attributes of this verdict.', verdicts, { example: 'lost' })
  readonly verdict?: (typeof verdicts)[number];
}

export class FidelitySummaryQuery extends AtLeastQuery {
  @Text('Only what this plan has compared.')
  readonly plan?: string;
}

export class EventsQuery {
  @Whole('Only after this log position; a stream begins with what comes from now on without it.', [
    0,
    Number.MAX_SAFE_INTEGER,
  ])
  readonly after?: number;

  @Text('Only of this subject, or of all below it where it ends in `.>`.', { example: 'osm.evt.plan.>' })
  readonly subject?: string;

  @Text('Only these types, with commas between them.', { example: 'StepFailed,StepSucceeded' })
  readonly type?: string;

  @Text('Only what belongs to this plan.')
  readonly plan?: string;
}

export class EventsPageQuery extends EventsQuery {
  @Whole('Events of one page; default 100.', [1, 1000])
  readonly limit?: number;
}

export class RefBody {
  @Text('The type.', { required: true, example: 'network' })
  readonly type!: string;

  @Text('The id at the source.', { required: true, example: '8a6b0c1d2e3f405162738495a6b7c8d9' })
  readonly id!: string;
}

export class RouteBody {
  @Text('The cloud to leave.', { required: true, example: 'source' })
  readonly source!: string;

  @Text('The cloud to go to.', { required: true, example: 'destination' })
  readonly destination!: string;
}

const whyWords = 'Why; it stands in the log for ever.';

/** What every change may be given. */
export class WhyBody {
  @Text(whyWords, { example: 'the window of Saturday night' })
  readonly reason?: string;
}

/** What changes that want a reason are given. */
export class ReasonBody {
  @Text(whyWords, { required: true, example: 'made by hand last year' })
  readonly reason!: string;
}

export class ScanBody extends WhyBody {
  @Text('The cloud.', { required: true, example: 'source' })
  readonly cloud!: string;

  @Texts('Only these types; default: all.')
  readonly types?: string[];

  @Truth('Whether the credential sees all tenants; default: as configured.')
  readonly multitenant?: boolean;
}

export class IncludeBody {
  @Truth('What they stand on.', { required: true })
  readonly needs!: boolean;

  @Truth('What lives in them.', { required: true })
  readonly members!: boolean;
}

export class PlanRequestBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Parts('What is to be moved.', () => RefBody, { required: true })
  readonly roots!: RefBody[];

  @Part('Default: what they stand on and what lives in them.', () => IncludeBody)
  readonly include?: IncludeBody;

  @Word('Default: migrate.', ['migrate', 'remove'])
  readonly intent?: 'migrate' | 'remove';

  @Word('Whether originals are removed at the end; default: never.', ['never', 'after-migration'])
  readonly cleanUp?: 'never' | 'after-migration';

  @Json('Choices that differ from the configured ones: docs/reference/config.md.')
  readonly policy?: Record<string, unknown>;
}

export class DraftBody extends WhyBody {
  @Part('What is to be planned.', () => PlanRequestBody, { required: true })
  readonly request!: PlanRequestBody;
}

export class DigestBody extends WhyBody {
  @Text('The digest of exactly the draft that was looked at.', { required: true })
  readonly digest!: string;
}

export class RegisterBody extends ReasonBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Part('The original.', () => RefBody, { required: true })
  readonly ref!: RefBody;

  @Text("The twin's id.", { required: true })
  readonly destinationId!: string;

  @Truth('Whether both clouds are asked first if they have it; default: yes.')
  readonly check?: boolean;
}

export class TwinBody {
  @Part('The original.', () => RefBody, { required: true })
  readonly ref!: RefBody;

  @Text("The twin's id.", { required: true })
  readonly destinationId!: string;
}

export class ImportBody extends ReasonBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Parts('Originals and their twins, at most 1,000.', () => TwinBody, { required: true, most: 1000 })
  readonly mappings!: TwinBody[];

  @Truth('Whether both clouds are asked first if they have them; default: yes.')
  readonly check?: boolean;
}

export class ForgetBody extends ReasonBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Part('The original.', () => RefBody, { required: true })
  readonly ref!: RefBody;

  @Truth('Take it out of the lists altogether; default: it is archived.')
  readonly hard?: boolean;
}

export class RecallBody extends WhyBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Part('The original.', () => RefBody, { required: true })
  readonly ref!: RefBody;
}

export class CleanupBody extends WhyBody {
  @Part('Default: the configured route.', () => RouteBody)
  readonly route?: RouteBody;

  @Text('Only originals of this type.', { example: 'server' })
  readonly type?: string;

  @Text('Only types of this OpenStack service.')
  readonly service?: string;

  @Text('Only this original.')
  readonly sourceId?: string;

  @Truth('All that may go; needed where nothing else says which.')
  readonly all?: boolean;
}

export class OrphansQuery {
  @Text('Only made for this type; default: all.', { example: 'volume' })
  readonly type?: string;

  @Text('Only in this cloud; default: in both.')
  readonly cloud?: string;
}

export class OrphansBody extends WhyBody {
  @Texts('Only made for these types; default: all.')
  readonly types?: string[];

  @Text('Only in this cloud; default: in both.')
  readonly cloud?: string;
}

export class RecoverBody extends WhyBody {
  @Text('The type.', { required: true, example: 'network' })
  readonly type!: string;

  @Truth('Record what is proven; default: only tell.')
  readonly record?: boolean;

  @Text('Originals after this id; default: from the beginning.')
  readonly after?: string;

  @Whole('Originals at a time.', [1, 1000])
  readonly limit?: number;
}

const limit = { oneOf: [{ type: 'number' as const }, { type: 'string' as const, enum: ['none', 'configured'] }] };

export class LimitsBody extends WhyBody {
  @ApiProperty({ ...limit, required: false, description: 'Bytes per second, for each process; default: as it is.' })
  @IsOptional()
  readonly bandwidth?: number | string;

  @ApiProperty({ ...limit, required: false, description: 'Transfers at a time with one cloud, for each process.' })
  @IsOptional()
  readonly transfers?: number | string;
}
