/**
 * Bundles the simulation, as it is or with one bug in it. The bug is a change to the text of one source file, made while the
 * bundle is made: no code that ships knows of it.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { rolldown } from 'rolldown';
import { osmEntry, osmImport, root } from './osm-imports.mjs';

/** @typedef {import('../libs/testing/simulation/src/mutants.ts').Mutant} Mutant */

const folder = path.join(root, 'libs/testing/simulation/src');

/** Where bundles are kept: within node_modules, so that they find their packages. */
const cache = path.join(root, 'node_modules/.cache/osm-simulation');

/**
 * The text of a file with a bug in it.
 *
 * @param {Mutant} mutant
 * @param {string} text
 */
export function mutated({ name, file, find, replace }, text) {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`bug ${name}: its text stands ${times} times in ${file}, not once`);
  return text.replace(find, () => replace);
}

/**
 * Makes the bundle and answers its file.
 *
 * @param {Mutant} [mutant]
 */
export async function buildSimulation(mutant) {
  const target = mutant === undefined ? undefined : path.join(root, mutant.file);
  let isMutated = target === undefined;
  const bundle = await rolldown({
    input: { seeds: path.join(folder, 'seeds.ts') },
    cwd: root,
    platform: 'node',
    external: (id) =>
      !id.startsWith('.') && !path.isAbsolute(id) && !osmImport.test(id) && !/^(\0|@oxc-project\/)/.test(id),
    plugins: [
      {
        name: 'osm-imports',
        resolveId: {
          filter: { id: osmImport },
          handler: (/** @type {string} */ id) => id.replace(osmImport, osmEntry),
        },
      },
      {
        name: 'bug',
        async load(/** @type {string} */ id) {
          if (mutant === undefined || id !== target) return null;
          isMutated = true;
          return mutated(mutant, await readFile(id, 'utf8'));
        },
      },
    ],
    tsconfig: path.join(root, 'tsconfig.base.json'),
  });
  const dir = path.join(cache, mutant?.name ?? 'sound');
  await bundle.write({ dir, format: 'esm', entryFileNames: '[name].js', sourcemap: true });
  await bundle.close();
  if (!isMutated) throw new Error(`bug ${mutant?.name}: the simulation does not run ${mutant?.file}`);
  return path.join(dir, 'seeds.js');
}
