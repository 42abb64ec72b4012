import { decodeEvent, limitsSubject, type Answers, type Changed, type RecordedEvent } from '@osm/contracts';
import { limits as rules, type Limit, type LimitsState } from '@osm/domain';
import { transact } from '@osm/event-log';
import { Failure } from '@osm/kernel';
import { Asker, Ports } from '@osm/platform';
import { Body, Controller, Get, Post, Put, Query } from '@nestjs/common';
import { ByActor, type Actor } from '../actor.ts';
import { AtLeastQuery, LimitsBody, RecoverBody } from './asked.ts';
import { Configured } from './configured.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { anyJson, listOf, orNull, ref, text } from './schema-of.ts';

const tag = 'operation';

const limitsAnswer = {
  type: 'object',
  properties: { bandwidth: ref('Limit'), transfers: ref('Limit') },
  required: ['bandwidth', 'transfers'],
} as const;

interface LimitRow {
  readonly limit: Limit;
  readonly configured: number | null;
  readonly by: string | null;
  readonly at: string | null;
  readonly reason: string | null;
}

/** Running the installation itself. */
@Controller('v1')
export class OperationController {
  constructor(
    private readonly asker: Asker,
    private readonly ports: Ports,
    private readonly configured: Configured,
  ) {}

  @Get('position')
  @Operation({
    id: 'registry.position',
    scope: 'view',
    tag,
    summary: 'How far the registry has come in the log.',
    answer: 'Changed',
  })
  position(@Query() query: AtLeastQuery): Promise<Changed> {
    return this.asker.ask('registry.position', given(query));
  }

  @Post('registry/rebuild')
  @Operation({
    id: 'registry.rebuild',
    scope: 'admin',
    tag,
    summary: 'Makes the registry anew from the log, and tells whether it was as it should be.',
    answer: {
      type: 'object',
      properties: {
        position: { type: 'integer' },
        equal: { type: 'boolean' },
        tables: { type: 'object', additionalProperties: { type: 'integer' }, description: 'Rows, by table.' },
      },
      required: ['position', 'equal', 'tables'],
    },
  })
  rebuild(): Promise<Answers['registry.rebuild']> {
    return this.asker.ask('registry.rebuild', {});
  }

  @Post('recover')
  @Operation({
    id: 'migration.recover',
    scope: 'plan',
    tag,
    summary: 'Proves twins of one type from what the newest scans of both clouds saw.',
    answer: {
      type: 'object',
      properties: {
        position: { type: 'integer' },
        proven: listOf(anyJson('A twin that is proven, and how.')),
        unproven: listOf(anyJson('An original whose twin is not certain, and why.')),
        absent: listOf(anyJson('An original without a twin.')),
        known: { type: 'integer', description: 'Originals whose twins the log knows already.' },
        next: orNull(text('Ask for the rest with this as `after`; null: that was all.')),
      },
      required: ['position', 'proven', 'unproven', 'absent', 'known', 'next'],
    },
  })
  recover(@Body() body: RecoverBody, @ByActor() { name: by }: Actor): Promise<Answers['migration.recover']> {
    const { type, record = false, after, limit } = body;
    const asked = { route: this.configured.routeOr(undefined), policy: this.configured.policyWith() };
    return this.asker.ask('migration.recover', { ...asked, type, record, by, ...given({ after, limit }) });
  }

  @Get('limits')
  @Operation({ id: 'limits', scope: 'view', tag, summary: 'What transfers are allowed.', answer: limitsAnswer })
  async limits(): Promise<{ readonly [name in keyof LimitsState]: LimitRow }> {
    const { bandwidth, perCloud } = this.ports.settings.transfers;
    let state = rules.initial;
    let said: { readonly [name in keyof LimitsState]?: RecordedEvent } = {};
    for (const recorded of await this.ports.log.load(limitsSubject)) {
      const event = decodeEvent(recorded);
      if (event.type !== 'LimitsChanged') continue;
      const before = state;
      state = rules.evolve(before, event);
      const bandwidthSaid = state.bandwidth === before.bandwidth ? {} : { bandwidth: recorded };
      const transfersSaid = state.transfers === before.transfers ? {} : { transfers: recorded };
      said = { ...said, ...bandwidthSaid, ...transfersSaid };
    }
    return {
      bandwidth: rowOf(state.bandwidth, bandwidth, said.bandwidth),
      transfers: rowOf(state.transfers, perCloud, said.transfers),
    };
  }

  @Put('limits')
  @Operation({
    id: 'limits.change',
    scope: 'execute',
    tag,
    summary: 'Changes what transfers are allowed, while they run.',
    answer: 'Changed',
  })
  async change(@Body() body: LimitsBody, @ByActor() { name: by }: Actor): Promise<Changed> {
    const { log, clock, ids, producer } = this.ports;
    const { reason } = body;
    const word = { bandwidth: limitOf('bandwidth', body.bandwidth), transfers: limitOf('transfers', body.transfers) };
    const recorder = { log, clock, ids, provenance: { producer, actor: by } };
    const command = { type: 'ChangeLimits' as const, ...word, by, ...given({ reason }) };
    return { position: (await transact(recorder, rules, limitsSubject, command)).revision };
  }
}

const rowOf = (limit: Limit, configured: number | undefined, recorded: RecordedEvent | undefined): LimitRow => {
  const event = recorded === undefined ? undefined : decodeEvent(recorded);
  const data = event?.type === 'LimitsChanged' ? event.data : undefined;
  return {
    ...{ limit, configured: configured ?? null },
    ...{ by: data?.by ?? null, at: recorded?.at ?? null, reason: data?.reason ?? null },
  };
};

const limitOf = (name: string, given: number | string | undefined): Limit | undefined => {
  if (given === undefined || given === 'none' || given === 'configured') return given;
  if (typeof given === 'number' && Number.isFinite(given) && given > 0) return given;
  throw new Failure('bad-request', `cannot limit ${name} to ${given}`, {
    remedy: 'Give a number greater than 0, `none` or `configured`.',
  });
};
