/**
 * Gives every project its targets, so that a project.json holds nothing but a name and tags.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { createNodesFromFiles } from '@nx/devkit';

/**
 * @param {string} command
 * @param {string[]} inputs
 * @param {string[]} [outputs]
 */
const target = (command, inputs, outputs = []) => ({
  executor: 'nx:run-commands',
  options: { command },
  cache: true,
  inputs,
  outputs,
});

/**
 * @param {string} root for example `libs/kernel`
 * @param {string} workspace
 */
function targetsOf(root, workspace) {
  const all = ['default', '^production'];
  return {
    typecheck: target(`tsc --noEmit -p ${root}/tsconfig.json`, all),
    lint: target(`eslint --max-warnings 0 ${root}`, all),
    // The slash at the end keeps `libs/event-log` from running the tests of `libs/event-log-jetstream` too.
    test: target(`vitest run ${root}/ --passWithNoTests`, all),
    ...(['src/main.ts', 'src/main.tsx'].some((main) => existsSync(path.join(workspace, root, main))) && {
      build: target(`node tools/build.mjs ${root}`, ['production', '^production'], [`{workspaceRoot}/dist/${root}`]),
    }),
  };
}

/** @type {import('@nx/devkit').CreateNodesV2} */
export const createNodesV2 = [
  '{apps,libs}/**/project.json',
  (files, options, context) =>
    createNodesFromFiles(
      (file) => {
        const root = path.dirname(file);
        return { projects: { [root]: { root, targets: targetsOf(root, context.workspaceRoot) } } };
      },
      files,
      options,
      context,
    ),
];
