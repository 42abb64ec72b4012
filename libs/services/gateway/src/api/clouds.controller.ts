import type { Answers, DoctorFinding } from '@osm/contracts';
import { Asker, Ports } from '@osm/platform';
import type { Resource } from '@osm/resource';
import { surveyRoute, type Surveyor } from '@osm/survey';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ByActor, type Actor } from '../actor.ts';
import { AtLeastQuery, CloudQuery, InventoryQuery, ScanBody } from './asked.ts';
import { Configured } from './configured.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { listOf, orNull, pageOf, ref, text } from './schema-of.ts';

const tag = 'clouds';

/** What is known of the clouds, and looking at them again. */
@Controller('v1')
export class CloudsController {
  constructor(
    private readonly asker: Asker,
    private readonly ports: Ports,
    private readonly configured: Configured,
  ) {}

  @Get('route')
  @Operation({
    id: 'route',
    scope: 'view',
    tag,
    summary: 'From which cloud to which this installation is configured to go.',
    answer: {
      type: 'object',
      properties: { source: orNull(text('The cloud to leave.')), destination: orNull(text('The cloud to go to.')) },
      required: ['source', 'destination'],
    },
  })
  route() {
    const { source = null, destination = null } = this.configured.route;
    return { source, destination };
  }

  @Get('clouds')
  @Operation({
    id: 'registry.clouds',
    scope: 'view',
    tag,
    summary: 'The clouds that are configured or were looked at.',
    answer: listOf(ref('Cloud')),
  })
  async clouds(@Query() { atLeast }: AtLeastQuery) {
    const { source, destination } = this.configured.route;
    const roleOf = (cloud: string) => (cloud === source ? 'source' : cloud === destination ? 'destination' : null);
    const scans = new Map(
      (await this.asker.ask('registry.clouds', given({ atLeast }))).map(({ cloud, ...scan }) => [cloud, scan]),
    );
    const names = new Set([...[source, destination].filter((name) => name !== undefined), ...scans.keys()]);
    return [...names].map((cloud) => ({ cloud, role: roleOf(cloud), scan: scans.get(cloud) ?? null }));
  }

  @Get('doctor')
  @Operation({
    id: 'doctor',
    scope: 'view',
    tag,
    summary: 'What a migration on the configured route would hit, the worst first.',
    description:
      'It looks at both clouds while the request waits, and writes nothing. What it holds against the limits is what the ' +
      'newest scan of the source saw.',
    answer: listOf(ref('DoctorFinding')),
  })
  doctor(): Promise<readonly DoctorFinding[]> {
    const { handlers, settings } = this.ports;
    const { multitenant_mode: multitenant } = settings.policy;
    const surveyor: Surveyor = { ask: (name, request) => this.asker.ask(name, request) };
    return surveyRoute(surveyor, { route: this.configured.routeOr(undefined), multitenant, handlers });
  }

  @Get('clouds/:cloud')
  @Operation({
    id: 'discovery.look',
    scope: 'view',
    tag,
    summary: 'What a cloud is like now: services, versions, roles, quotas, its clock, and what it refuses us.',
    description: 'It asks the cloud while the request waits.',
    answer: 'CloudReport',
  })
  look(@Param('cloud') cloud: string): Promise<Answers['discovery.look']> {
    return this.asker.ask('discovery.look', { cloud });
  }

  @Get('clouds/:cloud/uncovered')
  @Operation({
    id: 'discovery.uncovered',
    scope: 'view',
    tag,
    summary: 'What a cloud has that this version does not move.',
    description: 'It asks the cloud while the request waits.',
    answer: 'UncoveredReport',
  })
  uncovered(@Param('cloud') cloud: string): Promise<Answers['discovery.uncovered']> {
    const { multitenant_mode: multitenant } = this.ports.settings.policy;
    return this.asker.ask('discovery.uncovered', { cloud, multitenant });
  }

  @Post('scans')
  @Operation({
    id: 'discovery.scan',
    scope: 'plan',
    tag,
    summary: 'Looks at a cloud again.',
    description: 'The answer comes as soon as the scan is asked for; `GET /v1/scans/{scanId}` tells how far it is.',
    answer: {
      type: 'object',
      properties: { scanId: text('The scan.'), position: { type: 'integer', description: 'The log position.' } },
      required: ['scanId', 'position'],
    },
  })
  scan(@Body() body: ScanBody, @ByActor() { name: by }: Actor): Promise<Answers['discovery.scan']> {
    const { cloud, types = [...this.ports.handlers.keys()], reason } = body;
    const { multitenant = this.ports.settings.policy.multitenant_mode } = body;
    return this.asker.ask('discovery.scan', { cloud, types, multitenant, by, ...given({ reason }) });
  }

  @Get('scans/:scanId')
  @Operation({ id: 'registry.scan', scope: 'view', tag, summary: 'How far a scan is, type by type.', answer: 'Scan' })
  scanned(@Param('scanId') scanId: string, @Query() query: AtLeastQuery): Promise<Answers['registry.scan']> {
    return this.asker.ask('registry.scan', { scanId, ...given(query) });
  }

  @Get('inventory')
  @Operation({
    id: 'registry.inventory-page',
    scope: 'view',
    tag,
    summary: 'What was seen of a cloud, by type, name and id.',
    answer: pageOf('InventoryItem'),
  })
  inventory(@Query() query: InventoryQuery): Promise<Answers['registry.inventory-page']> {
    const { cloud, project: projectId, ...rest } = query;
    const asked = { cloud: this.configured.cloudOr(cloud), ...given({ projectId }), ...given(rest) };
    return this.asker.ask('registry.inventory-page', asked);
  }

  @Get('inventory/:cloud/:type/:id')
  @Operation({
    id: 'registry.resource',
    scope: 'view',
    tag,
    summary: 'One resource with its attributes.',
    answer: 'InventoryResource',
  })
  resource(
    @Param('cloud') cloud: string,
    @Param('type') type: string,
    @Param('id') id: string,
    @Query() query: AtLeastQuery,
  ): Promise<Answers['registry.resource']> {
    return this.asker.ask('registry.resource', { cloud, type, id, ...given(query) });
  }

  @Get('inventory-summary')
  @Operation({
    id: 'registry.inventory-summary',
    scope: 'view',
    tag,
    summary: 'How many resources of each type each project has.',
    answer: listOf(ref('InventoryCount')),
  })
  summary(@Query() { cloud, atLeast }: CloudQuery): Promise<Answers['registry.inventory-summary']> {
    const asked = { cloud: this.configured.cloudOr(cloud), ...given({ atLeast }) };
    return this.asker.ask('registry.inventory-summary', asked);
  }

  @Get('capabilities')
  @Operation({
    id: 'capabilities',
    scope: 'view',
    tag,
    summary: 'Which types this version moves, and what goes with them.',
    answer: listOf(ref('Capability')),
  })
  capabilities() {
    const all = [...this.ports.handlers.values()];
    return all.map((handler) => ({
      service: handler.api.service,
      resource_type: handler.type,
      summary: handler.summary,
      member_resource_types: membersOf(all, handler),
      associated_resource_types: [...handler.needTypes],
      batch_resource_filters: [...handler.filters],
    }));
  }
}

const membersOf = (all: readonly Resource[], { type, memberLinkTypes }: Resource): readonly string[] => {
  const living = all.filter(({ parentTypes }) => parentTypes.includes(type)).map((member) => member.type);
  return [...new Set([...memberLinkTypes, ...living])];
};
