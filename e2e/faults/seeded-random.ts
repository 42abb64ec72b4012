/** Numbers that look random and are the same for the same seed. */
export const seededRandom = (seed: number) => (): number => {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
};

/** Another one for each run where OSM_E2E_SEED says so; what failed can be run again by its seed. */
export const seed = Number(process.env['OSM_E2E_SEED'] ?? 20_251_122);
