import { marker, type JsonObject } from '@osm/kernel';
import { openCloud, parseClouds } from '@osm/openstack';
import { openMover } from '@osm/payload';
import { PolicySchema, type Cloud, type Emptying, type StepContext } from '@osm/resource';
import { shareDirectory, startFakeCloud, writeMountCommands, type FakeCloud } from '@osm/testing/fake-openstack';
import { unheard } from '@osm/testing/ports';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allow, lend, listAccess, untilActive, type Rule } from './access-rules.ts';
import { giveAccess } from './give-access.ts';
import { migrateContents, tidyContents } from './migrate-contents.ts';
import { mountPoints, mountShare } from './mount-share.ts';
import { share } from './share.ts';
import { withSurroundings } from './share-surroundings.ts';
import { writeVersion } from './write-version.ts';

const service = 'shared-file-system';
const clock = {
  now: () => new Date(),
  sleep: (milliseconds: number) => new Promise<void>((done) => setTimeout(done, Math.min(milliseconds, 50))),
};

describe('the contents of a share', { timeout: 120_000 }, () => {
  let fake: FakeCloud;
  let cloud: Cloud & { close(): void };
  let folder: string;
  /** The original and its twin: one cloud is enough for both. */
  let from: string;
  let to: string;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'osm-contents-'));
    writeMountCommands(folder);
    vi.stubEnv('PATH', `${folder}:${process.env['PATH'] ?? ''}`);
    fake = await startFakeCloud({
      ...{ name: 'one', region: 'RegionOne', release: 'zed', networkType: 'vxlan', volumeTypes: ['ssd'] },
      adminPassword: 'secret',
    });
    const text = JSON.stringify({ clouds: { one: fake.adminCloudsYamlEntry } });
    cloud = openCloud('one', parseClouds({ clouds: { path: 'clouds.yaml', text } }, '/').named('one'));
    [from, to] = [await makeShare(), await makeShare()];
    for (let n = 0; n < 5; n++) writeFileSync(file(from, `file-${n}`), Buffer.alloc(300_000, n));
  });
  afterEach(async () => {
    cloud.close();
    await fake.close();
    rmSync(folder, { recursive: true });
  });

  const file = (id: string, name: string): string => path.join(shareDirectory(fake, id), name);
  const namesIn = (id: string): readonly string[] => readdirSync(shareDirectory(fake, id)).sort();
  const makeShare = async (): Promise<string> => {
    const body = { share: { size: 1, share_proto: 'NFS' } };
    const answer = await cloud.send(service, { method: 'POST', path: '/shares', body, microversion: writeVersion });
    const { id } = (answer.body as { readonly share: { readonly id: string } }).share;
    await vi.waitFor(async () => expect(await statusOf(id)).toBe('available'), 5000);
    return id;
  };
  const statusOf = async (id: string): Promise<unknown> => {
    const { body } = await cloud.send(service, { method: 'GET', path: `/shares/${id}`, microversion: writeVersion });
    return (body as { readonly share: JsonObject }).share['status'];
  };
  const patience = { clock, signal: new AbortController().signal, seconds: 10 };
  const context = (other: Partial<StepContext> = {}): StepContext => {
    const route = { source: 'one', destination: 'one' };
    const ref = { type: 'share', id: from };
    return {
      ...{ route, ref, handler: share, attributes: {}, outputs: {}, history: [], destinationId: to },
      policy: PolicySchema.parse({ temporary_migration_dir: path.join(folder, 'here') }),
      marker: marker(route, ref.type, ref.id, 'contents'),
      ...{ twinOf: () => undefined, source: cloud, destination: cloud, clock, signal: patience.signal },
      ...unheard,
      ...other,
      // The mover tells of progress, too, as the engine has it.
      move: openMover()({
        route,
        signal: other.signal ?? patience.signal,
        progress: other.progress ?? (() => undefined),
      }),
    };
  };
  const points = () => {
    const { policy, marker: mark } = context();
    return mountPoints(policy.temporary_migration_dir, mark);
  };
  const nothingIsLeft = async (): Promise<void> => {
    expect(readdirSync(path.join(folder, 'mounted'))).toEqual([]);
    expect(existsSync(points().folder)).toBe(false);
    for (const id of [from, to]) expect((await listAccess(cloud, id)).filter((one) => one.temporary)).toEqual([]);
  };

  it('arrive, and nothing is left of how they did', async () => {
    expect(await migrateContents.run(context())).toMatchObject({ entries: 6, passes: 1 });
    expect(namesIn(to)).toEqual(namesIn(from));
    expect(readFileSync(file(to, 'file-4'))).toEqual(readFileSync(file(from, 'file-4')));
    await nothingIsLeft();
  });

  it('of the file server’s own stay where they are, and are named', async () => {
    mkdirSync(file(from, 'lost+found'));
    expect(await migrateContents.run(context())).toMatchObject({ entries: 6, skipped: ['./lost+found'] });
  });

  it('are the same after a worker died while both were mounted and let in', async () => {
    const { marker: mark } = context();
    for (const [id, level] of [[from, 'ro'] as const, [to, 'rw'] as const]) {
      await lend(cloud, id, { address: '127.0.0.1', level, marker: mark }, patience);
    }
    const device = (id: string): string => `127.0.0.1:${shareDirectory(fake, id)}`;
    await mountShare(device(from), points().source, 'ro', patience.signal);
    await mountShare(device(to), points().destination, 'rw', patience.signal);
    writeFileSync(file(to, 'half'), 'a file that the original has lost since');
    expect(await migrateContents.run(context())).toMatchObject({ passes: 1 });
    expect(namesIn(to)).toEqual(namesIn(from));
    await nothingIsLeft();
  });

  it('of a copy that died for good are unmounted, and its rules taken back, by what runs always', async () => {
    const { marker: mark } = context();
    await lend(cloud, from, { address: '127.0.0.1', level: 'ro', marker: mark }, patience);
    await mountShare(`127.0.0.1:${shareDirectory(fake, from)}`, points().source, 'ro', patience.signal);
    expect(tidyContents.always).toBe(true);
    expect(await tidyContents.run(context())).toMatchObject({ removed: [expect.any(String)] });
    await nothingIsLeft();
    expect(await tidyContents.run(context({ destinationId: undefined }))).toEqual({ removed: [] });
  });

  it('that change once under the copy are copied again', async () => {
    let changed = false;
    const progress = (): void => {
      if (!changed) writeFileSync(file(from, 'file-0'), 'written to meanwhile');
      changed = true;
    };
    expect(await migrateContents.run(context({ progress }))).toMatchObject({ passes: 2 });
    expect(readFileSync(file(to, 'file-0'), 'utf8')).toBe('written to meanwhile');
  });

  it('that go on changing are given up, by name and with what to do', async () => {
    let n = 0;
    const progress = (): void => writeFileSync(file(from, 'file-0'), `written to ${++n} times`);
    const failed = await migrateContents.run(context({ progress })).catch((error: unknown) => error);
    expect(failed).toMatchObject({
      code: 'share-changes',
      message: expect.stringContaining('after 3 copies: ./file-0'),
      remedy: expect.stringContaining('withdraw_share_access'),
    });
    await nothingIsLeft();
  });

  describe('by consent', () => {
    const consent = () => ({ ...context().policy, withdraw_share_access: true });
    const tenants: readonly Rule[] = [
      { access_type: 'ip', access_to: '10.0.0.0/8', access_level: 'rw', metadata: { why: 'k' } },
      // This host itself is one of the clients.
      { access_type: 'ip', access_to: '127.0.0.1', access_level: 'rw', metadata: {} },
    ];
    beforeEach(async () => {
      for (const rule of tenants) await allow(cloud, from, rule, patience.signal);
      await untilActive(cloud, from, tenants, patience);
    });
    const rules = async (id: string) => (await listAccess(cloud, id)).map(({ rule }) => rule).toSorted(byClient);
    const byClient = (a: Rule, b: Rule): number => (a.access_to < b.access_to ? -1 : 1);
    const levels = async () => (await rules(from)).map(({ access_level }) => access_level);
    /** A client that writes as long as it is let. */
    const writer = () => {
      let n = 0;
      return () => {
        const access = readFileSync(`${shareDirectory(fake, from)}.access`, 'utf8');
        if (access.includes('10.0.0.0/8 rw')) writeFileSync(file(from, 'file-0'), `written to ${++n} times`);
      };
    };

    it('lose their writers for the last pass, and arrive as those have left them', async () => {
      const said: string[] = [];
      const done = await migrateContents.run(
        context({ policy: consent(), progress: writer(), waiting: (what) => void said.push(what) }),
      );
      expect(done).toMatchObject({ withdrawn: true, passes: 4 });
      expect(readFileSync(file(to, 'file-0'))).toEqual(readFileSync(file(from, 'file-0')));
      expect(await levels()).toEqual(['ro', 'ro']);
      expect(said).toContain('the clients of the original to lose write access');
      await nothingIsLeft();

      // Once they have arrived, they stay as they are; the twin's clients get the rights that the original's had.
      await tidyContents.run(context({ outputs: { contents: done } }));
      expect(await levels()).toEqual(['ro', 'ro']);
      const scanned = await (await withSurroundings(cloud, from))({ id: from, metadata: {} });
      await giveAccess.run(context({ attributes: scanned }));
      expect(await rules(to)).toEqual(tenants);
    });

    it('get their writers back, exactly as they were, when they have not arrived in the end', async () => {
      let passes = 0;
      // Somebody writes past the rules: a file server's own administrator.
      const progress = (): void => writeFileSync(file(from, 'file-0'), `written to ${++passes} times`);
      await expect(migrateContents.run(context({ policy: consent(), progress }))).rejects.toMatchObject({
        code: 'share-changes',
        message: expect.stringContaining('though its clients may only read'),
      });
      expect(await levels()).toEqual(['ro', 'ro']);
      expect(await tidyContents.run(context())).toEqual({ removed: [], givenBack: 2 });
      expect(await rules(from)).toEqual(tenants);
      await nothingIsLeft();
    });
  });

  describe('of an original that is to go', () => {
    const emptying = (past: Emptying['past'] = {}): Emptying => ({ ...context(), destinationId: to, past });

    it('are what was copied, or it stays', async () => {
      const past = { contents: await migrateContents.run(context()) };
      await share.empty?.(emptying(past));
      await nothingIsLeft();
      appendFileSync(file(from, 'file-0'), 'written since');
      await expect(share.empty?.(emptying(past))).rejects.toMatchObject({
        code: 'share-changed',
        message: expect.stringContaining('are not those any more'),
      });
      await nothingIsLeft();
    });

    it('are none, or it stays, where nobody knows what was copied, or it was to another twin', async () => {
      const other = { contents: { ...(await migrateContents.run(context())), twin: 'another' } };
      for (const past of [{}, other]) {
        await expect(share.empty?.(emptying(past))).rejects.toMatchObject({
          code: 'share-changed',
          message: expect.stringContaining('nothing tells'),
        });
      }
      for (const name of namesIn(from)) rmSync(file(from, name));
      await share.empty?.(emptying());
      await nothingIsLeft();
    });
  });

  it('are not copied over what the twin’s clients have written there', async () => {
    const rule = { access_type: 'ip', access_to: '10.0.0.0/8', access_level: 'rw', metadata: {} };
    await allow(cloud, to, rule, patience.signal);
    await untilActive(cloud, to, [rule], patience);
    writeFileSync(file(to, 'new'), 'the only one');
    await expect(migrateContents.run(context())).rejects.toMatchObject({ code: 'twin-in-use' });
    expect(namesIn(to)).toEqual(['new']);
    await nothingIsLeft();
  });

  it('with a socket of a program’s among them arrive, without it', async () => {
    // The built-in copier leaves sockets out; rsync would copy them.
    writeFileSync(path.join(folder, 'rsync'), '#!/bin/sh\nexit 1\n');
    chmodSync(path.join(folder, 'rsync'), 0o755);
    const server = createServer();
    await new Promise<void>((done) => server.listen(file(from, 'socket'), done));
    try {
      expect(await migrateContents.run(context())).toMatchObject({ entries: 6, copier: 'walker' });
    } finally {
      server.close();
    }
  });

  it('leave no rule behind where one mount is busy for good, and only what is busy stays', async () => {
    const busy = `#!/bin/sh\ncase "$1" in */source) echo "umount: $1: target is busy." >&2; exit 32;; esac\n`;
    renameSync(path.join(folder, 'umount'), path.join(folder, 'umount-real'));
    writeFileSync(path.join(folder, 'umount'), `${busy}exec "${path.join(folder, 'umount-real')}" "$1"\n`);
    chmodSync(path.join(folder, 'umount'), 0o755);
    await expect(migrateContents.run(context())).rejects.toThrow(/target is busy/);
    expect(readdirSync(path.join(folder, 'mounted'))).toEqual([encodeURIComponent(points().source)]);
    for (const id of [from, to]) expect((await listAccess(cloud, id)).filter((one) => one.temporary)).toEqual([]);
  });

  it('are stopped with their worker, which unmounts what it mounted', async () => {
    const stop = new AbortController();
    const run = migrateContents.run(context({ signal: stop.signal, progress: () => stop.abort() }));
    await expect(run).rejects.toThrow();
    expect(readdirSync(path.join(folder, 'mounted'))).toEqual([]);
    await tidyContents.run(context());
    await nothingIsLeft();
  });

  it('are read under a rule that is there already, and it stays', async () => {
    const rule = { access_type: 'ip', access_to: '127.0.0.1', access_level: 'ro', metadata: {} };
    await allow(cloud, from, rule, patience.signal);
    await untilActive(cloud, from, [rule], patience);
    const before = await listAccess(cloud, from);
    await migrateContents.run(context());
    expect(await listAccess(cloud, from)).toEqual(before);
  });

  it('defect of rules that are opened before the data: the tenants’ come after them, those in force stay', async () => {
    const attributes = {
      access_rules: [
        { access_type: 'ip', access_to: '127.0.0.1', access_level: 'rw', metadata: {} },
        { access_type: 'ip', access_to: '10.0.0.0/8', access_level: 'ro', metadata: { why: 'k' } },
      ],
    };
    const { policy } = context();
    const names = share.steps(attributes, policy).map(({ name }) => name);
    expect(names).toEqual(['create', 'contents', 'access', 'tidy']);
    await migrateContents.run(context());
    expect(await listAccess(cloud, to)).toEqual([]);
    for (let twice = 0; twice < 2; twice++) await giveAccess.run(context({ attributes }));
    const given = (await listAccess(cloud, to)).map(({ rule, state }) => [rule, state]);
    expect(given).toEqual(attributes.access_rules.map((rule) => [rule, 'active']));
  });

  it('defect of the empty export list: a share that is exported nowhere is told as such', async () => {
    fake.faults.add({
      method: 'GET',
      path: '/export_locations',
      action: { status: 200, body: { export_locations: [] } },
    });
    await expect(migrateContents.run(context())).rejects.toMatchObject({
      code: 'no-export',
      message: `cannot mount share ${from} of one: it is exported nowhere`,
    });
    await nothingIsLeft();
  });

  it('of a host without the tools are told by the package that has them', async () => {
    const bare = path.join(folder, 'bare');
    mkdirSync(bare);
    vi.stubEnv('PATH', bare);
    await expect(migrateContents.run(context())).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'cannot run mount on this host: mount is not installed',
      remedy: expect.stringContaining('nfs-common'),
    });
  });

  it('of who is not root go through sudo, or are refused with its words', async () => {
    vi.spyOn(process, 'getuid').mockReturnValue(1000);
    expect(await migrateContents.run(context())).toMatchObject({ entries: 6 });
    writeFileSync(path.join(folder, 'sudo'), '#!/bin/sh\necho "sudo: a password is required" >&2; exit 1\n');
    chmodSync(path.join(folder, 'sudo'), 0o755);
    await expect(migrateContents.run(context())).rejects.toMatchObject({
      code: 'not-root',
      message: 'cannot run mount on this host: sudo: a password is required',
    });
    await tidyContents.run(context());
  });
});
