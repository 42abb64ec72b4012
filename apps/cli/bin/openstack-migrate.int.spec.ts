import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** Stands for the built program: says that it runs, then does what its argument says. */
const program = `
  // Whoever reads that it runs may send it a signal at once.
  if (process.argv[2] === 'wait') {
    setInterval(() => {}, 1000);
    process.on('SIGTERM', () => { console.log('asked to end'); process.exit(7); });
  }
  console.log('running', process.argv[2]);
  if (process.argv[2] === 'exit') process.exitCode = 3;
  if (process.argv[2] === 'die') process.kill(process.pid, 'SIGKILL');
`;

/** Makes the first process, and only it, believe that its Node is too old. */
const tooOld = `data:text/javascript,${encodeURIComponent(
  "if (!process.env.OPENSTACK_MIGRATE_NODE) Object.defineProperty(process, 'versions', { value: { node: '18.20.4' } });",
)}`;

describe('npx openstack-migrate', () => {
  let checkout: string;
  const started: ChildProcess[] = [];

  const place = (file: string, text: string) => {
    mkdirSync(path.dirname(path.join(checkout, file)), { recursive: true });
    writeFileSync(path.join(checkout, file), text);
  };

  const bringNode = () => {
    mkdirSync(path.join(checkout, 'node_modules/.bin'), { recursive: true });
    symlinkSync(process.execPath, path.join(checkout, 'node_modules/.bin/node'));
  };

  const start = (argument: string, node: readonly string[] = []) => {
    const file = path.join(checkout, 'apps/cli/bin/openstack-migrate.js');
    const child = spawn(process.execPath, [...node, file, argument], { stdio: ['ignore', 'pipe', 'pipe'] });
    started.push(child);
    const said = { text: '' };
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said.text += String(chunk)));
    const ended = once(child, 'close').then(() => ({
      code: child.exitCode,
      signal: child.signalCode,
      said: said.text,
    }));
    return { child, said, ended };
  };

  beforeEach(() => {
    checkout = mkdtempSync(path.join(tmpdir(), 'openstack-migrate-bin-'));
    cpSync(
      path.join(import.meta.dirname, 'openstack-migrate.js'),
      path.join(checkout, 'apps/cli/bin/openstack-migrate.js'),
    );
    place('package.json', '{ "type": "module" }');
    place('dist/apps/cli/main.js', program);
  });

  afterEach(() => {
    for (const child of started.splice(0)) child.kill('SIGKILL');
    rmSync(checkout, { recursive: true, force: true });
  });

  it('runs the built program with the Node at hand when that is new enough', async () => {
    expect(await start('exit').ended).toMatchObject({ code: 3, said: 'running exit\n' });
  });

  it('names the remedy when the program is not built', async () => {
    rmSync(path.join(checkout, 'dist'), { recursive: true });
    const { code, said } = await start('exit').ended;
    expect(code).toBe(1);
    expect(said).toMatch(/^cannot start openstack-migrate: it is not built\. Run `npm run build` .*\n$/);
  });

  it('takes the Node of node_modules when the one at hand is too old, and ends as that ends', async () => {
    bringNode();
    expect(await start('exit', ['--import', tooOld]).ended).toMatchObject({ code: 3, said: 'running exit\n' });
    expect(await start('die', ['--import', tooOld]).ended).toMatchObject({ signal: 'SIGKILL' });
  });

  it('says in one line what to do when there is no new Node at all', async () => {
    const { code, said } = await start('exit', ['--import', tooOld]).ended;
    expect(code).toBe(1);
    expect(said).toMatch(/^cannot start openstack-migrate: it needs Node\.js 24 and this is 18\.20\.4\. .*npm ci.*\n$/);
  });

  it('passes a signal on to the second process', async () => {
    bringNode();
    const { child, said, ended } = start('wait', ['--import', tooOld]);
    await expect.poll(() => said.text, { timeout: 10_000 }).toContain('running wait');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 7, said: 'running wait\nasked to end\n' });
  });

  it('ends the second process when the first is killed', async () => {
    bringNode();
    const { child, said, ended } = start('wait', ['--import', tooOld]);
    await expect.poll(() => said.text, { timeout: 10_000 }).toContain('running wait');
    child.kill('SIGKILL');
    // The streams close only when the second process has ended too.
    expect(await ended).toMatchObject({ signal: 'SIGKILL', said: 'running wait\nasked to end\n' });
  });
});
