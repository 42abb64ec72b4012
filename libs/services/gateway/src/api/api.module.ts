import { Module } from '@nestjs/common';
import { CleanupController } from './cleanup.controller.ts';
import { CloudsController } from './clouds.controller.ts';
import { Configured } from './configured.ts';
import { EventsController } from './events.controller.ts';
import { FidelityController } from './fidelity.controller.ts';
import { MappingsController } from './mappings.controller.ts';
import { OperationController } from './operation.controller.ts';
import { PlansController } from './plans.controller.ts';
import { Streams } from './streams.ts';
import { TelemetryBoard } from './telemetry-board.ts';
import { TelemetryController } from './telemetry.controller.ts';

/** The admin API's routes. Who may ask them is the gateway's business. */
@Module({
  controllers: [
    CloudsController,
    PlansController,
    MappingsController,
    FidelityController,
    CleanupController,
    EventsController,
    TelemetryController,
    OperationController,
  ],
  providers: [Configured, Streams, TelemetryBoard],
})
export class ApiModule {}
