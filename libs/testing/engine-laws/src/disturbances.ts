import { Failure } from '@osm/kernel';
import type { Request } from '@osm/resource';
import type { Around, Call } from './around.ts';

/** What a killed worker's calls end with. */
export class Killed extends Error {}

/**
 * When a worker dies at a call: before its effect, after it, after a part of the events was written, or while its request
 * is under way, which then has its effect only so many milliseconds later.
 */
export type Moment = 'before' | 'after' | { readonly written: number } | { readonly lands: number };

/** Kills the worker at its n-th call, from 1: that call and all later ones raise `Killed`. */
export const killAt = (n: number, moment: Moment, later: Later = noLater): Around => {
  let calls = 0;
  let dead = false;
  return async (call, go) => {
    calls += 1;
    if (dead) throw new Killed();
    if (calls !== n) {
      const result = await go();
      if (dead) throw new Killed();
      return result;
    }
    dead = true;
    if (moment === 'after') await go();
    else if (moment !== 'before' && 'lands' in moment) later(moment.lands, go);
    else if (moment !== 'before' && call.port === 'log' && call.what === 'append') await call.tear(moment.written);
    throw new Killed();
  };
};

/** Has something happen when so many milliseconds have passed. */
export type Later = (milliseconds: number, effect: () => Promise<unknown>) => void;

const noLater: Later = () => {
  throw new TypeError('a request that lands later wants a clock');
};

/** Each call that a worker makes, in order. */
export const recording = (): { readonly calls: Call[]; readonly around: Around } => {
  const calls: Call[] = [];
  return {
    calls,
    around: (call, go) => {
      calls.push(call);
      return go();
    },
  };
};

/** Holds the worker before its n-th call until it is released. */
export const stallAt = (n: number) => {
  const reached = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  let calls = 0;
  const around: Around = async (_call, go) => {
    calls += 1;
    if (calls === n) {
      reached.resolve();
      await released.promise;
    }
    return go();
  };
  return { around, reached: reached.promise, release: () => released.resolve() };
};

/** Which requests, of which cloud. */
type Which = (request: Request, cloud: string) => boolean;

/** Lets some requests fail instead of being heard. */
export const failing =
  (which: Which, failure: Failure): Around =>
  (call, go) =>
    call.port === 'cloud' && call.what === 'send' && which(call.request, call.cloud) ? Promise.reject(failure) : go();

/** Lets all lists of one cloud fail. */
export const unlistable =
  (cloud: string): Around =>
  (call, go) => {
    if (call.port !== 'cloud' || call.cloud !== cloud || call.what !== 'list') return go();
    return Promise.reject(unreachable(cloud));
  };

/** Loses the answer of the first such request after it has had its effect. */
export const losingAnswer = (which: Which): Around => {
  let lost = false;
  return async (call, go) => {
    if (lost || call.port !== 'cloud' || call.what !== 'send' || !which(call.request, call.cloud)) return go();
    lost = true;
    await go();
    throw new Failure('answer-lost', 'the answer was lost', { disposition: 'unknown', remedy: 'Look it up.' });
  };
};

export const unreachable = (cloud: string): Failure =>
  new Failure('unreachable', `cannot reach ${cloud}`, { disposition: 'retry', remedy: 'Look at the network.' });

export const forbidden = (): Failure =>
  new Failure('forbidden', 'the cloud does not allow it', { remedy: 'Ask its owner.' });
