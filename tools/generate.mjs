/**
 * `npm run generate -- resource <service> <type>` writes a new resource type: handler, fixture, the line in the list.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { services } from '../libs/resource/src/service.ts';
import { emptyIndexText, fixtureText, handlerText, withType } from './new-resource.mjs';
import { root } from './osm-imports.mjs';

/** @param {string} reason @returns {never} */
function refuse(reason) {
  console.error(
    `${reason}\nusage: npm run generate -- resource <service> <type>, with a service of: ${services.join(', ')}`,
  );
  process.exit(2);
}

/**
 * @param {string} file
 * @param {string} text
 */
async function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
  console.log(`wrote ${path.relative(root, file)}`);
}

const [what, service = '', type = ''] = process.argv.slice(2);
if (what !== 'resource') refuse(`cannot generate "${what ?? ''}"`);
if (!services.some((each) => each === service)) refuse(`there is no service "${service}"`);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(type))
  refuse(`"${type}" is no name of a type: lower case, words joined by "-"`);

const folder = path.join(root, 'libs/resources', service);
const handler = path.join(folder, `src/${type}.ts`);
if (existsSync(handler)) refuse(`${path.relative(root, handler)} exists already`);

const index = path.join(folder, 'src/index.ts');
if (!existsSync(index)) {
  await write(
    path.join(folder, 'project.json'),
    JSON.stringify({ name: `resources-${service}`, tags: ['layer:resources'] }),
  );
  await write(
    path.join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.base.json', include: ['src'] }),
  );
}
const list = existsSync(index) ? readFileSync(index, 'utf8') : emptyIndexText(service);
await write(handler, handlerText(service, type));
await write(path.join(folder, `src/${type}.fixture.ts`), fixtureText(type));
await write(index, withType(list, type));
console.log('Next: put what a real cloud answers into both, and let the laws tell what is missing.');
