/** Tells how far something is, not more often than somebody can look. */
export interface Meter {
  readonly bytes: number;
  add(bytes: number): void;
  /** Tells the last value, if it was not told. */
  stop(): void;
}

/** Milliseconds between two values, at least. */
const pauseMs = 100;

export const openMeter = (told: (bytes: number) => void): Meter => {
  let bytes = 0;
  let toldBytes = -1;
  let toldMs = -Infinity;
  const tell = (): void => {
    if (toldBytes === bytes) return;
    toldBytes = bytes;
    told(bytes);
  };
  return {
    get bytes() {
      return bytes;
    },
    add: (more) => {
      bytes += more;
      const nowMs = performance.now();
      if (nowMs - toldMs < pauseMs) return;
      toldMs = nowMs;
      tell();
    },
    stop: tell,
  };
};
