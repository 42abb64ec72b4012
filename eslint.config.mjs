import { createProjectGraphAsync } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { drivers, layers, specFiles, specPackages } from './tools/layers.mjs';

// The boundary rule reads the project graph from a cache, and where there is none it is skipped without failing. Making
// the graph here fills the cache, however ESLint was started.
const graph = await createProjectGraphAsync();

/** Every project with its folder and its row of the layer table, outer folders first. */
const projects = Object.values(graph.nodes)
  .map(({ name, data }) => {
    const tag = data.tags?.find((each) => each.startsWith('layer:'))?.slice('layer:'.length) ?? 'none';
    const layer = layers[tag];
    if (layer === undefined) throw new Error(`${data.root}/project.json: layer "${tag}" is not in tools/layers.mjs`);
    return { name, folder: data.root, layer };
  })
  .sort((a, b) => a.folder.length - b.folder.length);

/**
 * The rule about our own libraries.
 *
 * @param {(layer: import('./tools/layers.mjs').Layer) => readonly string[]} importable
 * @returns {import('eslint').Linter.RulesRecord}
 */
const onlyLayers = (importable) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    {
      // The demo shows the command line at work, in its own process.
      allow: ['../../cli/src/run.ts', '../../cli/src/io.ts'],
      // A library may be imported at once by one file and when needed by another: the command line starts faster so.
      checkDynamicDependenciesExceptions: ['.*'],
      depConstraints: Object.entries(layers).map(([name, layer]) => ({
        sourceTag: `layer:${name}`,
        onlyDependOnLibsWithTags: importable(layer).map((each) => `layer:${each}`),
      })),
    },
  ],
});

/**
 * The rule about packages: all are refused but these. ESLint knows static and dynamic imports by two rules.
 *
 * @param {string} where
 * @param {readonly string[]} packages
 * @returns {import('eslint').Linter.RulesRecord}
 */
const onlyPackages = (where, packages) => {
  const names = packages.map((name) => (name.endsWith('/*') ? name.slice(0, -1) : `${name}(/|$)`));
  const refused = `^(?!${['[.]', 'node:', '@osm/', ...names].join('|')})`;
  const message = `${where} may import from npm: ${packages.join(', ') || 'nothing'} (tools/layers.mjs)`;
  const dynamic = `ImportExpression > Literal[value=/${refused.replaceAll('/', '\\u002F')}/]`;
  return {
    'no-restricted-imports': ['error', { patterns: [{ regex: refused, message }] }],
    'no-restricted-syntax': ['error', { selector: dynamic, message }],
  };
};

export default defineConfig(
  { ignores: ['dist', '**/node_modules', '.nx', 'coverage', '**/corpus'] },
  {
    files: ['**/*.ts', '**/*.tsx', '**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.recommended],
    // The two packages describe the same rules by types of different libraries.
    plugins: { '@nx': /** @type {import('eslint').ESLint.Plugin} */ (/** @type {unknown} */ (nx)) },
    languageOptions: {
      // One program for the whole workspace, faster than one for each library; and one for the page.
      parserOptions: {
        project: ['./tsconfig.json', './apps/dashboard/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      // `x == null` asks for null and undefined at once.
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      // A promise that nobody waits for is an error that nobody sees.
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['it', 'describe'], package: 'vitest' }] },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      ...onlyLayers((layer) => layer.imports),
    },
  },
  ...projects.flatMap(({ name, folder, layer }) => {
    const packages = [...layer.npm, ...(drivers[folder] ?? [])];
    return [
      { files: [`${folder}/**/*.ts`, `${folder}/**/*.tsx`], rules: onlyPackages(name, packages) },
      {
        files: specFiles.map((pattern) => `${folder}/${pattern}`),
        rules: onlyPackages(`a spec of ${name}`, [...packages, ...specPackages]),
      },
    ];
  }),
  { files: specFiles, rules: onlyLayers(() => Object.keys(layers)) },
  { files: ['apps/dashboard/src/**/*.ts', 'apps/dashboard/src/**/*.tsx'], ...reactHooks.configs.flat.recommended },
);
