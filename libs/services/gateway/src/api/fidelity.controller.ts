import type { Answers } from '@osm/contracts';
import { Asker } from '@osm/platform';
import { Controller, Get, Query } from '@nestjs/common';
import { FidelityQuery, FidelitySummaryQuery } from './asked.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { listOf, pageOf, ref } from './schema-of.ts';

const tag = 'fidelity';

/** What became of every attribute. */
@Controller('v1')
export class FidelityController {
  constructor(private readonly asker: Asker) {}

  @Get('fidelity')
  @Operation({
    id: 'registry.fidelity-page',
    scope: 'view',
    tag,
    summary: 'What became of each attribute of the twins that count, by route, type, id and attribute.',
    answer: pageOf('FidelityItem'),
  })
  fidelity(@Query() query: FidelityQuery): Promise<Answers['registry.fidelity-page']> {
    const { project: projectId, plan: planId, ...rest } = query;
    return this.asker.ask('registry.fidelity-page', { ...given({ projectId, planId }), ...given(rest) });
  }

  @Get('fidelity-summary')
  @Operation({
    id: 'registry.fidelity-summary',
    scope: 'view',
    tag,
    summary: 'How many attributes came to which verdict, by project and type.',
    answer: listOf(ref('FidelityCount')),
  })
  summary(@Query() { plan: planId, atLeast }: FidelitySummaryQuery): Promise<Answers['registry.fidelity-summary']> {
    return this.asker.ask('registry.fidelity-summary', given({ planId, atLeast }));
  }
}
