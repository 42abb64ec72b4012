import type { Json } from './frame.ts';

/**
 * What goes wrong: an answer instead of the service's, a connection reset before handling, a reset after handling (the
 * effect happened, the caller never hears), or a delay before handling.
 */
export type FaultAction =
  | { readonly status: number; readonly body?: Json; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'commit-then-reset'
  | { readonly delayMs: number };

/** A fault and the requests that it meets. Absent fields match all. */
export interface Fault {
  /** Prefix of the service: `network`. */
  readonly service?: string;
  readonly method?: string;
  /** Regular expression over the full path. */
  readonly path?: string | RegExp;
  /** How many requests it meets before it is spent; absent: all. */
  readonly times?: number;
  readonly action: FaultAction;
}

/** A fault as it stands now. */
export interface StandingFault extends Fault {
  readonly id: number;
  /** Requests met so far. */
  readonly met: number;
}

/** The faults of a cloud, added and removed while it runs. */
export class Faults {
  readonly #faults = new Map<number, StandingFault>();
  #last = 0;

  /** Adds a fault and answers its number. */
  add(fault: Fault): number {
    this.#last += 1;
    this.#faults.set(this.#last, { ...fault, id: this.#last, met: 0 });
    return this.#last;
  }

  /** Removes one fault; false when it is not there. */
  remove(id: number): boolean {
    return this.#faults.delete(id);
  }

  /** Removes all faults. */
  clear(): void {
    this.#faults.clear();
  }

  /** Standing faults, spent ones included until cleared. */
  list(): readonly StandingFault[] {
    return [...this.#faults.values()];
  }

  /** The actions of all faults that meet this request, in order of their adding; each is counted as met. */
  take(request: { readonly service: string; readonly method: string; readonly path: string }): readonly FaultAction[] {
    const met = this.list().filter((fault) => meets(fault, request));
    for (const fault of met) this.#faults.set(fault.id, { ...fault, met: fault.met + 1 });
    return met.map((fault) => fault.action);
  }
}

function meets(fault: StandingFault, request: { service: string; method: string; path: string }): boolean {
  if (fault.times !== undefined && fault.met >= fault.times) return false;
  if (fault.service !== undefined && fault.service !== request.service) return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== request.method) return false;
  return fault.path === undefined || new RegExp(fault.path).test(request.path);
}
