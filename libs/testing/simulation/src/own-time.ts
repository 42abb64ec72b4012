import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers';
import timersPromises from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** Whoever asks for real time, or for chance that no seed decides, is told here. */
const refuse = (what: string) => (): never => {
  throw new Error(`${what} is real: it has no place in a simulation`);
};

/**
 * Plays with every clock, timer and dice of Node taken away: those that the language itself needs are those of the seed, all
 * others raise. So nothing of a run can hang on the machine that it runs on.
 */
export const withOwnTime = async <T>(stage: Stage, play: () => Promise<T>): Promise<T> => {
  const { timeline, chance } = stage;
  const RealDate = Date;
  class OwnDate extends RealDate {
    constructor(...given: readonly unknown[]) {
      if (given.length === 0) refuse('new Date()')();
      super(...(given as [number]));
    }
    static override now(): number {
      return refuse('Date.now()')();
    }
  }
  const timeout = (milliseconds: number): AbortSignal => {
    const controller = new AbortController();
    timeline.after(milliseconds, () => controller.abort(new Error(`${milliseconds} ms have passed`)));
    return controller.signal;
  };
  const timing = {
    setTimeout: refuse('setTimeout'),
    setInterval: refuse('setInterval'),
    setImmediate: refuse('setImmediate'),
  };
  const undo = [
    replace(globalThis, { ...timing, Date: OwnDate }),
    replace(timers, timing),
    replace(timersPromises, timing),
    replace(Math, { random: () => chance.fraction() }),
    replace(performance, { now: refuse('performance.now') }),
    replace(AbortSignal, { timeout }),
    replace(crypto, { randomUUID: refuse('randomUUID'), randomBytes: refuse('randomBytes') }),
  ];
  syncBuiltinESMExports();
  try {
    return await play();
  } finally {
    for (const one of undo) one();
    syncBuiltinESMExports();
  }
};

/** Puts other things in the place of some of an object's own; returns what puts them back. */
const replace = (target: object, others: { readonly [name: string]: unknown }): (() => void) => {
  const before = Object.keys(others).map((name) => [name, Object.getOwnPropertyDescriptor(target, name)] as const);
  for (const [name, value] of Object.entries(others)) {
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
  }
  return () => {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(target, name);
      else Object.defineProperty(target, name, descriptor);
    }
  };
};
