/**
 * The one rule that turns `@osm/<library>` into a file, for the programs that do not read tsconfig.base.json.
 */
import path from 'node:path';

/** The workspace's root folder. */
export const root = path.resolve(import.meta.dirname, '..');

/** Matches the import of a library; its group is the library's folder in `libs/`. */
export const osmImport = /^@osm\/(.+)$/;

/** The library's entry; `$1` stands for the group of {@link osmImport}. */
export const osmEntry = path.join(root, 'libs/$1/src/index.ts');
