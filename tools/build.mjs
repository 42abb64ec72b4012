/**
 * Bundles apps: `node tools/build.mjs` for all, `node tools/build.mjs apps/cli` for one. An app starts with
 * dist/apps/<app>/main.js.
 *
 * Everything is bundled, because a bundle starts two to three times faster than the same program out of node_modules. The
 * page is no program: vite builds it, beside the apps.
 */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { build as buildWithVite } from 'vite';
import { osmEntry, osmImport, root } from './osm-imports.mjs';
import { outside } from './outside.mjs';

const dist = path.join(root, 'dist');

/** The one rule for `@osm/...`, told to rolldown. */
const osmImports = {
  name: 'osm-imports',
  resolveId: {
    filter: { id: osmImport },
    handler: (/** @type {string} */ id) => id.replace(osmImport, osmEntry),
  },
};

const entry = /^entry:/;

/** The one app that runs in a browser. */
const page = 'apps/dashboard';

/** @param {string} app */
const mainOf = (app) => path.join(root, app, 'src/main.ts');

/**
 * What an app's main.js holds. A Node that is too old must end with a sentence, and would end with a crash in the middle of
 * what the app imports: so the app is imported after the question.
 *
 * @param {string} app
 */
const entryCode = (app) => `
if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    'cannot start ${app}: it needs Node.js 24 and this is ' + process.versions.node +
      '. Start it by its npm script, for npm brings Node.js 24 along, or install Node.js 24.',
  );
  process.exit(1);
}
await import(${JSON.stringify(mainOf(app))});
`;

const entries = {
  name: 'entries',
  resolveId: { filter: { id: entry }, handler: (/** @type {string} */ id) => id },
  load: { filter: { id: entry }, handler: (/** @type {string} */ id) => entryCode(id.replace(entry, '')) },
};

/**
 * Deletes what an earlier build left in a folder of `dist`, and this one did not write. What belongs to the page, its own build
 * clears.
 *
 * @param {string} folder
 * @param {ReadonlySet<string>} written
 */
async function sweep(folder, written) {
  if (!existsSync(path.join(dist, folder))) return;
  const found = await readdir(path.join(dist, folder), { recursive: true, withFileTypes: true });
  const files = found.filter((each) => each.isFile()).map((each) => path.join(each.parentPath, each.name));
  const ofPage = `${path.join(dist, page)}${path.sep}`;
  const stale = files.filter((file) => !written.has(file) && !file.startsWith(ofPage));
  await Promise.all(stale.map((file) => rm(file)));
}

/**
 * Apps built together share their chunks: many times faster than one by one, and a tenth of the size.
 *
 * @param {readonly string[]} apps for example `apps/cli`
 * @param {{ chunks: string, sweeps: readonly string[] }} folders where shared and late parts go, and what to clear of old files
 */
async function build(apps, { chunks, sweeps }) {
  const started = performance.now();
  const bundle = await rolldown({
    input: Object.fromEntries(apps.map((app) => [`${app}/main`, `entry:${app}`])),
    cwd: root,
    platform: 'node',
    external: (id) => id.startsWith('node:') || outside.test(id),
    plugins: [osmImports, entries],
    tsconfig: path.join(root, 'tsconfig.base.json'),
  });
  const appOf = new Map(apps.map((app) => [mainOf(app), app]));
  const { output } = await bundle.write({
    dir: dist,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: ({ facadeModuleId }) => {
      const app = appOf.get(facadeModuleId ?? '');
      return app === undefined ? `${chunks}/[name]-[hash].js` : `${app}/app.js`;
    },
  });
  await bundle.close();
  const written = new Set(output.map((file) => path.join(dist, file.fileName)));
  for (const folder of sweeps) await sweep(folder, written);
  console.log(`built ${apps.join(' ')} in ${Math.round(performance.now() - started)} ms`);
}

async function buildPage() {
  const started = performance.now();
  await buildWithVite({ configFile: path.join(root, 'tools/page.vite.mjs'), logLevel: 'warn' });
  console.log(`built ${page} in ${Math.round(performance.now() - started)} ms`);
}

const hasPage = () => existsSync(path.join(root, page, 'src/main.tsx'));

const buildable = (/** @type {string} */ app) => existsSync(mainOf(app));

async function buildAll() {
  const names = existsSync(path.join(root, 'apps')) ? await readdir(path.join(root, 'apps')) : [];
  const apps = names.map((name) => `apps/${name}`).filter(buildable);
  if (apps.length > 0) await build(apps.sort(), { chunks: 'chunks', sweeps: ['apps', 'chunks'] });
  if (hasPage()) await buildPage();
}

const app = process.argv[2]?.replace(/\/+$/, '');
if (app === undefined) await buildAll();
else if (app === page && hasPage()) await buildPage();
else if (buildable(app)) await build([app], { chunks: app, sweeps: [app] });
else {
  console.error(`cannot build ${app}: there is no ${app}/src/main.ts`);
  process.exit(1);
}
