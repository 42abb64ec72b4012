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

  @Answers('registry.mapping-page')
  mappingPage(
    @Asked('registry.mapping-page') asked: RequestOf<'registry.mapping-page'>,
  ): Promise<AnswerOf['registry.mapping-page']> {
    return this.service.registry.ask((queries) => queries.mappingPage(asked), asked.atLeast);
  }

  @Answers('registry.mapping')
  mapping(@Asked('registry.mapping') asked: RequestOf<'registry.mapping'>): Promise<AnswerOf['registry.mapping']> {
    return this.service.registry.ask((queries) => queries.mapping(asked.uuid), asked.atLeast);
  }

  @Answers('registry.sides')
  sides(@Asked('registry.sides') asked: RequestOf<'registry.sides'>): Promise<AnswerOf['registry.sides']> {
    return this.service.registry.ask((queries) => queries.sides(asked.uuid), asked.atLeast);
  }

  @Answers('registry.plan-page')
  planPage(
    @Asked('registry.plan-page') asked: RequestOf<'registry.plan-page'>,
  ): Promise<AnswerOf['registry.plan-page']> {
    return this.service.registry.ask((queries) => queries.planPage(asked), asked.atLeast);
  }

  @Answers('registry.plan-summary')
  planSummary(
    @Asked('registry.plan-summary') asked: RequestOf<'registry.plan-summary'>,
  ): Promise<AnswerOf['registry.plan-summary']> {
    return this.service.registry.ask((queries) => queries.planSummary(asked.planId), asked.atLeast);
  }

  @Answers('registry.step-page')
  stepPage(
    @Asked('registry.step-page') asked: RequestOf<'registry.step-page'>,
  ): Promise<AnswerOf['registry.step-page']> {
    return this.service.registry.ask((queries) => queries.stepPage(asked), asked.atLeast);
  }

  @Answers('registry.inventory-page')
  inventoryPage(
    @Asked('registry.inventory-page') asked: RequestOf<'registry.inventory-page'>,
  ): Promise<AnswerOf['registry.inventory-page']> {
    return this.service.registry.ask((queries) => queries.inventoryPage(asked), asked.atLeast);
  }

  @Answers('registry.resource')
  resource(@Asked('registry.resource') asked: RequestOf<'registry.resource'>): Promise<AnswerOf['registry.resource']> {
    return this.service.registry.ask((queries) => queries.resource(asked), asked.atLeast);
  }

  @Answers('registry.inventory-summary')
  inventorySummary(
    @Asked('registry.inventory-summary') asked: RequestOf<'registry.inventory-summary'>,
  ): Promise<AnswerOf['registry.inventory-summary']> {
    return this.service.registry.ask((queries) => queries.inventorySummary(asked.cloud), asked.atLeast);
  }

  @Answers('registry.fidelity-page')
  fidelityPage(
    @Asked('registry.fidelity-page') asked: RequestOf<'registry.fidelity-page'>,
  ): Promise<AnswerOf['registry.fidelity-page']> {
    return this.service.registry.ask((queries) => queries.fidelityPage(asked), asked.atLeast);
  }

  @Answers('registry.fidelity-summary')
  fidelitySummary(
    @Asked('registry.fidelity-summary') asked: RequestOf<'registry.fidelity-summary'>,
  ): Promise<AnswerOf['registry.fidelity-summary']> {
    return this.service.registry.ask((queries) => queries.fidelitySummary(asked), asked.atLeast);
  }

  @Answers('registry.clouds')
  clouds(@Asked('registry.clouds') asked: RequestOf<'registry.clouds'>): Promise<AnswerOf['registry.clouds']> {
    return this.service.registry.ask((queries) => queries.clouds(), asked.atLeast);
  }

  @Answers('registry.rebuild')
  rebuild(@Asked('registry.rebuild') _: RequestOf<'registry.rebuild'>): Promise<AnswerOf['registry.rebuild']> {
    return this.service.registry.rebuild();
  }
}
