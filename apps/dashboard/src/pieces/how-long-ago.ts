const units: readonly (readonly [seconds: number, one: string, many: string])[] = [
  [365 * 86_400, 'year', 'years'],
  [30 * 86_400, 'month', 'months'],
  [86_400, 'day', 'days'],
  [3600, 'h', 'h'],
  [60, 'min', 'min'],
  [1, 's', 's'],
];

/** In words, from what the clock says now: `3 min ago`, `in 2 h`. Within five seconds it is `now`, for clocks differ. */
export const howLongAgo = (at: Date, now: Date): string => {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 5) return 'now';
  const [size, one, many] = units.find(([each]) => distance >= each) ?? [1, 's', 's'];
  const count = Math.trunc(distance / size);
  const words = `${count} ${count === 1 ? one : many}`;
  return seconds < 0 ? `${words} ago` : `in ${words}`;
};
