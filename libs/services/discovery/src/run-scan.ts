import { scanSubject } from '@osm/contracts';
import { scan, unfinishedTypes, type ScanState } from '@osm/domain';
import { loadAggregate, transact, type Recorder } from '@osm/event-log';
import { Failure, failureRecord, isFailure } from '@osm/kernel';
import type { Ports } from '@osm/platform';
import { forAllTenants } from '@osm/resource';
import { listType } from './list-type.ts';

/**
 * Looks at a cloud, type by type, each with one paged list. A type that cannot be listed hides no other. Started again
 * after a crash it goes on with the types that have no outcome.
 */
export const runScan = async (
  ports: Ports,
  scanId: string,
  signal: AbortSignal,
  mayTryAgain: boolean,
): Promise<void> => {
  const { log, clock, ids, producer } = ports;
  const recorder: Recorder = { log, clock, ids, provenance: { producer, correlation: scanId } };
  const subject = scanSubject(scanId);
  const { state } = await loadAggregate(log, scan, subject);
  if (state.status !== 'running') return;
  for (const type of unfinishedTypes(state)) {
    const outcome = await scanType(ports, recorder, state, scanId, type, signal, mayTryAgain);
    await transact(recorder, scan, subject, { type: 'FinishType', of: type, ...outcome });
  }
  await transact(recorder, scan, subject, { type: 'Reconsider' });
};

const nothing = { seen: 0, changed: 0, vanished: 0 };

const scanType = async (
  ports: Ports,
  recorder: Recorder,
  { cloud: name, multitenant }: ScanState,
  scanId: string,
  type: string,
  signal: AbortSignal,
  mayTryAgain: boolean,
) => {
  try {
    const handler = ports.handlers.get(type);
    if (handler === undefined) throw unknownType(type);
    const opened = await ports.openCloud(name);
    const cloud = multitenant ? forAllTenants(opened, handler) : opened;
    if (!(await cloud.has(handler.api.service))) return { outcome: 'unsupported' as const, ...nothing };
    const { unreadable, ...counts } = await listType(recorder, cloud, handler, { scanId, multitenant, signal });
    if (unreadable === undefined) return { outcome: 'listed' as const, ...counts };
    return { outcome: 'failed' as const, ...counts, failure: failureRecord(unreadable) };
  } catch (error) {
    if (signal.aborted || (mayTryAgain && isFailure(error) && error.disposition === 'retry')) throw error;
    return { outcome: 'failed' as const, ...nothing, failure: failureRecord(error) };
  }
};

const unknownType = (type: string): Failure =>
  new Failure('unknown-type', `cannot scan ${type}: there is no such resource type`, {
    remedy: 'openstack-migrate capabilities lists the types that this version knows.',
  });
