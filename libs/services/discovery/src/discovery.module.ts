import { Ports, Worker } from '@osm/platform';
import { Module } from '@nestjs/common';
import { DiscoveryController } from './discovery.controller.ts';
import { LookModule } from './look.module.ts';
import { workScans } from './work-scans.ts';

const scanWorker = {
  provide: 'scan-worker',
  useFactory: (ports: Ports) => new Worker(() => workScans(ports)),
  inject: [Ports],
};

/** Discovery: scans clouds and records what it saw; tells what a cloud is. */
@Module({ imports: [LookModule], controllers: [DiscoveryController], providers: [scanWorker] })
export class DiscoveryModule {}
