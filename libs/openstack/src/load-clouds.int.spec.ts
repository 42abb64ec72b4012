import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadClouds } from './load-clouds.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clouds-'));
});
afterEach(async () => {
  await rm(root, { recursive: true });
});

const write = async (path: string, text: string): Promise<string> => {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
};
const only = (name: string) => `clouds: {${name}: {auth: {auth_url: "http://h", username: u, project_id: p}}}`;
const load = (options: { file?: string; env?: { [name: string]: string } } = {}) =>
  loadClouds({ env: {}, cwd: join(root, 'work'), home: join(root, 'home'), ...options });

describe('clouds.yaml', () => {
  it('is the named one, else the environment’s, else that of the working directory, else the user’s', async () => {
    await write('home/.config/openstack/clouds.yaml', only('user'));
    expect((await load()).names).toEqual(['user']);
    await write('xdg/openstack/clouds.yml', only('xdg'));
    expect((await load({ env: { XDG_CONFIG_HOME: join(root, 'xdg') } })).names).toEqual(['xdg']);
    await write('work/clouds.yaml', only('work'));
    expect((await load()).names).toEqual(['work']);
    const env = { OS_CLIENT_CONFIG_FILE: await write('env.yaml', only('env')) };
    expect((await load({ env })).names).toEqual(['env']);
    await write('home/mine.yaml', only('named'));
    expect((await load({ env, file: '~/mine.yaml' })).names).toEqual(['named']);
  });

  it('is not replaced by another one when the named one is missing', async () => {
    await write('work/clouds.yaml', only('work'));
    const file = join(root, 'gone.yaml');
    await expect(load({ file })).rejects.toMatchObject({
      code: 'unreadable-clouds-file',
      message: `cannot find a clouds.yaml: there is none at ${file}.`,
    });
  });

  it('gets its secrets from the secure.yaml beside it, else from the usual places', async () => {
    const file = await write('etc/clouds.yaml', only('n'));
    await write('home/.config/openstack/secure.yaml', 'clouds: {n: {auth: {password: usual}}}');
    expect((await load({ file })).named('n').credential).toMatchObject({ password: 'usual' });
    await write('etc/secure.yaml', 'clouds: {n: {auth: {password: beside}}}');
    expect((await load({ file })).named('n').credential).toMatchObject({ password: 'beside' });
  });

  it('that is a directory is named with the reason', async () => {
    await mkdir(join(root, 'work/clouds.yaml'), { recursive: true });
    await expect(load()).rejects.toMatchObject({ message: `cannot read ${join(root, 'work/clouds.yaml')}: EISDIR.` });
  });
});
