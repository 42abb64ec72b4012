import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const root = path.resolve(import.meta.dirname, '../../..');
const main = path.join(import.meta.dirname, 'main.ts');

/** What bash offers after these words and Tab, with the completion that the program writes. */
const offered = async (...words: readonly string[]): Promise<readonly string[]> => {
  const script = `
    openstack-migrate() { "$NODE" --import "$LOADER" "$MAIN" "$@"; }
    compopt() { :; }
    source <(openstack-migrate complete bash)
    COMP_WORDS=(openstack-migrate "$@")
    COMP_CWORD=$#
    _openstack_migrate
    printf '%s\\n' "\${COMPREPLY[@]}"
  `;
  const { stdout } = await promisify(execFile)('bash', ['--noprofile', '--norc', '-c', script, 'bash', ...words], {
    cwd: root,
    env: {
      ...process.env,
      NODE: process.execPath,
      LOADER: path.join(root, 'tools/osm-loader.mjs'),
      MAIN: main,
    },
  });
  return stdout
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
};

const told = async (...argv: readonly string[]): Promise<string> => {
  const args = ['--import', path.join(root, 'tools/osm-loader.mjs'), main, ...argv];
  return (await promisify(execFile)(process.execPath, args, { cwd: root })).stdout;
};

describe('completion by Tab', { timeout: 60_000 }, () => {
  it('offers commands in bash', async () => {
    expect(await offered('star')).toEqual(['start', 'start-batch']);
    expect(await offered('token', '')).toEqual(['create', 'list', 'revoke']);
  });

  it('offers options in bash, and what they may be', async () => {
    expect(await offered('fidelity', '--ver')).toEqual(['--verdict']);
    expect(await offered('fidelity', '--verdict', 'im')).toEqual(['impossible']);
    expect(await offered('list', '-f', '')).toEqual(['table', 'json', 'yaml']);
    expect(await offered('start', '--resource-type', 'security-group')).toEqual([
      'security-group',
      'security-group-rule',
    ]);
  });

  it('runs nothing of what stands on the line', async () => {
    const file = path.join(tmpdir(), `osm-complete-${process.pid}`);
    await offered('start', `$(touch ${file})`, '--res');
    expect(existsSync(file)).toBe(false);
  });

  it('leaves files to the shell', async () => {
    expect(await told('complete', '--', '--config', '')).toBe(':0\n');
    expect(await told('complete', '--', 'events', 'verify', './a')).toBe(':0\n');
  });

  it.each(['bash', 'zsh', 'fish'])('is written for %s', async (shell) => {
    const script = await told('complete', shell);
    expect(script).toContain('openstack-migrate complete --');
  });

  it('is written for no shell that nobody knows', async () => {
    await expect(told('complete', 'abacus')).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('abacus is no shell that is known'),
    });
  });
});
