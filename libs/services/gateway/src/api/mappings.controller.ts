import { migrationSubject, type Answers, type Changed } from '@osm/contracts';
import { failureRecord, isFailure, type Ref } from '@osm/kernel';
import { Asker, Ports } from '@osm/platform';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ByActor, type Actor } from '../actor.ts';
import { AtLeastQuery, ForgetBody, ImportBody, MappingsQuery, RecallBody, RegisterBody } from './asked.ts';
import { Configured } from './configured.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { count, listOf, pageOf, ref, rowOf } from './schema-of.ts';

const tag = 'mappings';

/** So many are asked of the clouds at the same time. */
const atATime = 8;

interface Imported {
  readonly registered: number;
  readonly refused: readonly { readonly ref: Ref; readonly failure: ReturnType<typeof failureRecord> }[];
  readonly position: number;
}

/** Which twin belongs to which original. */
@Controller('v1')
export class MappingsController {
  constructor(
    private readonly asker: Asker,
    private readonly ports: Ports,
    private readonly configured: Configured,
  ) {}

  @Get('mappings')
  @Operation({
    id: 'registry.mapping-page',
    scope: 'view',
    tag,
    summary: 'All records, newest first.',
    answer: pageOf('Mapping'),
  })
  mappings(@Query() query: MappingsQuery): Promise<Answers['registry.mapping-page']> {
    const { project: projectId, plan: planId, ...rest } = query;
    return this.asker.ask('registry.mapping-page', { ...given({ projectId, planId }), ...given(rest) });
  }

  @Get('mappings/:uuid')
  @Operation({ id: 'registry.mapping', scope: 'view', tag, summary: 'One record.', answer: 'Mapping' })
  mapping(@Param('uuid') uuid: string, @Query() query: AtLeastQuery): Promise<Answers['registry.mapping']> {
    return this.asker.ask('registry.mapping', { uuid, ...given(query) });
  }

  @Get('mappings/:uuid/events')
  @Operation({
    id: 'mapping-events',
    scope: 'view',
    tag,
    summary: 'All that was ever recorded of one mapping, oldest first.',
    answer: listOf(ref('Event')),
  })
  async events(@Param('uuid') uuid: string) {
    const row = await this.asker.ask('registry.mapping', { uuid });
    const route = { source: row.source_cloud, destination: row.destination_cloud };
    return this.ports.log.load(migrationSubject(route, { type: row.resource_type, id: row.source_id }));
  }

  @Get('mappings/:uuid/sides')
  @Operation({
    id: 'registry.sides',
    scope: 'view',
    tag,
    summary: 'Source and twin side by side, attribute by attribute.',
    answer: 'Sides',
  })
  sides(@Param('uuid') uuid: string, @Query() query: AtLeastQuery): Promise<Answers['registry.sides']> {
    return this.asker.ask('registry.sides', { uuid, ...given(query) });
  }

  @Post('mappings/forget')
  @Operation({
    id: 'migration.forget',
    scope: 'plan',
    tag,
    summary: 'Sets a record aside: the next plan treats the resource as new.',
    answer: 'Changed',
  })
  forget(@Body() { route, ref, reason, hard = false }: ForgetBody, @ByActor() { name: by }: Actor): Promise<Changed> {
    const asked = { route: this.configured.routeOr(route), ref: { type: ref.type, id: ref.id } };
    return this.asker.ask('migration.forget', { ...asked, by, reason, hard });
  }

  @Post('mappings/recall')
  @Operation({
    id: 'migration.recall',
    scope: 'plan',
    tag,
    summary: 'A forgotten record counts again.',
    answer: 'Changed',
  })
  recall(@Body() { route, ref, reason }: RecallBody, @ByActor() { name: by }: Actor): Promise<Changed> {
    const asked = { route: this.configured.routeOr(route), ref: { type: ref.type, id: ref.id } };
    return this.asker.ask('migration.recall', { ...asked, by, ...given({ reason }) });
  }

  @Post('externals')
  @Operation({
    id: 'migration.register',
    scope: 'plan',
    tag,
    summary: 'Says which resource of the destination is the twin of an original.',
    answer: 'Changed',
  })
  register(@Body() body: RegisterBody, @ByActor() { name: by }: Actor): Promise<Changed> {
    const { route, ref, destinationId, check, reason } = body;
    const asked = { route: this.configured.routeOr(route), ref: { type: ref.type, id: ref.id }, destinationId };
    return this.asker.ask('migration.register', { ...asked, by, reason, ...given({ check }) });
  }

  @Post('mappings/import')
  @Operation({
    id: 'migration.register-many',
    scope: 'plan',
    tag,
    summary: 'Says of many originals which resource of the destination is their twin.',
    description:
      'Each is registered, or refused, by itself, as POST /v1/externals would: what is refused is told, and the others are ' +
      'registered nevertheless. What is registered already stays as it is, so the same list may be sent again.',
    answer: rowOf<Imported>('What became of a list.', {
      registered: count('So many of them are registered, now or already.'),
      refused: listOf(
        rowOf<Imported['refused'][number]>('One that is not.', { ref: ref('Ref'), failure: ref('Failure') }),
      ),
      position: count('The log position that has all of it.'),
    }),
  })
  async import(@Body() body: ImportBody, @ByActor() { name: by }: Actor): Promise<Imported> {
    const route = this.configured.routeOr(body.route);
    const { mappings, check, reason } = body;
    const left = mappings.values();
    const refused: Imported['refused'][number][] = [];
    const positions: number[] = [];
    const register = async (): Promise<void> => {
      for (const { ref: asked, destinationId } of left) {
        const ref = { type: asked.type, id: asked.id };
        try {
          const wanted = { route, ref, destinationId, by, reason, ...given({ check }) };
          positions.push((await this.asker.ask('migration.register', wanted)).position);
        } catch (error) {
          if (!isFailure(error)) throw error;
          refused.push({ ref, failure: failureRecord(error) });
        }
      }
    };
    await Promise.all(Array.from({ length: atATime }, register));
    return { registered: positions.length, refused, position: Math.max(0, ...positions) };
  }
}
