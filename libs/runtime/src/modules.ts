import { services, type StepService } from '@osm/resource';
import { DiscoveryModule } from '@osm/services/discovery';
import { MigratorModule } from '@osm/services/migrator';
import { PlannerModule } from '@osm/services/planner';
import { RegistryModule } from '@osm/services/registry';
import type { DynamicModule, Type } from '@nestjs/common';

const workers: readonly StepService[] = [...services, 'data-transfer'];

/** Every service in one process. */
export const allModules: readonly (Type | DynamicModule)[] = [
  DiscoveryModule,
  PlannerModule,
  RegistryModule,
  MigratorModule.of(...workers),
];
