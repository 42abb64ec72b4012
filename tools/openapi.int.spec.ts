import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { expect, it } from 'vitest';

it("the API client's types and operations are those of the committed document", { timeout: 120_000 }, () => {
  const program = path.join(import.meta.dirname, 'openapi.mjs');
  const { status, stderr } = spawnSync(process.execPath, [program, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
