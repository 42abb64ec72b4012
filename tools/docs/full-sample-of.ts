import { glob } from 'node:fs/promises';
import path from 'node:path';
import type { Resource } from '@osm/resource';
import type { Fixture } from '@osm/testing/resource-contract';

const folder = path.resolve(import.meta.dirname, '../../libs/resources');

/** The resource with everything set that the fixture of its type holds. A type without a fixture is an error. */
export const fullSampleOf = async ({ type }: Pick<Resource, 'type'>): Promise<Fixture['full']> => {
  const name = `${type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())}Fixture`;
  for await (const file of glob(`*/src/**/${type}.fixture.ts`, { cwd: folder })) {
    const fixtures = (await import(path.join(folder, file))) as { readonly [name: string]: Fixture | undefined };
    const fixture = fixtures[name];
    if (fixture !== undefined) return fixture.full;
  }
  throw new Error(`no fixture of ${type}: write ${type}.fixture.ts beside it, exporting ${name}`);
};
