import { globSync } from 'node:fs';
import path from 'node:path';
import { ESLint } from 'eslint';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from './osm-imports.mjs';

describe('the layer table', () => {
  let eslint: ESLint;

  /** What `npm run lint` would say if this line stood in the file: the whole configuration, with the real project graph. */
  async function refusals(file: string, line: string): Promise<string> {
    const [result] = await eslint.lintText(`${line}\n`, { filePath: path.join(root, file) });
    return (result?.messages ?? []).map((each) => each.message).join('\n');
  }

  beforeAll(async () => {
    eslint = new ESLint({
      cwd: root,
      // In CI the parser would take the file's text from the disk instead of the line given here.
      overrideConfig: { languageOptions: { parserOptions: { disallowAutomaticSingleRunInference: true } } },
    });
    await refusals('libs/kernel/src/index.ts', '');
  }, 120_000);

  it('lets a library import the layers below it', async () => {
    expect(await refusals('libs/contracts/src/index.ts', "export { isFailure } from '@osm/kernel';")).toBe('');
  });

  it('refuses a library of a layer that is not below', async () => {
    const said = await refusals('libs/kernel/src/index.ts', "export { eventTypes } from '@osm/event-log';");
    expect(said).toContain('"layer:kernel" cannot depend on any libs');
  });

  it('refuses another library by a relative path', async () => {
    const said = await refusals('libs/event-log/src/index.ts', "export * from '../../kernel/src/index.ts';");
    expect(said).toContain('cannot be imported by a relative');
  });

  it('refuses a package that the table gives to others', async () => {
    expect(await refusals('libs/kernel/src/index.ts', "export { z } from 'zod';")).toContain(
      'kernel may import from npm: nothing',
    );
  });

  it('refuses such a package also when it is imported late', async () => {
    const said = await refusals(
      'libs/contracts/src/index.ts',
      "export const nats = () => import('@nats-io/transport-node');",
    );
    expect(said).toContain('contracts may import from npm: zod');
  });

  it('covers every library and every app', () => {
    const entries = globSync(['libs/**/src/index.ts', 'apps/*/src/main.ts'], {
      cwd: root,
      exclude: ['**/node_modules/**'],
    });
    const without = entries.filter(
      (entry) => globSync('../project.json', { cwd: path.join(root, path.dirname(entry)) }).length === 0,
    );
    expect(without).toEqual([]);
  });
});
