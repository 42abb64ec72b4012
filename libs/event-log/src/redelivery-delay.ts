const first = 100;
const longest = 60_000;

/**
 * Milliseconds to wait before something whose handler threw is delivered again: 100 ms, doubled each time, one minute
 * at most. `deliveries` counts the deliveries that failed so far, from 1.
 */
export const redeliveryDelay = (deliveries: number): number =>
  Math.min(first * 2 ** Math.min(deliveries - 1, 20), longest);
