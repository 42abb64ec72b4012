/**
 * Lets Node run a TypeScript file that imports `@osm/...`: `node --import ./tools/osm-loader.mjs file.ts`. Node strips
 * types but knows no decorators, so this is for the pure libraries; what needs Nest is built first.
 */
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { osmEntry, osmImport } from './osm-imports.mjs';

registerHooks({
  resolve: (specifier, context, next) =>
    next(osmImport.test(specifier) ? pathToFileURL(specifier.replace(osmImport, osmEntry)).href : specifier, context),
});
