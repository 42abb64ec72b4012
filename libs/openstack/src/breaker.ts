import { Failure, isFailure, type Clock } from '@osm/kernel';

/** Keeps requests away from a service that does not answer at all, so that they hold no place and wait for no time limit. */
export interface Breaker {
  /** Raises `unreachable` where nobody should ask now. After a while one may ask, and what becomes of it counts for all. */
  admit(): void;
  /** It answers, whatever it says. */
  answered(): void;
  /** It gave no answer, or there was no connection. */
  lost(): void;
  /** It was not asked after all, or its caller called it off: that says nothing. */
  calledOff(): void;
}

/** So many requests in a row without an answer, and it counts as dead: more than one caller's patience. */
const patience = 10;
const firstPause = 1;
/** Seconds. */
const longestPause = 30;

export const openBreaker = (whose: string, clock: Clock): Breaker => {
  let losses = 0;
  let pause = firstPause;
  let until: number | undefined;
  let isProbed = false;
  return {
    admit: () => {
      if (until === undefined) return;
      const seconds = Math.ceil((until - clock.now().getTime()) / 1000);
      // A clock that was put back must not keep everybody away for hours.
      const isOver = seconds <= 0 || seconds > longestPause;
      if (!isOver || isProbed) throw unreachable(whose, losses, isOver ? 1 : seconds);
      isProbed = true;
    },
    answered: () => {
      [losses, pause, until, isProbed] = [0, firstPause, undefined, false];
    },
    lost: () => {
      losses += 1;
      const isProbe = isProbed;
      isProbed = false;
      if (losses < patience || (until !== undefined && !isProbe)) return;
      if (isProbe) pause = Math.min(longestPause, pause * 2);
      until = clock.now().getTime() + pause * 1000;
    },
    calledOff: () => {
      isProbed = false;
    },
  };
};

/** Whether a failure says that no answer came. */
export const isLoss = (error: unknown): boolean =>
  isFailure(error) &&
  ['unreachable', 'unavailable', 'answer-lost'].includes(error.code) &&
  error.http?.status === undefined;

const unreachable = (whose: string, losses: number, seconds: number): Failure =>
  new Failure('unreachable', `cannot ask ${whose} now: the last ${losses} requests got no answer.`, {
    disposition: 'retry',
    remedy: `Look whether ${whose} is at work and can be reached from here; it is asked again by itself.`,
    retryAfter: seconds,
  });
