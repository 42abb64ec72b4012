/** Bytes that a step has moved: lossy, never part of the log. */
export interface Moved {
  readonly planId: string;
  readonly stepId: string;
  readonly bytes: number;
  readonly total: number | undefined;
}

/** What a step waits for, in words, and until when at most. */
export interface Waiting {
  readonly planId: string;
  readonly stepId: string;
  readonly what: string;
  readonly until: Date | undefined;
}

/** Who listens to telemetry. */
export interface Listener {
  moved(report: Moved): void;
  waiting(report: Waiting): void;
}

/** What happens beside the log: whoever is not listening misses it, and nothing depends on it. */
export interface Telemetry extends Listener {
  /** Returns what ends the listening. */
  listen(listener: Listener): () => void;
}

/** Telemetry within one process. */
export const localTelemetry = (): Telemetry => {
  const listeners = new Set<Listener>();
  return {
    moved: (report) => listeners.forEach((each) => each.moved(report)),
    waiting: (report) => listeners.forEach((each) => each.waiting(report)),
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
};
