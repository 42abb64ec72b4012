/**
 * How vite builds the page, and serves it while it is worked on: `npx vite -c tools/page.vite.mjs` beside a gateway.
 */
import react from '@vitejs/plugin-react';
import path from 'node:path';
import { defineConfig } from 'vite';
import { osmEntry, osmImport, root } from './osm-imports.mjs';

/** Where the API is, while the page is worked on. */
const gateway = process.env['OSM_GATEWAY'] ?? 'http://127.0.0.1:8808';

/** All that the page needs lies beside it, for it is served where nothing else can be reached. */
export default defineConfig({
  root: path.join(root, 'apps/dashboard'),
  plugins: [react()],
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
