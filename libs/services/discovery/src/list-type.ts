import { decodeEvent, inventoryOfType, inventorySubject, parseSubject, type InventoryEvent } from '@osm/contracts';
import { inventory, type InventoryCommand, type InventoryState } from '@osm/domain';
import { appendEvents, Conflict, transact, type EventLog, type Recorder } from '@osm/event-log';
import { isFailure, type Failure } from '@osm/kernel';
import { listAll, type Cloud, type Resource } from '@osm/resource';
import { inBatches } from './in-batches.ts';
import { observe } from './observe.ts';

/** Appends under way at once: the embedded log commits them together. */
const parallel = 64;

export interface ListTypeOptions {
  readonly scanId: string;
  /** Whether the credential sees all tenants. */
  readonly multitenant: boolean;
  readonly signal: AbortSignal;
}

/** What one list came to. */
export interface Listed {
  readonly seen: number;
  readonly changed: number;
  readonly vanished: number;
  /** Why a resource could not be recorded: the first one's; the others are recorded nevertheless. */
  readonly unreadable: Failure | undefined;
}

interface Known {
  readonly state: InventoryState;
  readonly revision: number;
}

/** Lists one type and records what is new, changed or gone. */
export const listType = async (
  recorder: Recorder,
  cloud: Cloud,
  handler: Resource,
  { scanId, multitenant, signal }: ListTypeOptions,
): Promise<Listed> => {
  const known = await knownOf(recorder.log, cloud.name, handler.type);
  const seen = new Set<string>();
  const counts = { changed: 0, vanished: 0 };
  const batches = inBatches(parallel);
  const record = async (id: string, command: InventoryCommand): Promise<void> => {
    const subject = inventorySubject(cloud.name, { type: handler.type, id });
    const wrote = await decideAndAppend(recorder, subject, command, known.get(id));
    if (wrote) counts[command.type === 'Observe' ? 'changed' : 'vanished'] += 1;
  };
  let unreadable: Failure | undefined;
  for await (const item of listAll(cloud, handler, multitenant ? 'all-tenants' : 'own-project', signal)) {
    const id = handler.id(item);
    if (seen.has(id)) continue;
    seen.add(id);
    try {
      const observation = observe(handler, item, scanId);
      await batches.add(() => record(id, { type: 'Observe', ...observation }));
    } catch (error) {
      if (!isFailure(error) || error.code !== 'unreadable-resource') throw error;
      unreadable ??= error;
    }
  }
  await batches.finish();
  for (const id of known.keys()) {
    if (!seen.has(id)) await batches.add(() => record(id, { type: 'Vanish', scanId }));
  }
  await batches.finish();
  return { seen: seen.size, ...counts, unreadable };
};

/** All that is known of one type, in one reading: not a look-up for each resource. */
const knownOf = async (log: EventLog, cloud: string, type: string): Promise<ReadonlyMap<string, Known>> => {
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

/** Whether there was something to write. Where another scan of the same cloud was quicker its word is looked at first. */
const decideAndAppend = async (
  recorder: Recorder,
  subject: string,
  command: InventoryCommand,
  known: Known | undefined,
): Promise<boolean> => {
  const { state, revision } = known ?? { state: inventory.initial, revision: 0 };
  const events = inventory.decide(command, state);
  try {
    await appendEvents(recorder, subject, revision, events);
    return events.length > 0;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return (await transact(recorder, inventory, subject, command)).events.length > 0;
  }
};
