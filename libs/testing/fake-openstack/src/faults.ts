import type { Json } from './frame.ts';

/**
 * What goes wrong: an answer instead of the service's, a connection reset before handling, a reset after handling (the
 * effect happened, the caller never hears), a delay before handling, or what the test does itself meanwhile.
 */
export type FaultAction =
  | { readonly status: number; readonly body?: Json; readonly headers?: Readonly<Record<string, string>> }
  | 'reset'
  | 'commit-then-reset'
  | { readonly delayMs: number }
  | WrongAnswer
  | Retouch
  | EchoingAnswer
  | Interlude;

/** The request takes effect, and its caller is told that it was in vain: a gateway in between broke or lost its patience. */
export interface WrongAnswer {
  readonly instead: number;
  /** The answer leaves at once, and the effect comes so many milliseconds later; absent: the effect is there already. */
  readonly effectAfterMs?: number;
}

/** Nothing is done, and the refusal quotes what it was sent, headers, token and body, as careless services do. */
export interface EchoingAnswer {
  readonly echo: number;
}

/** The cloud shows something else than what is so: a state that it would have to be broken for. */
export interface Retouch {
  /** What is shown of a good answer's body; undefined: as it is. */
  readonly retouch: (body: Readonly<Record<string, unknown>>) => object | undefined;
}

/** What a test does while a request is at the cloud; handling and answer wait for it. */
export interface Interlude {
  /** Before anything is done. Where it answers `reset` the connection breaks and nothing is done, else all goes on. */
  readonly before?: (request: MetRequest) => void | 'reset' | Promise<void | 'reset'>;
  /**
   * While its body comes in, once so many bytes of it are there; for routes that read their body as a stream. Where it answers
   * `reset` the connection breaks, and what was still on its way is lost.
   */
  readonly during?: { readonly byte: number; act(request: MetRequest): void | 'reset' | Promise<void | 'reset'> };
  /** After all is done and before the answer leaves. */
  readonly after?: (request: MetRequest) => void | Promise<void>;
}

/** A request that a fault has met. */
export interface MetRequest {
  readonly method: string;
  /** The full path, without query. */
  readonly path: string;
}

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
