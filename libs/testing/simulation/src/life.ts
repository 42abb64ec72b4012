import type { Clock } from '@osm/kernel';
import type { Chance } from './chance.ts';
import type { Timeline } from './timeline.ts';

/** What happens to a process, as those who serve it must know. */
export type Fate =
  | { readonly kind: 'killed' }
  /** It stands still for so many milliseconds, and goes on as if nothing had been. */
  | { readonly kind: 'paused'; readonly for: number }
  /** It cannot reach the event log for so many milliseconds, but the clouds. */
  | { readonly kind: 'cut'; readonly for: number };

/**
 * One life of a process. What it waits for comes by `wake`: a dead one hears nothing any more, and leaves its promises open
 * for ever; one that stands still hears it afterwards, in any order.
 */
export class Life {
  isDead = false;
  /** Milliseconds that its clock is wrong by. */
  skew = 0;
  #pausedUntil = -1;
  #cutUntil = 0;
  readonly #hearers = new Set<(fate: Fate) => void>();

  constructor(
    readonly name: string,
    readonly timeline: Timeline,
    readonly chance: Chance,
  ) {}

  get isPaused(): boolean {
    return this.timeline.now <= this.#pausedUntil;
  }

  /** When it can talk to the log again; in the past where it can. */
  get cutUntil(): number {
    return this.#cutUntil;
  }

  /** Whether it would take work at this moment. */
  get isAwake(): boolean {
    return !this.isDead && !this.isPaused && this.timeline.now >= this.#cutUntil;
  }

  suffer(fate: Fate): void {
    const { now } = this.timeline;
    if (fate.kind === 'killed') this.isDead = true;
    if (fate.kind === 'paused') this.#pausedUntil = Math.max(this.#pausedUntil, now + fate.for);
    if (fate.kind === 'cut') this.#cutUntil = Math.max(this.#cutUntil, now + fate.for);
    for (const hear of [...this.#hearers]) hear(fate);
  }

  /** Those who gave it a lease hear of its fate. */
  onFate(hear: (fate: Fate) => void): () => void {
    this.#hearers.add(hear);
    return () => void this.#hearers.delete(hear);
  }

  /** Has the process hear something, now or when it goes on. */
  wake(hear: () => void): void {
    if (this.isDead) return;
    if (!this.isPaused) return hear();
    this.timeline.after(this.#pausedUntil - this.timeline.now + 1 + this.chance.below(20), () => this.wake(hear));
  }

  /** The same, so many milliseconds from now. */
  wakeAfter(milliseconds: number, hear: () => void): () => void {
    return this.timeline.after(milliseconds, () => this.wake(hear));
  }

  /**
   * A lost lease, heard of before anything that was under way when the process stood still: a request that changes something
   * waits for its timers.
   */
  wakeFirst(hear: () => void): void {
    if (this.isDead) return;
    if (!this.isPaused) return hear();
    this.timeline.after(this.#pausedUntil - this.timeline.now, () => this.isDead || hear());
  }

  /** The process's clock, in virtual time. */
  get clock(): Clock {
    return {
      now: () => new Date(this.timeline.now + this.skew),
      sleep: (milliseconds, signal) =>
        new Promise((resolve, reject) => {
          if (signal?.aborted === true) return reject(signal.reason as Error);
          const abort = (): void => {
            takeBack();
            reject(signal?.reason as Error);
          };
          const takeBack = this.wakeAfter(milliseconds, () => {
            signal?.removeEventListener('abort', abort);
            resolve();
          });
          signal?.addEventListener('abort', abort, { once: true });
        }),
    };
  }
}
