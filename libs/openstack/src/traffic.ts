import type { Clock } from '@osm/kernel';
import type { ServiceName } from '@osm/resource';
import { isLoss, openBreaker, type Breaker } from './breaker.ts';
import { retryAfterOf } from './classify.ts';
import { openPace, type Pace } from './pace.ts';
import { openRetryBudget, type RetryBudget } from './retry-budget.ts';

/** The most that one process asks of one service of a cloud; absent: no such limit. */
export interface RequestLimits {
  readonly perSecond?: number | undefined;
  readonly concurrent?: number | undefined;
}

/** Lets the requests to a cloud's services through as each of them can take them. */
export interface Traffic {
  readonly retries: RetryBudget;
  /** Sends when its turn has come, and learns of the answer. Raises `throttled` and `unreachable` without sending. */
  pass<T extends Answered>(service: ServiceName, signal: AbortSignal | undefined, send: () => Promise<T>): Promise<T>;
}

export interface Answered {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
}

export interface TrafficOptions {
  readonly cloud: string;
  readonly clock: Clock;
  limits(service: ServiceName): RequestLimits;
}

export const openTraffic = ({ cloud, clock, limits }: TrafficOptions): Traffic => {
  const services = new Map<ServiceName, { readonly pace: Pace; readonly breaker: Breaker }>();
  const of = (service: ServiceName) => {
    const known = services.get(service);
    if (known !== undefined) return known;
    const whose = `the ${service} service of ${cloud}`;
    const made = {
      pace: openPace({ whose, clock, ceiling: limits(service).perSecond }),
      breaker: openBreaker(whose, clock),
    };
    services.set(service, made);
    return made;
  };
  return {
    retries: openRetryBudget(),
    pass: async (service, signal, send) => {
      const { pace, breaker } = of(service);
      breaker.admit();
      try {
        const turn = await pace.turn(signal);
        const answer = await send();
        breaker.answered();
        if (isThrottling(answer)) turn.refused(retryAfterOf(answer.headers, clock.now()));
        else turn.passed();
        return answer;
      } catch (error) {
        if (isLoss(error) && signal?.aborted !== true) breaker.lost();
        else breaker.calledOff();
        throw error;
      }
    },
  };
};

/**
 * Whether an answer says that there were too many requests. 413 is Nova's and Cinder's old word for it, with `Retry-After: 0`
 * for a full quota; 503 may be any trouble, and is this one where it says when to come back.
 */
const isThrottling = ({ status, headers }: Answered): boolean => {
  const waits = headers['retry-after'] !== undefined && headers['retry-after'] !== '0';
  return status === 429 || status === 498 || (waits && (status === 413 || status === 503));
};
