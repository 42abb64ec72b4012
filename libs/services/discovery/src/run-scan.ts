import {
  decodeEvent,
  inventoryOfType,
  inventorySubject,
  parseSubject,
  scanSubject,
  type InventoryEvent,
} from '@osm/contracts';
import { inventory, scan, unfinishedTypes, type InventoryState, type ScanState } from '@osm/domain';
import { appendEvents, Conflict, loadAggregate, transact, type Recorder } from '@osm/event-log';
import { Failure, failureRecord, isFailure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { listAll, type Cloud, type Resource } from '@osm/resource';
import { observe } from './observe.ts';

/** Appends under way at once: the embedded log commits them together. */
const parallel = 64;

interface Known {
  readonly state: InventoryState;
  readonly revision: number;
}

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
  const recorder: Recorder = {
    log: ports.log,
    clock: ports.clock,
    ids: ports.ids,
    provenance: { producer: ports.producer, correlation: scanId },
  };
  const subject = scanSubject(scanId);
  const { state } = await loadAggregate(ports.log, scan, subject);
  if (state.status !== 'running') return;
  const cloud = await ports.openCloud(state.cloud);
  for (const type of unfinishedTypes(state)) {
    const outcome = await scanType(ports, recorder, cloud, state, scanId, type, signal, mayTryAgain);
    await transact(recorder, scan, subject, { type: 'FinishType', of: type, ...outcome });
  }
  await transact(recorder, scan, subject, { type: 'Reconsider' });
};

const nothing = { seen: 0, changed: 0, vanished: 0 };

const scanType = async (
  ports: Ports,
  recorder: Recorder,
  cloud: Cloud,
  state: ScanState,
  scanId: string,
  type: string,
  signal: AbortSignal,
  mayTryAgain: boolean,
) => {
  const handler = ports.handlers.get(type);
  if (handler === undefined) {
    const failure = failureRecord(unknownType(type));
    return { outcome: 'failed' as const, ...nothing, failure };
  }
  try {
    if (!(await cloud.has(handler.api.service))) return { outcome: 'unsupported' as const, ...nothing };
    return { outcome: 'listed' as const, ...(await listType(recorder, cloud, state, scanId, handler, signal)) };
  } catch (error) {
    if (signal.aborted || (mayTryAgain && isFailure(error) && error.disposition === 'retry')) throw error;
    return { outcome: 'failed' as const, ...nothing, failure: failureRecord(error) };
  }
};

const listType = async (
  recorder: Recorder,
  cloud: Cloud,
  { multitenant }: ScanState,
  scanId: string,
  handler: Resource,
  signal: AbortSignal,
) => {
  const known = await knownOf(recorder, cloud.name, handler.type);
  const seen = new Set<string>();
  const counts = { changed: 0, vanished: 0 };
  let underWay: Promise<void>[] = [];
  const note = async (id: string, kind: 'changed' | 'vanished', events: readonly InventoryEvent[]): Promise<void> => {
    if (events.length === 0) return;
    counts[kind] += 1;
    await record(
      recorder,
      inventorySubject(cloud.name, { type: handler.type, id }),
      known.get(id)?.revision ?? 0,
      events,
    );
  };
  const sendOff = async (work: Promise<void>): Promise<void> => {
    underWay.push(work);
    if (underWay.length < parallel) return;
    await Promise.all(underWay);
    underWay = [];
  };
  for await (const item of listAll(cloud, handler, multitenant ? 'all-tenants' : 'own-project', signal)) {
    const id = handler.id(item);
    seen.add(id);
    const state = known.get(id)?.state ?? inventory.initial;
    await sendOff(note(id, 'changed', inventory.decide({ type: 'Observe', ...observe(handler, item, scanId) }, state)));
  }
  for (const [id, { state }] of known) {
    if (!seen.has(id)) await sendOff(note(id, 'vanished', inventory.decide({ type: 'Vanish', scanId }, state)));
  }
  await Promise.all(underWay);
  return { seen: seen.size, ...counts };
};

/** All that is known of one type, in one reading: not a look-up for each resource. */
const knownOf = async ({ log }: Recorder, cloud: string, type: string): Promise<Map<string, Known>> => {
  const known = new Map<string, Known>();
  for await (const event of log.read({ filter: inventoryOfType(cloud, type) })) {
    const subject = parseSubject(event.subject);
    if (subject.aggregate !== 'inventory') continue;
    const state = known.get(subject.ref.id)?.state ?? inventory.initial;
    known.set(subject.ref.id, {
      state: inventory.evolve(state, decodeEvent(event) as InventoryEvent),
      revision: event.position,
    });
  }
  return known;
};

/** Another scan of the same cloud may have been quicker: what it wrote is as fresh as ours. */
const record = async (
  recorder: Recorder,
  subject: string,
  revision: number,
  events: readonly InventoryEvent[],
): Promise<void> => {
  try {
    await appendEvents(recorder, subject, revision, events);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
};

const unknownType = (type: string): Failure =>
  new Failure('unknown-type', `cannot scan ${type}: there is no such resource type`, {
    remedy: 'openstack-migrate capabilities lists the types that this version knows.',
  });
