/**
 * The named members that have a value. Neutron answers null for these where nothing was set, and refuses null in a
 * request ("None is not a valid string"): to leave it out is how it is said.
 */
export const given = <T extends object, K extends keyof T>(
  from: T,
  ...names: readonly K[]
): { readonly [N in K]?: NonNullable<T[N]> } => {
  const members = names.filter((name) => from[name] != null).map((name) => [name, from[name]]);
  return Object.fromEntries(members) as { readonly [N in K]?: NonNullable<T[N]> };
};
