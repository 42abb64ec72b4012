import type { How } from '@osm/contracts';
import { Failure, isFailure, marker, type JsonObject } from '@osm/kernel';
import {
  createOne,
  deleteOne,
  locationOf,
  readOne,
  updateOne,
  type Cloud,
  type Context,
  type Lookup,
  type Resource,
} from '@osm/resource';
import type { Assignment } from './assignment.ts';
import { findTwin, isMarked, metadataKey, withMarker } from './find-twin.ts';
import type { Workshop } from './workshop.ts';

export interface Identified {
  readonly destinationId: string;
  readonly how: How;
}

/** The twin's marker. One that was discarded counts: Glance never gives a deleted id again. */
const markerOf = ({ route, ref, state: { discarded } }: Assignment): string =>
  marker(route, ref.type, ref.id, discarded === 0 ? 'create' : `create-${discarded}`);

/**
 * Looks for the twin and makes it where it is absent. What came of it is for the caller to record; `intend` records,
 * right before the create request, that there was none: a worker that was overtaken meanwhile sends nothing more.
 */
export const findOrCreate = async (
  workshop: Workshop,
  assignment: Assignment,
  cloud: Cloud,
  context: Context,
  attributes: JsonObject,
  intend: () => Promise<void>,
  signal: AbortSignal,
): Promise<Identified> => {
  const { handler, twinOf, state, plan, ref } = assignment;
  const { attempted, creating } = state;
  const mark = markerOf(assignment);
  const lookup = handler.lookup(attributes, twinOf, mark, plan.policy);
  const ownProjectOnly = !plan.policy.multitenant_mode;
  const search = { lookup, marker: mark, sourceId: ref.id, attempted, creating, ownProjectOnly };
  // A dead worker's request may still be under way: an answer of "absent" counts only once it must have landed.
  if (attempted) await workshop.clock.sleep(workshop.settleMs, signal);
  const found = await findTwin(cloud, handler, search, signal);
  if (found !== undefined) return found;
  const body = handler.create(attributes, twinOf, context);
  await intend();
  try {
    const created = await createOne(cloud, handler, dressed(body, lookup, mark), signal);
    return { destinationId: handler.id(created), how: 'created' };
  } catch (error) {
    if (!isFailure(error) || error.code !== 'conflict') throw error;
    // Somebody was quicker, or the list does not show what the cloud still counts.
    const late = await findTwin(cloud, handler, { ...search, attempted: true }, signal);
    if (late === undefined) throw error;
    return late;
  }
};

const dressed = (body: JsonObject, lookup: Lookup, mark: string): JsonObject => {
  if (lookup.kind === 'assigned') return { id: lookup.id, ...body };
  return lookup.kind === 'traces' || lookup.marker === undefined ? body : withMarker(body, lookup.marker, mark);
};

/** Waits until the cloud has finished its own work; returns the twin as it then is. Raises `twin-failed`. */
export const untilReady = async (
  workshop: Workshop,
  handler: Resource,
  cloud: Cloud,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<JsonObject> => {
  const deadline = workshop.clock.now().getTime() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 3000)) {
    const twin = await readOne(cloud, handler, id, signal);
    const state = handler.ready(twin);
    if (state === 'ready') return twin;
    if (state !== 'pending') throw twinFailed(handler, id, state.failed);
    if (workshop.clock.now().getTime() > deadline) throw notReady(handler, id, seconds);
    await workshop.clock.sleep(pause, signal);
  }
};

const twinFailed = (handler: Resource, id: string, why: string): Failure =>
  new Failure('twin-failed', `the destination could not finish ${handler.type} ${id}: ${why}`, {
    remedy: 'The failed twin is deleted again. Look into the logs of the destination service, then retry.',
  });

const notReady = (handler: Resource, id: string, seconds: number): Failure =>
  new Failure('not-ready', `${handler.type} ${id} is not ready after ${seconds} seconds`, {
    remedy: 'Look at it on the destination; raise the timeout in the configuration if it is only slow; then retry.',
  });

/** Takes the marker out again, now that the id is recorded. May be repeated. */
export const undress = async (
  assignment: Assignment,
  cloud: Cloud,
  twin: JsonObject,
  context: Context,
  attributes: JsonObject,
  signal: AbortSignal,
): Promise<void> => {
  const { handler, twinOf, plan } = assignment;
  const mark = markerOf(assignment);
  const lookup = handler.lookup(attributes, twinOf, mark, plan.policy);
  if (lookup.kind === 'assigned' || lookup.kind === 'traces' || lookup.marker === undefined) return;
  if (!isMarked(twin, lookup.marker, mark)) return;
  const id = handler.id(twin);
  if (lookup.marker === 'metadata') {
    const path = `${locationOf(handler.api, id).path}/metadata/${metadataKey}`;
    await cloud.send(handler.api.service, { method: 'DELETE', path, accept: [404] }, signal);
    return;
  }
  const body = handler.create(attributes, twinOf, context);
  const description = body['description'] === undefined ? '' : body['description'];
  await updateOne(cloud, handler, id, { description }, signal);
};

/** Deletes a twin of our own making that turned out bad, and waits until it is gone. */
export const discard = async (
  workshop: Workshop,
  handler: Resource,
  cloud: Cloud,
  id: string,
  signal: AbortSignal,
): Promise<void> => {
  await deleteOne(cloud, handler, id, signal);
  await untilGone(workshop, handler, cloud, id, 300, signal);
};

/** Whether a resource is there to be read. */
export const isThere = async (handler: Resource, cloud: Cloud, id: string, signal: AbortSignal): Promise<boolean> => {
  try {
    await readOne(cloud, handler, id, signal);
    return true;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return false;
    throw error;
  }
};

/** Deletes are asynchronous: gone is what answers 404. */
export const untilGone = async (
  workshop: Workshop,
  handler: Resource,
  cloud: Cloud,
  id: string,
  seconds: number,
  signal: AbortSignal,
): Promise<void> => {
  const deadline = workshop.clock.now().getTime() + seconds * 1000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 3000)) {
    if (!(await isThere(handler, cloud, id, signal))) return;
    if (workshop.clock.now().getTime() > deadline) {
      throw new Failure(
        'not-removed',
        `${handler.type} ${id} is still there ${seconds} seconds after its removal was asked for`,
        {
          remedy: 'Look at it on its cloud: something may still use it. Then retry.',
        },
      );
    }
    await workshop.clock.sleep(pause, signal);
  }
};
