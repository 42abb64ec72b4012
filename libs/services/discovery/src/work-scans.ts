import { discoveryQueue, everyScan, parseSubject, RunScanShape } from '@osm/contracts';
import { shortLease, type EventLog, type Subscription } from '@osm/event-log';
import type { Ports } from '@osm/platform';
import { runScan } from './run-scan.ts';

/** How often a scan that met a passing failure starts again before the type is recorded as failed. */
const patience = 3;

/** Runs the scans that were asked for, those included whose asker crashed before a worker was told. */
export const workScans = async (ports: Ports): Promise<readonly Subscription[]> => {
  const working = await ports.queue.work({
    queue: discoveryQueue,
    slots: 2,
    leaseMs: shortLease,
    handler: async ({ command, signal, deliveries }) => {
      await runScan(ports, RunScanShape.parse(command).scanId, signal, deliveries < patience);
      return 'done';
    },
  });
  for (const scanId of await unfinishedScans(ports.log)) await ports.queue.enqueue(discoveryQueue, scanId, { scanId });
  return [working];
};

const unfinishedScans = async (log: EventLog): Promise<ReadonlySet<string>> => {
  const unfinished = new Set<string>();
  for await (const { subject, type } of log.read({ filter: everyScan })) {
    const about = parseSubject(subject);
    if (about.aggregate !== 'scan') continue;
    if (type === 'ScanCompleted') unfinished.delete(about.scanId);
    else unfinished.add(about.scanId);
  }
  return unfinished;
};
