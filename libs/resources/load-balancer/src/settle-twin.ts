import { Failure, isJsonObject, traceOf, type Json, type JsonObject } from '@osm/kernel';
import { readOne, until, type Step, type StepContext } from '@osm/resource';
import { LoadBalancerSource } from './load-balancer-source.ts';
import { poolNames } from './pool-names.ts';

/**
 * Waits until the twin stands still, takes away the trace by which it could be found, and gives its pools the names that
 * the create request could not: no two there may share one. Octavia takes one change of a load balancer at a time. May be
 * started any number of times: a pool that has its name is no longer found by the temporary one.
 */
export const settleTwin: Step = {
  name: 'settle',
  run: async (context) => {
    const s = LoadBalancerSource.parse(context.attributes);
    const names = poolNames(s);
    const renamed: string[] = [];
    let twin = await untilStill(context);
    if (Array.isArray(twin['tags']) && twin['tags'].includes(traceOf({ type: 'load-balancer', id: s.id }))) {
      await change(context, `/lbaas/loadbalancers/${String(twin['id'])}`, { loadbalancer: { tags: s.tags ?? [] } });
      twin = await untilStill(context);
    }
    for (const pool of s.pools) {
      const temporary = names.get(pool.id);
      if (temporary === undefined || temporary === pool.name) continue;
      const found = objects(twin['pools']).find(({ name }) => name === temporary);
      if (found === undefined) continue;
      await change(context, `/lbaas/pools/${String(found['id'])}`, { pool: { name: pool.name } });
      renamed.push(String(found['id']));
      twin = await untilStill(context);
    }
    return { renamed };
  },
};

const change = async (context: StepContext, path: string, body: JsonObject): Promise<void> => {
  await context.destination.send('load-balancer', { method: 'PUT', path, body }, context.signal);
};

const untilStill = (context: StepContext): Promise<JsonObject> => {
  const { handler, destination, destinationId: id, clock, signal, policy, ref } = context;
  const seconds = policy.resource_creation_timeout;
  if (id === undefined) {
    throw new Failure('missing-twin', `cannot settle load-balancer ${ref.id}: it has no twin`, {
      remedy: 'Migrate the load balancer first.',
    });
  }
  // One request tells whether the load balancer stands still; only then its parts are looked at.
  const path = `/lbaas/loadbalancers/${id}/status`;
  const ask = async (): Promise<JsonObject | undefined> => {
    const { body } = await destination.send('load-balancer', { method: 'GET', path }, signal);
    if (isPending(body)) return undefined;
    const twin = await readOne(destination, handler, id, signal);
    const state = handler.ready(twin);
    if (typeof state === 'object') throw failed(id, state.failed);
    return state === 'ready' ? twin : undefined;
  };
  return until(ask, { clock, signal, seconds }, () => notStill(id, seconds));
};

const isPending = (body: Json): boolean => {
  const statuses = isJsonObject(body) ? body['statuses'] : undefined;
  const shown = isJsonObject(statuses) ? statuses['loadbalancer'] : undefined;
  return isJsonObject(shown) && String(shown['provisioning_status']).startsWith('PENDING');
};

const failed = (id: string, why: string): Failure =>
  new Failure('twin-failed', `the destination could not finish load-balancer ${id}: ${why}`, {
    remedy: 'Look into the logs of the destination’s Octavia, delete the load balancer there, then retry.',
  });

const notStill = (id: string, seconds: number): Failure =>
  new Failure('not-ready', `load-balancer ${id} is still changing after ${seconds} seconds`, {
    remedy: 'Look at it on the destination; raise resource_creation_timeout if it is only slow; then retry.',
  });

const objects = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? value.filter(isJsonObject) : [];
