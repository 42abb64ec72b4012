/** Milliseconds within which the two clouds' clocks and a copy's own time may lie. */
const youngerMs = 60_000;

/**
 * Whether what differs from its original was written by somebody else: it is that much younger, and what we had written
 * last would be equal. `age` is in milliseconds, by one clock: the twin's last change less the original's.
 */
export const isSomebodyElses = (age: number): boolean => age > youngerMs;
