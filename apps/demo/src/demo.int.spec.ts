import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readCloudFile } from './cloud-file.ts';
import { isAlive } from './cloud-process.ts';

const root = path.resolve(import.meta.dirname, '../../..');

/** The last line of a demo with `--json`. */
const figuresOf = (said: string): unknown => JSON.parse(said.trimEnd().split('\n').at(-1) ?? '');

describe('npm run demo', { timeout: 120_000 }, () => {
  let checkout: string;
  const started: ChildProcess[] = [];

  const start = (program: string, ...argv: readonly string[]) => {
    const child = spawn(process.execPath, [path.join(root, program), ...argv], {
      cwd: checkout,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.push(child);
    const said = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (said.out += String(chunk)));
    child.stderr.on('data', (chunk) => (said.err += String(chunk)));
    /** Waits until it says this; fails at once, with its error, when it ends before. */
    const says = async (text: string): Promise<void> => {
      await expect.poll(() => said.out.includes(text) || child.exitCode !== null, { timeout: 100_000 }).toBe(true);
      expect(said.out, said.err).toContain(text);
    };
    return { child, said, says, ended: once(child, 'close').then(() => child.exitCode) };
  };
  const startDemo = () => start('dist/apps/demo/main.js', '--json');
  const cloudPid = async () => (await readCloudFile(path.join(checkout, '.demo')))?.pid ?? 0;

  beforeAll(async () => {
    checkout = root;
    const { said, ended } = start('tools/build.mjs', 'apps/demo');
    expect({ code: await ended, said: said.err }).toEqual({ code: 0, said: '' });
  }, 120_000);

  beforeEach(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'openstack-migrate-demo-'));
  });

  afterEach(async () => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    const pid = await cloudPid();
    if (pid !== 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
    rmSync(checkout, { recursive: true, force: true });
  });

  it('moves a tenant of all types, accounts for every attribute, writes nothing when it runs again, and ends its clouds', async () => {
    const { said, ended } = startDemo();
    await expect.poll(cloudPid, { timeout: 60_000 }).toBeGreaterThan(0);
    const clouds = await cloudPid();
    expect({ code: await ended, faults: said.out.match(/^not as it should be:.*/gm) }).toEqual({
      code: 0,
      faults: null,
    });
    const figures = { resources: expect.any(Number), seconds: expect.any(Number), unknown: 0, rerunWrites: 0 };
    expect(figuresOf(said.out)).toEqual(figures);
    expect(figuresOf(said.out)).toHaveProperty(
      'resources',
      expect.toSatisfy((count: number) => count >= 60),
    );
    expect(said.out).toMatch(/^Nothing is left over/m);
    expect(said.out).not.toContain('\u001b');
    expect(isAlive(clouds)).toBe(false);
    expect(existsSync(path.join(checkout, '.demo/clouds.json'))).toBe(false);
    // What it says to look at next can be looked at.
    const list = start('apps/cli/bin/openstack-migrate.js', '--config', '.demo/config.yaml', 'list', '-f', 'json');
    expect({ code: await list.ended, said: list.said.err }).toEqual({ code: 0, said: '' });
  });

  it('goes on where a killed one stopped, makes nothing twice and leaves nothing over', async () => {
    const killed = startDemo();
    await killed.says('20 resources done');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const { said, ended } = startDemo();
    expect({ code: await ended, faults: said.out.match(/^not as it should be:.*/gm) }).toEqual({
      code: 0,
      faults: null,
    });
    expect(said.out).toMatch(/^Going on with the clouds of an earlier demo/);
    expect(said.out).toMatch(/^going on with plan/m);
    expect(said.out).toMatch(/^Nothing is left over/m);
    expect(figuresOf(said.out)).toMatchObject({ unknown: 0, rerunWrites: 0 });
  });

  it('starts afresh, and says so, when the clouds are gone too', async () => {
    const killed = startDemo();
    await killed.says('Two OpenStack clouds run');
    killed.child.kill('SIGKILL');
    await killed.ended;
    const gone = await cloudPid();
    process.kill(gone, 'SIGKILL');
    await expect.poll(() => isAlive(gone)).toBe(false);
    const { said, says } = startDemo();
    await says('Two OpenStack clouds run');
    expect(said.out).toMatch(/^The clouds of an earlier demo are gone, .* starting afresh\.$/m);
    expect(await cloudPid()).not.toBe(gone);
  });
});
