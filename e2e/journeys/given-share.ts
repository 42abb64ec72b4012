import { execFile, execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JsonObject } from '@osm/kernel';
import type { Cloud, Request } from '@osm/resource';
import { writeMountCommands } from '@osm/testing/fake-openstack';
import { openClouds, type Clouds } from '@osm/testing/harness';
import { inner, listed, signInTo } from '@osm/testing/tenant';

const service = 'shared-file-system';
const microversion = 'newest';

/** Two clouds, and in the first of them a project with shares. */
export interface GivenShares {
  readonly clouds: Clouds;
  /** An NFS share with everything that a file system has, of a private type. */
  readonly shareId: string;
  /** An NFS share that a client goes on writing to. */
  readonly busyId: string;
  /** A share of a protocol that is not copied. */
  readonly windowsId: string;
  readonly projectId: string;
  readonly typeId: string;
  /** Where the system under test mounts shares. */
  readonly mountDirectory: string;
  /** Where the stand-in of fake shares keeps account of mounts. */
  readonly commands: string;
  end(): Promise<void>;
}

/** Opens the clouds and fills the source. Fake shares are mounted by stand-ins, which go first in PATH. */
export const givenShares = async (): Promise<GivenShares> => {
  const clouds = await openClouds();
  const path0 = process.env['PATH'] ?? '';
  const commands = path.join(clouds.folder, 'commands');
  const { source, destination } = clouds;
  const prefix = `e2e-${randomBytes(3).toString('hex')}-`;
  const users = signInTo(source.name, source.config);
  const end = async (): Promise<void> => {
    users.close();
    if (clouds.kind === 'real') {
      await removeShares(source.admin, prefix);
      await removeShares(destination.admin, prefix);
    }
    process.env['PATH'] = path0;
    await clouds.close();
  };
  if (clouds.kind === 'fake') {
    writeMountCommands(commands);
    process.env['PATH'] = `${commands}:${path0}`;
  }
  try {
    const { admin } = source;
    const projectId = await make(admin, '/projects', 'project', { name: `${prefix}shop` });
    const password = randomBytes(12).toString('hex');
    const userId = await make(admin, '/users', 'user', { name: `${prefix}ann`, password });
    const [member] = await listed(admin, 'identity', { path: '/roles', key: 'roles', query: { name: 'member' } });
    const role = `/projects/${projectId}/users/${userId}/roles/${String(member?.['id'])}`;
    await admin.send('identity', { method: 'PUT', path: role });
    const typeId = await makeType(admin, `${prefix}fast`, projectId);
    const ann = users.signIn({ name: `${prefix}ann`, password, domainId: 'default', projectId });
    const shareId = await makeShare(ann, {
      ...{ name: `${prefix}docs`, description: 'everything', size: 1, share_proto: 'NFS', share_type: typeId },
      metadata: { app: 'shop' },
    });
    await allow(ann, shareId, { access_type: 'ip', access_to: '127.0.0.0/8', access_level: 'rw' });
    await allow(ann, shareId, { access_type: 'ip', access_to: '10.9.8.0/24', access_level: 'ro' });
    await allow(ann, shareId, { access_type: 'user', access_to: 'alice', access_level: 'rw', metadata: { why: 'k' } });
    await until(async () => (await rulesOf(admin, shareId)).every(({ state }) => state === 'active'));
    // Only an administrator may show a share to everybody.
    const publish = { share: { is_public: true } };
    await admin.send(service, { method: 'PUT', path: `/shares/${shareId}`, body: publish, microversion });
    const busyId = await makeShare(ann, { name: `${prefix}busy`, size: 1, share_proto: 'NFS', share_type: typeId });
    await allow(ann, busyId, { access_type: 'ip', access_to: '127.0.0.0/8', access_level: 'rw' });
    await allow(ann, busyId, {
      access_type: 'ip',
      access_to: '10.7.0.0/16',
      access_level: 'rw',
      metadata: { why: 'k' },
    });
    await allow(ann, busyId, { access_type: 'ip', access_to: '10.9.8.0/24', access_level: 'ro' });
    await until(async () => (await rulesOf(admin, busyId)).every(({ state }) => state === 'active'));
    const windowsId = await makeShare(ann, { name: `${prefix}windows`, size: 1, share_proto: 'CIFS' });
    await mounted(clouds.folder, await exportOf(admin, shareId), plant);
    await mounted(clouds.folder, await exportOf(admin, busyId), plantLarge);
    const mountDirectory = path.join(clouds.folder, 'migration');
    return { clouds, shareId, busyId, windowsId, projectId, typeId, mountDirectory, commands, end };
  } catch (error) {
    await end();
    throw error;
  }
};

