import { draftedPlans } from '@osm/engine';
import { Ports, Worker } from '@osm/platform';
import type { StepService } from '@osm/resource';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { MigrationController } from './migration.controller.ts';
import { workSteps, type PlanOf } from './step-worker.ts';

/** A large plan is kept in memory once for all services of the process. */
const plans: Provider = {
  provide: 'drafted-plans',
  useFactory: ({ log }: Ports) => draftedPlans(log),
  inject: [Ports],
};

/** Runs the steps of the services that it is made of: ten thin apps are this module with another name. */
@Module({})
export class MigratorModule {
  static of(...services: readonly StepService[]): DynamicModule {
    const workers: Provider[] = services.map((service) => ({
      provide: `step-worker:${service}`,
      useFactory: (ports: Ports, planOf: PlanOf) => new Worker(async () => [await workSteps(ports, service, planOf)]),
      inject: [Ports, 'drafted-plans'],
    }));
    return { module: MigratorModule, controllers: [MigrationController], providers: [plans, ...workers] };
  }
}
