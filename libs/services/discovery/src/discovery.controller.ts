import { Answers, Asked, Ports } from '@osm/platform';
import { discoveryQueue, scanSubject, type Answers as AnswerOf, type RequestOf } from '@osm/contracts';
import { scan } from '@osm/domain';
import { transact } from '@osm/event-log';
import { Controller } from '@nestjs/common';

/** Takes scans; a worker runs them. */
@Controller()
export class DiscoveryController {
  constructor(private readonly ports: Ports) {}

  @Answers('discovery.scan')
  async scan(@Asked('discovery.scan') asked: RequestOf<'discovery.scan'>): Promise<AnswerOf['discovery.scan']> {
    const { log, clock, ids, producer, queue } = this.ports;
    // An unknown name, a bad password or a dead endpoint is told now, not by a worker later.
    await (await this.ports.openCloud(asked.cloud)).whoAmI();
    const scanId = ids.next();
    const recorder = { log, clock, ids, provenance: { producer, correlation: scanId, actor: asked.by } };
    const { revision } = await transact(recorder, scan, scanSubject(scanId), { type: 'RequestScan', ...asked });
    await queue.enqueue(discoveryQueue, scanId, { scanId });
    return { scanId, position: revision };
  }
}
