import type { Answers as AnswerOf, Changed, RequestOf } from '@osm/contracts';
import { Answers, Asked } from '@osm/platform';
import { Controller } from '@nestjs/common';
import { RegistryService } from './registry.service.ts';

/** Answers what people and programs ask of the mapping database. */
@Controller()
export class RegistryController {
  constructor(private readonly service: RegistryService) {}

  @Answers('registry.position')
  async position(@Asked('registry.position') { atLeast }: RequestOf<'registry.position'>): Promise<Changed> {
    return { position: await this.service.registry.position(atLeast) };
  }

  @Answers('registry.mappings')
  mappings(@Asked('registry.mappings') asked: RequestOf<'registry.mappings'>): Promise<AnswerOf['registry.mappings']> {
    return this.service.registry.ask((queries) => queries.mappings(asked), asked.atLeast);
  }

  @Answers('registry.plan')
  plan(@Asked('registry.plan') asked: RequestOf<'registry.plan'>): Promise<AnswerOf['registry.plan']> {
    return this.service.registry.ask((queries) => queries.plan(asked.planId), asked.atLeast);
  }

  @Answers('registry.plans')
  plans(@Asked('registry.plans') asked: RequestOf<'registry.plans'>): Promise<AnswerOf['registry.plans']> {
    return this.service.registry.ask((queries) => queries.plans(), asked.atLeast);
  }

  @Answers('registry.scan')
  scan(@Asked('registry.scan') asked: RequestOf<'registry.scan'>): Promise<AnswerOf['registry.scan']> {
    return this.service.registry.ask((queries) => queries.scan(asked.scanId), asked.atLeast);
  }

  @Answers('registry.inventory')
  inventory(
    @Asked('registry.inventory') asked: RequestOf<'registry.inventory'>,
  ): Promise<AnswerOf['registry.inventory']> {
    return this.service.registry.ask((queries) => queries.inventory(asked), asked.atLeast);
  }

  @Answers('registry.fidelity')
  fidelity(@Asked('registry.fidelity') asked: RequestOf<'registry.fidelity'>): Promise<AnswerOf['registry.fidelity']> {
    return this.service.registry.ask((queries) => queries.fidelity(asked), asked.atLeast);
  }

  @Answers('registry.rebuild')
  rebuild(@Asked('registry.rebuild') _: RequestOf<'registry.rebuild'>): Promise<AnswerOf['registry.rebuild']> {
    return this.service.registry.rebuild();
  }
}
