import { Failure, isFailure, type JsonObject } from '@osm/kernel';
import { changedAttributes, readOne, type Cloud } from '@osm/resource';
import type { Assignment } from './assignment.ts';

/**
 * The original as it is at this moment, its secrets in the clear; what several requests would have to gather is left out
 * where no secret is among it. Undefined: it is gone.
 */
export const sourceNow = async (
  { handler, ref }: Assignment,
  source: Cloud,
  signal: AbortSignal,
): Promise<JsonObject | undefined> => {
  const { enrich: _, ...bare } = handler;
  try {
    return await readOne(source, handler.secret.length === 0 ? bare : handler, ref.id, signal);
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return undefined;
    throw error;
  }
};

/**
 * Which attributes that the twin is made of are not as the scan saw them. Where the single answer shows in short what the
 * scan has gathered at length, all of it is gathered before a change is believed.
 */
export const changedSince = async (
  { handler, ref, attributes, plan }: Pick<Assignment, 'handler' | 'ref' | 'attributes' | 'plan'>,
  now: JsonObject,
  source: Cloud,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const since = (seen: JsonObject) => changedAttributes(handler, plan.policy, attributes, seen);
  const suspected = since(now);
  if (suspected.length === 0 || handler.enrich === undefined) return suspected;
  return since(await readOne(source, handler, ref.id, signal));
};

/**
 * The original, which is to be as the scan saw it: a twin is made of what was planned and approved. Raises `source-gone`,
 * `source-changed`.
 */
export const asObserved = async (assignment: Assignment, source: Cloud, signal: AbortSignal): Promise<JsonObject> => {
  const { ref, route } = assignment;
  const now = await sourceNow(assignment, source, signal);
  if (now === undefined) {
    throw new Failure('source-gone', `cannot migrate ${ref.type} ${ref.id}: ${route.source} has it no more`, {
      remedy: 'It was deleted after the scan: scan and plan again, without it.',
    });
  }
  const changed = await changedSince(assignment, now, source, signal);
  if (changed.length === 0) return now;
  const what = `${ref.type} ${ref.id}: it has changed since the scan: ${changed.join(', ')}`;
  throw new Failure('source-changed', `cannot migrate ${what}`, {
    remedy: 'Scan and plan again: openstack-migrate start does both, and goes on with what is there already.',
  });
};
