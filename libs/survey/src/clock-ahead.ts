/**
 * Seconds by which the cloud's clock is ahead of ours, from the `Date` of an answer that was asked for and came between two
 * readings of ours, in milliseconds. A `Date` has whole seconds, so whatever may be the same time is 0; undefined where the
 * cloud does not tell its time, as Keystone and Octavia do behind some servers.
 */
export const clockAhead = (date: string | undefined, beganMs: number, endedMs: number): number | undefined => {
  const told = Date.parse(date ?? '');
  if (Number.isNaN(told)) return undefined;
  // The cloud's true time is within this second.
  if (told > endedMs) return Math.floor((told - endedMs) / 1000);
  if (told + 1000 < beganMs) return -Math.floor((beganMs - told - 1000) / 1000) || 0;
  return 0;
};
