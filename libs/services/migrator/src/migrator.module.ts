import { draftedPlans } from '@osm/engine';
import type { Subscription } from '@osm/event-log';
import { Ports, Worker } from '@osm/platform';
import type { StepService } from '@osm/resource';
import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { MigrationController } from './migration.controller.ts';
import { obeyCancels } from './obey-cancels.ts';
import { obeyLimits } from './obey-limits.ts';
import { OrphansController } from './orphans.controller.ts';
import { RecoveryController } from './recovery.controller.ts';
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
    const worker: Provider = {
      provide: 'step-worker',
      useFactory: (ports: Ports, planOf: PlanOf) => new Worker(() => work(ports, services, planOf)),
      inject: [Ports, 'drafted-plans'],
    };
    return {
      module: MigratorModule,
      controllers: [MigrationController, OrphansController, RecoveryController],
      providers: [plans, worker],
    };
  }
}

/** The limits are known before the first step is taken. */
const work = async (
  ports: Ports,
  services: readonly StepService[],
  planOf: PlanOf,
): Promise<readonly Subscription[]> => {
  if (services.length === 0) return [];
  const limits = await obeyLimits(ports);
  const cancels = obeyCancels(ports);
  const working = await Promise.all(services.map((service) => workSteps(ports, service, planOf, cancels)));
  return [...working, limits];
};
