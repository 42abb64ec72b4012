/**
 * The named members of a value, copied by presence and never by truth: `false`, `0`, `''`, `[]` and `null` are values;
 * only `undefined` (the API did not show it) is left out.
 */
export const pick = <T extends object, K extends keyof T>(from: T, ...names: readonly K[]): Partial<Pick<T, K>> => {
  const picked: Partial<Pick<T, K>> = {};
  for (const name of names) if (from[name] !== undefined) picked[name] = from[name];
  return picked;
};
