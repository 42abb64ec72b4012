/**
 * How vite builds the page, and serves it while it is worked on: `npx vite -c tools/page.vite.mjs` beside a gateway.
 */
import react from '@vitejs/plugin-react';
import path from 'node:path';
import { defineConfig } from 'vite';
import { osmEntry, osmImport, root } from './osm-imports.mjs';

/** Where the API is, while the page is worked on. */
const gateway = process.env['OSM_GATEWAY'] ?? 'http://127.0.0.1:8808';

/** Names that are imported from the icons; types are none of them. */
const icons = /import \{([^}]*)\} from '@tabler\/icons-react';/g;

/**
 * Imports each icon from its own file: there are 6,000 of them, and reading all takes longer than building the rest.
 *
 * @type {import('vite').Plugin}
 */
const oneIconEach = {
  name: 'one-icon-each',
  enforce: 'pre',
  transform: {
    filter: { id: /\.tsx?$/, code: "from '@tabler/icons-react'" },
    handler: (code) =>
      code.replaceAll(icons, (_, /** @type {string} */ names) =>
        names
          .split(',')
          .map((name) => name.trim())
          .filter((name) => name !== '' && !name.startsWith('type '))
          .map((name) => `import ${name} from '@tabler/icons-react/dist/esm/icons/${name}.mjs';`)
          .join(' '),
      ),
  },
};

/** All that the page needs lies beside it, for it is served where nothing else can be reached. */
export default defineConfig({
  root: path.join(root, 'apps/dashboard'),
  plugins: [oneIconEach, react()],
  resolve: { alias: [{ find: osmImport, replacement: osmEntry }] },
  build: {
    outDir: path.join(root, 'dist/apps/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // The gateway's content policy refuses what is written into the page instead of beside it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: '127.0.0.1', proxy: { '/v1': gateway, '/docs': gateway } },
});