const make = async (cloud: Cloud, at: string, kind: string, body: JsonObject): Promise<string> => {
  const answer = await cloud.send('identity', { method: 'POST', path: at, body: { [kind]: body } });
  return String(inner(answer.body, kind)['id']);
};

const post = (path: string, body: JsonObject): Request => ({ method: 'POST', path, body, microversion });

const makeType = async (admin: Cloud, name: string, project: string): Promise<string> => {
  const share_type = {
    ...{ name, description: 'for the shop', 'share_type_access:is_public': false },
    extra_specs: { driver_handles_share_servers: 'False', snapshot_support: 'True', 'vendor:dedup': 'yes' },
  };
  const { body } = await admin.send(service, post('/types', { share_type }));
  const id = String(inner(body, 'share_type')['id']);
  await admin.send(service, post(`/types/${id}/action`, { addProjectAccess: { project } }));
  return id;
};

const makeShare = async (cloud: Cloud, share: JsonObject): Promise<string> => {
  const { body } = await cloud.send(service, post('/shares', { share }));
  const id = String(inner(body, 'share')['id']);
  await until(async () => (await showShare(cloud, id))['status'] === 'available');
  return id;
};

const allow = (cloud: Cloud, id: string, allow_access: JsonObject) =>
  cloud.send(service, post(`/shares/${id}/action`, { allow_access }));

/** A share as the cloud shows it. */
export const showShare = async (cloud: Cloud, id: string): Promise<JsonObject> =>
  inner((await cloud.send(service, { method: 'GET', path: `/shares/${id}`, microversion })).body, 'share');

/** A type as the cloud shows it, and who may use it. */
export const showType = async (cloud: Cloud, id: string) => {
  const { body } = await cloud.send(service, { method: 'GET', path: `/types/${id}`, microversion });
  const access = await listed(cloud, service, {
    ...{ path: `/types/${id}/share_type_access`, key: 'share_type_access', microversion },
  });
  return { ...inner(body, 'share_type'), access: access.map(({ project_id }) => project_id) };
};

/** The rules of a share, whoever made them. */
export const rulesOf = (cloud: Cloud, id: string): Promise<readonly JsonObject[]> =>
  listed(cloud, service, {
    ...{ path: '/share-access-rules', key: 'access_list', query: { share_id: id }, microversion },
  });

/** Where a share is exported. */
export const exportOf = async (cloud: Cloud, id: string): Promise<string> => {
  const path = `/shares/${id}/export_locations`;
  const [first] = await listed(cloud, service, { path, key: 'export_locations', microversion });
  return String(first?.['path']);
};

/** Mounts an export as a client does, for as long as something is done with it. */
export const mounted = async <T>(
  folder: string,
  device: string,
  use: (at: string) => T,
  access: 'ro' | 'rw' = 'rw',
): Promise<T> => {
  const at = path.join(folder, `client-${randomBytes(3).toString('hex')}`);
  mkdirSync(at);
  execFileSync('mount', ['-t', 'nfs', '-o', access, device, at]);
  try {
    return use(realpathSync(at));
  } finally {
    execFileSync('umount', [at]);
    rmdirSync(at);
  }
};

/** What a client does that goes on writing: how often it could, and why it cannot any more. */
export interface Writing {
  readonly times: number;
  readonly end: string;
}

/**
 * A client that mounts a share, adds to a log, leaves a file of its own, changes the middle of a large one and unmounts,
 * again and again, until it may not or is told to stop.
 */
export const writeOn = async (folder: string, device: string, signal: AbortSignal): Promise<Writing> => {
  const at = path.join(folder, `writer-${randomBytes(3).toString('hex')}`);
  mkdirSync(at);
  let times = 0;
  try {
    for (; !signal.aborted; await pause(20)) {
      await run('mount', ['-t', 'nfs', '-o', 'rw', device, at]);
      try {
        appendFileSync(path.join(at, 'log'), `line ${times}\n`);
        writeFileSync(path.join(at, `file-${times % 50}`), randomBytes(20_000));
        const large = openSync(path.join(at, 'large'), 'r+');
        writeSync(large, randomBytes(100), 0, 100, 1_000_000 + times * 1000);
        closeSync(large);
        times += 1;
      } finally {
        await run('umount', [at]);
      }
    }
    return { times, end: 'it was told to stop' };
  } catch (error) {
    return { times, end: String(error) };
  } finally {
    rmdirSync(at);
  }
};

const run = promisify(execFile);

/** A large file, and a log. */
const plantLarge = (at: string): void => {
  writeFileSync(path.join(at, 'large'), randomBytes(30_000_000));
  writeFileSync(path.join(at, 'log'), 'line\n');
};

