import { Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AccessBook } from './access-book.ts';
import { ApiModule } from './api/api.module.ts';
import { bodyPipe } from './body-pipe.ts';
import { HealthController } from './health.controller.ts';
import { MeController } from './me.controller.ts';
import { MetricsController } from './metrics.controller.ts';
import { Metrics } from './metrics.ts';
import { ProblemFilter } from './problem-filter.ts';
import { ScopeGuard } from './scope-guard.ts';
import { TokensController } from './tokens.controller.ts';

/**
 * The admin API over HTTP. Its guard, pipe and filter are for HTTP alone: what services ask each other in the same process
 * does not pass them.
 */
@Module({
  imports: [ApiModule],
  controllers: [HealthController, MetricsController, MeController, TokensController],
  providers: [
    AccessBook,
    Metrics,
    { provide: APP_GUARD, useFactory: () => new ScopeGuard() },
    { provide: APP_PIPE, useFactory: bodyPipe },
    { provide: APP_FILTER, useFactory: () => new ProblemFilter() },
  ],
})
export class GatewayModule {}
