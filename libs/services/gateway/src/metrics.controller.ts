import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { ServerResponse } from 'node:http';
import { Metrics } from './metrics.ts';
import { OpenRoute } from './open-route.ts';

/** What is measured, for Prometheus: numbers, and nothing of what is migrated. */
@ApiExcludeController()
@OpenRoute()
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  async tell(@Res() response: ServerResponse): Promise<void> {
    const { type, body } = await this.metrics.text();
    response.setHeader('content-type', type);
    response.end(body);
  }
}
