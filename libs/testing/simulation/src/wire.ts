import type { Faults } from './faults.ts';
import type { Life } from './life.ts';

/** How long a client of the log waits for an answer before it asks again, in milliseconds. */
const patience = 5000;

/** The way between one process and the log: requests and answers take their time, and get lost. */
export interface Wire {
  /** Asks until there is an answer; `effect` may so be had several times. What it throws is an answer, too. */
  ask<T>(what: string, effect: () => T): Promise<T>;
  /** Sends once, and nobody hears whether it arrived. */
  tell(what: string, effect: () => void): void;
}

export const wireOf = (life: Life, faults: Faults, trace: (what: () => string) => void): Wire => {
  const { timeline, chance } = life;
  const delay = (): number => (faults.happens('delivery-delayed') ? chance.below(4000) : chance.below(4));
  /** When a request that is made now reaches the log; undefined: never. */
  const arrival = (): number | undefined => {
    const cut = Math.max(0, life.cutUntil - timeline.now);
    if (cut > 0 || faults.happens('log-request-lost')) return undefined;
    return delay();
  };
  const once = <T>(what: string, effect: () => T, settle: (outcome: () => T) => void, again: () => void): void => {
    let isOver = false;
    const out = arrival();
    const giveUp = life.wakeAfter(patience, () => {
      if (isOver) return;
      isOver = true;
      again();
    });
    if (out === undefined) return trace(() => `${what}: lost on the way there`);
    timeline.after(out, () => {
      const outcome = outcomeOf(effect);
      if (faults.happens('log-reply-lost') || timeline.now < life.cutUntil) {
        return trace(() => `${what}: done, the answer lost`);
      }
      life.wakeAfter(delay(), () => {
        if (isOver) return;
        isOver = true;
        giveUp();
        settle(outcome);
      });
    });
  };
  return {
    ask: <T>(what: string, effect: () => T) =>
      new Promise<T>((resolve, reject) => {
        const settle = (outcome: () => T): void => {
          try {
            resolve(outcome());
          } catch (error) {
            reject(error as Error);
          }
        };
        const attempt = (): void => once(what, effect, settle, attempt);
        attempt();
      }),
    tell: (what, effect) => {
      const out = arrival();
      if (out === undefined || faults.happens('ack-lost')) return trace(() => `${what}: lost on the way there`);
      timeline.after(out, effect);
    },
  };
};

/** What an effect gives, or what it throws, to be had later. */
const outcomeOf = <T>(effect: () => T): (() => T) => {
  try {
    const value = effect();
    return () => value;
  } catch (error) {
    return () => {
      throw error;
    };
  }
};