/** Everything that a copy could get wrong. Only root may give files away. */
const plant = (at: string): void => {
  const own = (name: string, user: number, group: number): void => {
    if (process.getuid?.() === 0) chownSync(path.join(at, name), user, group);
  };
  mkdirSync(path.join(at, '2022/01/dépôt ☃'), { recursive: true });
  for (let n = 0; n < 50; n++) writeFileSync(path.join(at, `2022/01/file-${n}`), randomBytes(1000 * n));
  writeFileSync(path.join(at, '2022/01/dépôt ☃/snow'), 'snow');
  own('2022/01/dépôt ☃/snow', 4321, 1234);
  writeFileSync(path.join(at, 'script'), '#!/bin/sh\n');
  chmodSync(path.join(at, 'script'), 0o6755);
  linkSync(path.join(at, 'script'), path.join(at, '2022/same-script'));
  symlinkSync('../script', path.join(at, '2022/link'));
  symlinkSync('/nowhere at all', path.join(at, 'broken'));
  writeFileSync(path.join(at, 'marked'), 'marked');
  const stream = execFileSync(
    'tar',
    ['-cf-', '--format=posix', '--pax-option=SCHILY.xattr.user.colour:=blue', 'marked'],
    {
      cwd: at,
    },
  );
  execFileSync('tar', ['-xf-', '--xattrs', '--xattrs-include=user.*'], { cwd: at, input: stream });
  writeFileSync(path.join(at, 'holes'), 'x');
  truncateSync(path.join(at, 'holes'), 3_000_000);
  mkdirSync(path.join(at, 'empty'), { mode: 0o1777 });
  chmodSync(path.join(at, 'empty'), 0o1777);
  for (const name of ['script', 'marked', '2022/01/file-7', '2022/01', '2022']) {
    utimesSync(path.join(at, name), 1_000_000_000.25, 1_000_000_000.25);
  }
};

/** What is in a directory, by path: kind and mode, owners, size, time, content or target, names of one file, attributes. */
export const photographOf = (at: string): { readonly [path: string]: string } => {
  const shots: [string, string][] = [];
  const firsts = new Map<number, string>();
  const walk = (name: string): void => {
    const file = path.join(at, name);
    const { mode, uid, gid, size, mtimeMs, nlink, ino } = lstatSync(file);
    const kind = mode & 0o170000;
    const first = firsts.get(ino) ?? name;
    firsts.set(ino, first);
    const content =
      kind === 0o120000
        ? readlinkSync(file)
        : kind === 0o100000
          ? createHash('sha256').update(readFileSync(file)).digest('hex')
          : '';
    const length = kind === 0o100000 ? size : '';
    const names = kind === 0o100000 && nlink > 1 ? first : '';
    shots.push([name, [mode.toString(8), uid, gid, length, mtimeMs, content, names, attributesOf(at, name)].join(' ')]);
    if (kind === 0o040000) for (const inside of readdirSync(file).sort()) walk(path.join(name, inside));
  };
  walk('.');
  return Object.fromEntries(shots);
};

const attributesOf = (at: string, name: string): string => {
  const options = ['-cf-', '--format=posix', '--no-recursion', '--xattrs', '--xattrs-include=user.*'];
  const stream = execFileSync('tar', [...options, name], { cwd: at, maxBuffer: 100_000_000 }).toString('latin1');
  return /SCHILY\.xattr\.([^\n]*)/.exec(stream)?.[1] ?? '';
};

const removeShares = async (admin: Cloud, prefix: string): Promise<void> => {
  const isOurs = ({ name }: JsonObject): boolean => String(name).startsWith(prefix);
  const query = { all_tenants: '1' };
  const all = () => listed(admin, service, { path: '/shares/detail', key: 'shares', query, microversion });
  for (const { id } of (await all()).filter(isOurs)) {
    await admin.send(service, { method: 'DELETE', path: `/shares/${String(id)}`, accept: [404], microversion });
  }
  await until(async () => !(await all()).some(isOurs));
  const types = await listed(admin, service, {
    ...{ path: '/types', key: 'share_types', query: { is_public: 'all' }, microversion },
  });
  for (const { id } of types.filter(isOurs)) {
    await admin.send(service, { method: 'DELETE', path: `/types/${String(id)}`, accept: [404], microversion });
  }
  for (const kind of ['users', 'projects']) {
    const found = await listed(admin, 'identity', { path: `/${kind}`, key: kind });
    for (const { id } of found.filter(isOurs)) {
      await admin.send('identity', { method: 'DELETE', path: `/${kind}/${String(id)}`, accept: [404] });
    }
  }
};

/** Asks again until it is so; fails after two minutes. */
const until = async (isSo: () => Promise<boolean>): Promise<void> => {
  for (const deadline = Date.now() + 120_000; !(await isSo()); await pause(200)) {
    if (Date.now() > deadline) throw new Error('it is not so after two minutes');
  }
};
