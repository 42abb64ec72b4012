import { discoveryQueue, RunScanShape } from '@osm/contracts';
import type { Subscription } from '@osm/event-log';
import { Ports } from '@osm/platform';
import { Injectable, Module, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.ts';
import { runScan } from './run-scan.ts';

/** How often a scan that met a passing failure starts again before the type is recorded as failed. */
const patience = 3;

/** Runs the scans that were asked for. */
@Injectable()
class ScanWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  #working: Subscription | undefined;

  constructor(private readonly ports: Ports) {}

  async onApplicationBootstrap(): Promise<void> {
    this.#working = await this.ports.queue.work({
      queue: discoveryQueue,
      slots: 2,
      handler: async ({ command, signal, deliveries }) => {
        await runScan(this.ports, RunScanShape.parse(command).scanId, signal, deliveries < patience);
        return 'done';
      },
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#working?.stop();
  }
}

/** Discovery: scans clouds and records what it saw. */
@Module({ controllers: [DiscoveryController], providers: [ScanWorker] })
export class DiscoveryModule {}
