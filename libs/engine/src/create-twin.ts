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
import { findTwin, isMarked, metadataKey, withMarker, type FoundTwin } from './find-twin.ts';
import type { Workshop } from './workshop.ts';

export interface Identified {
  readonly destinationId: string;
  readonly how: How;
}

/** The twin's marker. One that was discarded counts: Glance never gives a deleted id again. */
const markerOf = ({ route, ref, state: { discarded } }: Assignment): string =>
  marker(route, ref.type, ref.id, discarded === 0 ? 'create' : `create-${discarded}`);

/** Looks for the twin and makes it where it is absent. Nothing here is recorded: the caller does that next. */
export const findOrCreate = async (
  workshop: Workshop,
  assignment: Assignment,
  cloud: Cloud,
  context: Context,
  attributes: JsonObject,
  signal: AbortSignal,
): Promise<Identified> => {
  const { handler, twinOf, state, plan } = assignment;
  const mark = markerOf(assignment);
  const lookup = handler.lookup(attributes, twinOf, mark, plan.policy);
  // A dead worker's request may still be under way: an answer of "absent" counts only once it must have landed.
  if (state.attempted) await workshop.clock.sleep(workshop.settleMs, signal);
  const find = (attempted: boolean): Promise<FoundTwin | undefined> =>
    findTwin(cloud, handler, lookup, mark, attempted, signal);
  const found = await find(state.attempted);
  if (found !== undefined) return found;
  const body = handler.create(attributes, twinOf, context);
  try {
    const created = await createOne(cloud, handler, dressed(body, lookup, mark), signal);
    return { destinationId: handler.id(created), how: 'created' };
  } catch (error) {
    if (!isFailure(error) || error.code !== 'conflict') throw error;
    // Somebody was quicker, or the list does not show what the cloud still counts.
    const late = await find(true);
    if (late === undefined) throw error;
    return late;
  }
};

const dressed = (body: JsonObject, lookup: Lookup, mark: string): JsonObject => {
  if (lookup.kind === 'assigned') return { id: lookup.id, ...body };
  return lookup.marker === undefined ? body : withMarker(body, lookup.marker, mark);
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
  if (lookup.kind === 'assigned' || lookup.marker === undefined) return;
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
    try {
      await readOne(cloud, handler, id, signal);
    } catch (error) {
      if (isFailure(error) && error.code === 'not-found') return;
      throw error;
    }
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
