/** Bytes that a step has moved: lossy, never part of the log. */
export interface Moved {
  readonly planId: string;
  readonly stepId: string;
  readonly bytes: number;
  readonly total: number | undefined;
}

/** Progress beside the log: whoever is not listening misses it, and nothing depends on it. */
export interface Telemetry {
  moved(report: Moved): void;
  /** Returns what ends the listening. */
  listen(hear: (report: Moved) => void): () => void;
}

/** Telemetry within one process. */
export const localTelemetry = (): Telemetry => {
  const listeners = new Set<(report: Moved) => void>();
  return {
    moved: (report) => listeners.forEach((hear) => hear(report)),
    listen: (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
  };
};
