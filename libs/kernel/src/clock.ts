/** Time as a port, so that tests own it. */
export interface Clock {
  now(): Date;
  /** Resolves after so many milliseconds, or rejects with the signal's reason when aborted first. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Randomness as a port. */
export interface Ids {
  /** A fresh UUID, version 4 in production. */
  next(): string;
}
