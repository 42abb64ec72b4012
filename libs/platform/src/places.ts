import type { Policy } from '@osm/resource';

/** What is short: a cloud that takes so many transfers at a time, a backend that takes so many steps. */
export interface Place {
  readonly kind: 'cloud' | 'backend';
  /** As people call it: `old`, `volume type ssd of old`. */
  readonly name: string;
}

export interface PlaceOrder {
  /** All of them, or none: whoever waits holds nothing, so nobody waits in a circle. */
  readonly places: readonly Place[];
  readonly priority: Policy['priority'];
  readonly signal: AbortSignal;
  /** Hears what is waited for, in words, whenever that changes. */
  waiting(what: string): void;
}

/** How many transfers and steps this process runs at a time with each cloud and backend. */
export interface Places {
  /**
   * Waits until all places are free, high priority first, then who came first; resolves to what gives them back. Rejects
   * with the signal's reason.
   */
  take(order: PlaceOrder): Promise<() => void>;
  /** So many for each of the kind from now on; undefined: any number. What runs already goes on. */
  limit(kind: Place['kind'], most: number | undefined): void;
}

interface Waiter {
  readonly order: PlaceOrder;
  readonly arrival: number;
  said: string;
  go(): void;
}

const rank: { readonly [priority in Policy['priority']]: number } = { high: 0, normal: 1, low: 2 };

const keyOf = ({ kind, name }: Place): string => `${kind} ${name}`;

export const openPlaces = (): Places => {
  const limits = new Map<Place['kind'], number>();
  const taken = new Map<string, number>();
  const waiters: Waiter[] = [];
  let arrivals = 0;

  const takenOf = (place: Place): number => taken.get(keyOf(place)) ?? 0;
  const isFull = (place: Place): boolean => takenOf(place) >= (limits.get(place.kind) ?? Infinity);
  const occupy = (places: readonly Place[], by: 1 | -1): void => {
    for (const place of places) {
      const count = takenOf(place) + by;
      if (count === 0) taken.delete(keyOf(place));
      else taken.set(keyOf(place), count);
    }
  };
  const leave = (waiter: Waiter): void => void waiters.splice(waiters.indexOf(waiter), 1);

  const look = (): void => {
    for (const waiter of [...waiters]) {
      const full = waiter.order.places.find(isFull);
      if (full === undefined) {
        leave(waiter);
        occupy(waiter.order.places, 1);
        waiter.go();
      } else {
        const what = wordsOf(full, takenOf(full));
        if (waiter.said !== what) waiter.order.waiting(what);
        waiter.said = what;
      }
    }
  };

  const queue = (waiter: Waiter): void => {
    waiters.push(waiter);
    waiters.sort((a, b) => rank[a.order.priority] - rank[b.order.priority] || a.arrival - b.arrival);
    look();
  };

  const take = ({ places, ...order }: PlaceOrder): Promise<() => void> => {
    // One cloud at both ends is one place.
    const different = [...new Map(places.map((place) => [keyOf(place), place])).values()];
    return new Promise((resolve, reject) => {
      const giveBack = (): void => {
        occupy(different, -1);
        look();
      };
      const abort = (): void => {
        leave(waiter);
        reject(order.signal.reason as Error);
        look();
      };
      const go = (): void => {
        order.signal.removeEventListener('abort', abort);
        resolve(once(giveBack));
      };
      const waiter: Waiter = { order: { ...order, places: different }, arrival: arrivals++, said: '', go };
      if (order.signal.aborted) {
        reject(order.signal.reason as Error);
        return;
      }
      order.signal.addEventListener('abort', abort, { once: true });
      queue(waiter);
    });
  };

  return {
    take,
    limit: (kind, most) => {
      if (most === undefined) limits.delete(kind);
      else limits.set(kind, most);
      look();
    },
  };
};

const wordsOf = ({ kind, name }: Place, count: number): string => {
  const runs = count === 1 ? 'is running' : 'are running';
  return kind === 'cloud'
    ? `a place: ${count} ${count === 1 ? 'transfer' : 'transfers'} with cloud ${name} ${runs}`
    : `a place: ${count} ${count === 1 ? 'step' : 'steps'} on ${name} ${runs}`;
};

/** Whoever gives back twice gives back once. */
const once = (work: () => void): (() => void) => {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
};
