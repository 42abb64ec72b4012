import type { Subscription } from '@osm/event-log';
import { Ports } from '@osm/platform';
import type { StepService } from '@osm/resource';
import {
  Module,
  type BeforeApplicationShutdown,
  type DynamicModule,
  type OnApplicationBootstrap,
  type Provider,
} from '@nestjs/common';
import { MigrationController } from './migration.controller.ts';
import { workSteps } from './step-worker.ts';

/** Works one service's queue for as long as the process lives. */
class StepWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #working: Subscription | undefined;

  constructor(
    private readonly ports: Ports,
    private readonly service: StepService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#working = await workSteps(this.ports, this.service);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#working?.stop();
  }
}

/** Runs the steps of the services that it is made of: ten thin apps are this module with another name. */
@Module({})
export class MigratorModule {
  static of(...services: readonly StepService[]): DynamicModule {
    const providers: Provider[] = services.map((service) => ({
      provide: `step-worker:${service}`,
      useFactory: (ports: Ports) => new StepWorker(ports, service),
      inject: [Ports],
    }));
    return { module: MigratorModule, controllers: [MigrationController], providers };
  }
}
