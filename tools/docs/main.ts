/**
 * Writes docs/reference from the code: `npm run docs`. With `--check` it writes nothing and fails where a page is not
 * what the code says.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '@osm/kernel';
import { format } from 'prettier';
import { commandsPage } from '../../apps/cli/src/commands-page.ts';
import { apiPage } from './api-page.ts';
import { configPage } from './config-page.ts';
import { eventsPage } from './events-page.ts';
import { requestsPage } from './requests-page.ts';
import { resourcesPage } from './resources-page.ts';

const root = path.resolve(import.meta.dirname, '../..');
const document = await readFile(path.join(root, 'libs/api-client/openapi.json'), 'utf8');
const pages = {
  'docs/reference/api.md': apiPage(JSON.parse(document) as JsonObject),
  'docs/reference/commands.md': commandsPage(),
  'docs/reference/config.md': configPage(),
  'docs/reference/events.md': eventsPage(),
  'docs/reference/requests.md': requestsPage(),
  'docs/reference/resources.md': await resourcesPage(),
};

const written = async (file: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
};

const stale: string[] = [];
for (const [name, text] of Object.entries(pages)) {
  const file = path.join(root, name);
  const wanted = await format(text, { parser: 'markdown', printWidth: 120, singleQuote: true });
  if ((await written(file)) === wanted) continue;
  stale.push(name);
  if (process.argv.includes('--check')) continue;
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, wanted);
}

if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}. Run npm run docs and commit what it writes.`);
  process.exitCode = 1;
} else {
  console.log(stale.length === 0 ? 'docs/reference is fresh' : `wrote ${stale.join(', ')}`);
}
