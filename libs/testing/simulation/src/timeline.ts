import type { Chance } from './chance.ts';

/** What is to happen at some moment. */
interface Entry {
  readonly at: number;
  /** Decides between what is due at the same moment. */
  readonly tie: number;
  readonly number: number;
  run: (() => void) | undefined;
}

/** How a run of the timeline ended: its goal was reached, nothing was left to happen, or it took too long. */
export type RunEnd = 'reached' | 'nothing-left' | 'too-late';

const isBefore = (a: Entry, b: Entry): boolean =>
  a.at !== b.at ? a.at < b.at : a.tie !== b.tie ? a.tie < b.tie : a.number < b.number;

/**
 * Virtual time: nothing happens but what was entered here, one entry at a time, and between two of them all promises settle
 * that can. No real timer and no file is waited for: the event loop gets no turn at all, so what leaned on one would never
 * go on, and `nothing-left` would tell.
 */
export class Timeline {
  /** Milliseconds since 1970. */
  now = Date.UTC(2026, 0, 1);
  /** Entries that have happened. */
  happened = 0;
  readonly #heap: Entry[] = [];
  #entered = 0;

  constructor(private readonly chance: Chance) {}

  /** Has something happen so many milliseconds from now; returns what takes it back. */
  after(milliseconds: number, run: () => void): () => void {
    const entry: Entry = {
      at: this.now + Math.max(0, milliseconds),
      tie: this.chance.fraction(),
      number: this.#entered++,
      run,
    };
    this.#push(entry);
    return () => {
      entry.run = undefined;
    };
  }

  /** Lets time pass until a goal is reached, looked at after every entry. */
  run(isReached: () => boolean, latest: number): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      const turn = (): void => {
        try {
          if (isReached()) return resolve('reached');
          let entry = this.#pop();
          while (entry !== undefined && entry.run === undefined) entry = this.#pop();
          if (entry === undefined) return resolve('nothing-left');
          if (entry.at > latest) {
            this.#push(entry);
            this.now = Math.max(this.now, latest);
            return resolve('too-late');
          }
          this.now = Math.max(this.now, entry.at);
          this.happened += 1;
          entry.run?.();
        } catch (error) {
          return reject(error as Error);
        }
        // Node runs the next tick once no promise has anything to do any more.
        queueMicrotask(() => process.nextTick(turn));
      };
      process.nextTick(turn);
    });
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !isBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  #pop(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || !isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (isRight ? 2 : 1);
    }
    heap[at] = last;
    return first;
  }
}
