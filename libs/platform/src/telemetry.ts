/** Which step of which plan a report is about. */
export interface StepKey {
  readonly planId: string;
  readonly stepId: string;
}

/** Bytes that a step has moved: lossy, never part of the log. */
export interface Moved extends StepKey {
  readonly bytes: number;
  readonly total: number | undefined;
}

/** What a step waits for, in words, since when, and until when at most. */
export interface Waiting extends StepKey {
  readonly what: string;
  readonly since: Date;
  readonly until: Date | undefined;
}

/** The step is in nobody's hands any more: what was said of it before does not hold. */
export interface Ended extends StepKey {
  /** When it is to be tried again, where it is. */
  readonly again: Date | undefined;
}

/** Who listens to telemetry. */
export interface Listener {
  moved(report: Moved): void;
  waiting(report: Waiting): void;
  ended(report: Ended): void;
}

/** What happens beside the log: whoever is not listening misses it, and nothing depends on it. */
export interface Telemetry extends Listener {
  /** Tells first how each step stands, as far as this process knows. Returns what ends the listening. */
  listen(listener: Listener): () => void;
}

/** Telemetry within one process. */
export const localTelemetry = (): Telemetry => {
  const listeners = new Set<Listener>();
  // A step says once what it waits for, perhaps for hours: whoever comes later is told.
  const latest = new Map<string, (listener: Listener) => void>();
  const say = (step: StepKey, tell: (listener: Listener) => void): void => {
    latest.set(keyOf(step), tell);
    listeners.forEach(tell);
  };
  return {
    moved: (report) => say(report, (listener) => listener.moved(report)),
    waiting: (report) => say(report, (listener) => listener.waiting(report)),
    ended: (report) => {
      latest.delete(keyOf(report));
      listeners.forEach((listener) => listener.ended(report));
    },
    listen: (listener) => {
      listeners.add(listener);
      latest.forEach((tell) => tell(listener));
      return () => listeners.delete(listener);
    },
  };
};

const keyOf = ({ planId, stepId }: StepKey): string => `${planId} ${stepId}`;
