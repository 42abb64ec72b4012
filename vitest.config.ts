import { defineConfig } from 'vitest/config';
import { osmEntry, osmImport } from './tools/osm-imports.mjs';

/** Next to the code: `*.spec.ts` needs nothing, `*.int.spec.ts` servers on loopback. */
const unit = { include: ['{libs,apps,tools}/**/*.spec.ts'], testTimeout: 20_000, hookTimeout: 30_000 };

/** Journeys of whole programs: one at a time, for each wants the machine for itself. */
const e2e = {
  include: ['e2e/{journeys,lab}/**/*.spec.ts'],
  globalSetup: ['e2e/build-apps.ts'],
  testTimeout: 600_000,
  hookTimeout: 300_000,
  fileParallelism: false,
};

/** Each fault has a process of its own, and two of them the machine. */
const faults = {
  include: ['e2e/faults/*.spec.ts'],
  globalSetup: ['e2e/build-apps.ts'],
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

const settingsOf = (mode: string) => {
  if (mode === 'faults') return faults;
  if (mode === 'e2e' || mode === 'lab') return { ...e2e, env: { OSM_E2E_CLOUDS: mode === 'lab' ? 'lab' : 'fake' } };
  return unit;
};

// `vitest run --mode e2e` runs the journeys between fake clouds, `--mode lab` between real ones.
export default defineConfig(({ mode }) => ({
  resolve: { alias: [{ find: osmImport, replacement: osmEntry }] },
  test: {
    // Crashes are for fake clouds: the real ones would only make them slow. What is in `e2e/lab` wants its seed.
    exclude: ['**/node_modules/**', 'dist/**', mode === 'lab' ? 'e2e/journeys/crash.spec.ts' : 'e2e/lab/**'],
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    ...settingsOf(mode),
  },
}));
