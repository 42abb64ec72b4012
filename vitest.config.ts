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

/** The page in a real browser, before the all-in-one. */
const browser = { ...e2e, include: ['e2e/browser/**/*.spec.ts'], testTimeout: 120_000 };

/** Each fault has a process of its own, and two of them the machine. */
const faults = {
  include: ['e2e/faults/*.spec.ts'],
  globalSetup: ['e2e/build-apps.ts'],
  testTimeout: 300_000,
  hookTimeout: 300_000,
};

/** Journeys that bring their own fake clouds: between real ones they would prove nothing more. */
const onFakesOnly = ['crash', 'kill-sample', 'secrets', 'recover', 'no-bytes-on-disk', 'cancel-and-roll-back'];

const lab = { ...e2e, env: { OSM_E2E_CLOUDS: 'lab' } };

// `vitest run --mode e2e` runs the journeys between fake clouds, `--mode lab` between real ones; `--mode kills` kills every
// process in turn while a project moves between these.
const settingsOf = (mode: string) => {
  switch (mode) {
    case 'e2e':
      return { ...e2e, env: { OSM_E2E_CLOUDS: 'fake' } };
    case 'lab':
      return lab;
    case 'kills':
      return { ...lab, include: ['e2e/lab/kills.spec.ts'] };
    case 'browser':
      return browser;
    case 'faults':
      return faults;
    default:
      return unit;
  }
};

const left = (mode: string): readonly string[] => {
  if (mode === 'kills') return [];
  if (mode !== 'lab') return ['e2e/lab/**'];
  return ['e2e/lab/kills.spec.ts', ...onFakesOnly.map((name) => `e2e/journeys/${name}.spec.ts`)];
};

export default defineConfig(({ mode }) => ({
  resolve: { alias: [{ find: osmImport, replacement: osmEntry }] },
  test: {
    exclude: ['**/node_modules/**', 'dist/**', ...left(mode)],
    pool: 'forks',
    maxWorkers: 2,
    restoreMocks: true,
    unstubEnvs: true,
    ...settingsOf(mode),
  },
}));
