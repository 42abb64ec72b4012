import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { CloudEntry } from './clouds-yaml.ts';
import { writeCloudsYaml } from './clouds-yaml.ts';

describe('a clouds.yaml', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clouds-yaml-'));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  const entry = (password: string): CloudEntry => ({
    auth: { auth_url: 'http://127.0.0.1:1/identity/v3', username: 'admin', password },
    region_name: 'RegionOne',
    identity_api_version: 3,
  });

  it.each(['plain', 'yes', '0123', 'it is: "odd" #1', "'", '', ' ', '\t*&!%@`'])(
    'keeps the password %j',
    async (password) => {
      const path = join(folder, 'deep', 'clouds.yaml');
      await writeCloudsYaml(path, [
        { name: 'one', entry: entry(password) },
        { name: 'two.dotted', entry: entry('other') },
      ]);
      expect(parse(await readFile(path, 'utf8'))).toEqual({
        clouds: { one: entry(password), 'two.dotted': entry('other') },
      });
    },
  );

  it('is readable by its owner only', async () => {
    const path = join(folder, 'clouds.yaml');
    await writeCloudsYaml(path, [{ name: 'one', entry: entry('secret') }]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
