import path from 'node:path';
import { rolldown } from 'rolldown';
import { osmEntry, osmImport, root } from '../../tools/osm-imports.mjs';
import { outside } from '../../tools/outside.mjs';

/**
 * Bundles a program as `tools/build.mjs` does the apps, so that it weighs in memory what an app weighs: the compiler that
 * runs TypeScript files is no part of the product. Answers the file.
 */
export const bundle = async (program: string): Promise<string> => {
  const built = await rolldown({
    input: program,
    cwd: root,
    platform: 'node',
    external: (id) => id.startsWith('node:') || outside.test(id),
    plugins: [
      {
        name: 'osm-imports',
        resolveId: { filter: { id: osmImport }, handler: (id: string) => id.replace(osmImport, osmEntry) },
      },
    ],
    tsconfig: path.join(root, 'tsconfig.base.json'),
  });
  const file = path.join(root, 'dist/bench', `${path.basename(program, '.ts')}.js`);
  await built.write({ file, format: 'esm', codeSplitting: false });
  await built.close();
  return file;
};
