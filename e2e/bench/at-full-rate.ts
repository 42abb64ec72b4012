import { isFailure } from '@osm/kernel';
import type { OpenCloud } from '@osm/openstack';
import type { RateCount } from '@osm/testing/fake-openstack';
import { setTimeout as sleep } from 'node:timers/promises';

/** How well a limit on requests was kept and used. */
export interface Throttled {
  /** The part of the allowed requests that was made. */
  readonly used: number;
  /** The part of all requests that was refused. */
  readonly refused: number;
  /** Requests that did not wait as long as a refusal asked for. */
  readonly tooSoon: number;
}

export interface FullRate {
  /** What the network service allows: it is limited already. */
  readonly perSecond: number;
  readonly settleSeconds: number;
  readonly seconds: number;
  /** What the cloud has counted so far. */
  count(): Promise<RateCount>;
}

/** Twice as many as a cloud's places: somebody always waits. */
const callers = 32;

/** Asks a cloud as often as it lets us, and measures what comes of it once the rate has settled. */
export const atFullRate = async (
  cloud: OpenCloud,
  { perSecond, settleSeconds, seconds, count }: FullRate,
): Promise<Throttled> => {
  const ending = new AbortController();
  const caller = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      try {
        await cloud.send('network', { method: 'GET', path: '/networks' }, ending.signal);
      } catch (error) {
        if (!ending.signal.aborted && !(isFailure(error) && error.code === 'throttled')) throw error;
      }
    }
  };
  const all = Promise.all(Array.from({ length: callers }, caller));
  const measure = async (): Promise<Throttled> => {
    await sleep(settleSeconds * 1000);
    const [before, startedMs] = [await count(), performance.now()];
    await sleep(seconds * 1000);
    const after = await count();
    const allowed = ((performance.now() - startedMs) / 1000) * perSecond;
    const taken = after.taken - before.taken;
    const refused = after.refused - before.refused;
    return { used: taken / allowed, refused: refused / (taken + refused), tooSoon: after.tooSoon };
  };
  try {
    return await Promise.race([measure(), all.then(() => Promise.reject(new Error('the callers have ended')))]);
  } finally {
    ending.abort();
    await all;
  }
};
