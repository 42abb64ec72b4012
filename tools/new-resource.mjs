/**
 * The texts of a new resource type: its handler, its fixture and its line in the list of its service. They pass the laws as
 * they are; what the cloud really answers goes into them next.
 */

/** @param {string} type `security-group-rule` → `securityGroupRule` */
export const camelCase = (type) => type.replace(/-(.)/g, (_, letter) => letter.toUpperCase());

const snakeCase = (/** @type {string} */ type) => type.replaceAll('-', '_');

const plural = (/** @type {string} */ word) => (/[^aeiou]y$/.test(word) ? `${word.slice(0, -1)}ies` : `${word}s`);

/**
 * @param {string} service the library's folder in libs/resources, which is the OpenStack service's type
 * @param {string} type as people type it
 */
export const handlerText = (service, type) => `\
import { defineResource, madeByTheCloud, pick } from '@osm/resource';
import { project } from '${service === 'identity' ? './project.ts' : '@osm/resources/identity'}';
import { z } from 'zod';

/** One sentence: what it is, and what of it surprises. */
export const ${camelCase(type)} = defineResource({
  type: '${type}',
  summary: 'One sentence: what it is.',
  api: {
    service: '${service}',
    path: '/${plural(type)}',
    one: '${snakeCase(type)}',
    many: '${snakeCase(plural(type))}',
    update: 'PUT',
  },

  source: z.object({
    id: z.string(),
    project_id: z.string(),
    name: z.string(),
    description: z.string(),
  }),

  needs: {
    project: { of: project, id: (s) => s.project_id, owner: true },
  },

  filters: ['project_id'],

  create: (s, to) => ({
    project_id: to.project,
    ...pick(s, 'name', 'description'),
  }),

  adopt: { marker: 'description' },

  drop: {
    id: madeByTheCloud.id,
  },
});
`;

/** @param {string} type */
export const fixtureText = (type) => `\
import type { Fixture } from '@osm/testing/resource-contract';

const full = {
  id: '${type}-1',
  project_id: 'project-1',
  name: 'a name',
  description: 'a description',
};

/** Answers of a real cloud, and what is made of them. */
export const ${camelCase(type)}Fixture: Fixture = {
  minimal: { ...full, name: '', description: '' },
  full,
  needs: [{ name: 'project', type: 'project', id: 'project-1' }],
  body: { project_id: 'twin-of-project-project-1', name: 'a name', description: 'a description' },
  traps: [{ ...full, id: '${type}-2', project_id: 'twin-of-project-project-2' }],
};
`;

/** @param {string} service */
export const emptyIndexText = (service) => `\
import type { Resource } from '@osm/resource';

export {};

/** The resource types of ${service}, in an order in which they can be made. */
export const ${camelCase(service)}Resources: readonly Resource[] = [];
`;

/**
 * The service's index.ts with one type more: imported, exported, and last in the list.
 *
 * @param {string} index
 * @param {string} type
 */
export function withType(index, type) {
  const name = camelCase(type);
  const imported = `import { ${name} } from './${type}.ts';`;
  if (index.includes(imported)) throw new Error(`${type} is in the list already`);
  const exports = /^export \{([^}]*)\};$/m;
  const list = /^(export const \w+Resources\b[^=]*= \[)([^\]]*)\]/m;
  if (!exports.test(index) || !list.test(index)) {
    throw new Error('index.ts lacks `export { ... };` or `export const ...Resources = [...]`: add the type by hand');
  }
  const also = (/** @type {string} */ names) =>
    [
      ...names
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean),
      name,
    ].join(', ');
  const lastImport = [...index.matchAll(/^import .*;$/gm)].at(-1);
  const end = lastImport === undefined ? 0 : lastImport.index + lastImport[0].length;
  return `${index.slice(0, end)}\n${imported}${index.slice(end)}`
    .replace(exports, (_, names) => `export { ${also(names)} };`)
    .replace(list, (_, head, names) => `${head}${also(names)}]`);
}
