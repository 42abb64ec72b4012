import type { PlanRow } from '@osm/contracts';
import { Asker, Ports } from '@osm/platform';
import { failureRecord } from '@osm/kernel';
import { Injectable, Logger } from '@nestjs/common';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { IncomingMessage } from 'node:http';
import { isBelow, pathOf, type Middleware } from './middleware.ts';

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is measured, for Prometheus. */
@Injectable()
export class Metrics {
  readonly #registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #logger = new Logger('metrics');

  constructor(
    private readonly ports: Ports,
    private readonly asker: Asker,
  ) {
    const registers = [this.#registry];
    collectDefaultMetrics({ register: this.#registry });
    this.#requests = new Histogram({
      ...{ name: 'osm_http_request_duration_seconds', help: 'Seconds until a request was answered.', registers },
      ...{ labelNames: ['method', 'route', 'status'], buckets: seconds },
    });
    const collect = (gauge: Gauge, look: () => Promise<number>) => this.#collect(gauge, look);
    const { log } = this.ports;
    new Gauge({
      ...{ name: 'osm_log_head', help: 'The position of the newest event.', registers },
      collect() {
        return collect(this, () => log.head());
      },
    });
    new Gauge({
      ...{ name: 'osm_registry_lag', help: 'Positions of the log that the registry has not seen yet.', registers },
      collect() {
        return collect(this, async () => {
          const { position } = await asker.ask('registry.position', {});
          return Math.max(0, (await log.head()) - position);
        });
      },
    });
    const count = (gauge: Gauge<'status'>) => this.#countSteps(gauge);
    new Gauge({
      ...{ name: 'osm_steps', help: 'Steps of all plans that were not cancelled, by status.', registers },
      labelNames: ['status'],
      collect() {
        return count(this);
      },
    });
  }

  /** As Prometheus reads it. */
  async text(): Promise<{ readonly type: string; readonly body: string }> {
    return { type: this.#registry.contentType, body: await this.#registry.metrics() };
  }

  /** Measures each request, by the pattern of its route: an id is no label. */
  readonly measure: Middleware = (request, response, next) => {
    const path = pathOf(request);
    const stop = this.#requests.startTimer();
    response.once('close', () =>
      stop({ method: request.method ?? '', route: routeOf(request, path), status: String(response.statusCode) }),
    );
    next();
  };

  /** What does not answer is not told: a number of an hour ago would be a lie. */
  async #collect(gauge: Gauge, look: () => Promise<number>): Promise<void> {
    try {
      gauge.set(await look());
    } catch (error) {
      gauge.remove();
      this.#logger.warn(`a measure is missing: ${failureRecord(error).message}`);
    }
  }

  async #countSteps(gauge: Gauge<'status'>): Promise<void> {
    try {
      const plans = await this.asker.ask('registry.plans', {});
      const counted = plans.filter(({ status }) => status !== 'cancelled' && status !== 'rejected');
      const sum = (count: (plan: PlanRow) => number): number => counted.reduce((all, plan) => all + count(plan), 0);
      gauge.set(
        { status: 'succeeded' },
        sum(({ succeeded }) => succeeded),
      );
      gauge.set(
        { status: 'failed' },
        sum(({ failed }) => failed),
      );
      gauge.set(
        { status: 'skipped' },
        sum(({ skipped }) => skipped),
      );
      gauge.set(
        { status: 'open' },
        sum(({ steps, succeeded, failed, skipped }) => steps - succeeded - failed - skipped),
      );
    } catch (error) {
      gauge.reset();
      this.#logger.warn(`a measure is missing: ${failureRecord(error).message}`);
    }
  }
}

/** Express notes which route answered; nothing that somebody made up becomes a label. */
const routeOf = (request: IncomingMessage, path: string): string => {
  const route: unknown = 'route' in request ? request.route : undefined;
  if (typeof route === 'object' && route !== null && 'path' in route && typeof route.path === 'string')
    return route.path;
  return isBelow(path, '/v1') ? '/v1' : isBelow(path, '/docs') ? '/docs' : '/';
};
