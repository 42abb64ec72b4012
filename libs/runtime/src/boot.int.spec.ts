import type { Subscription } from '@osm/event-log';
import { Worker } from '@osm/platform';
import { openTestPorts, testSettings, until } from '@osm/testing/ports';
import { Module, type DynamicModule } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { boot } from './boot.ts';
import { openPorts } from './open-ports.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'osm-runtime-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** A module that does nothing but one piece of work. */
const working = (name: string, begin: () => Promise<readonly Subscription[]>): DynamicModule => {
  @Module({})
  class WorkingModule {}
  return { module: WorkingModule, providers: [{ provide: name, useFactory: () => new Worker(begin) }] };
};

/** Work that takes as long as the test wants. */
const stubborn = (name: string, told: string[], until: Promise<void>): DynamicModule =>
  working(name, async () => [
    {
      stop: async () => {
        told.push(`${name} told`);
        await until;
        told.push(`${name} ended`);
      },
    },
  ]);

describe('the ports of a process', () => {
  it('belong to one process for each data directory', async () => {
    const settings = testSettings({ dataDirectory: folder });
    const first = await openPorts(settings);
    await expect(openPorts(settings)).rejects.toMatchObject({
      code: 'data-directory-in-use',
      message: expect.stringContaining(String(process.pid)),
    });
    await first.close();
    await (await openPorts(settings)).close();
  });

  it('are refused for an event log of no known kind', async () => {
    await expect(openPorts(testSettings({ eventLog: 'kafka://one' }))).rejects.toMatchObject({
      code: 'bad-event-log',
      message: expect.stringContaining('kafka://one'),
    });
  });

  it('are refused for a NATS server that does not answer', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(openPorts(testSettings({ eventLog: `nats://127.0.0.1:${port}` }))).rejects.toMatchObject({
      code: 'event-log-unreachable',
    });
  });

  it('read a clouds.yaml that was mended again', async () => {
    const file = path.join(folder, 'clouds.yaml');
    const open = await openPorts(testSettings({ cloudConfigFile: file }));
    await expect(open.ports.openCloud('old')).rejects.toMatchObject({ code: 'unreadable-clouds-file' });
    const { writeFile } = await import('node:fs/promises');
    await writeFile(file, 'clouds:\n  old:\n    auth: {auth_url: "http://127.0.0.1:1/v3", username: a, password: b}\n');
    const [one, same] = await Promise.all([open.ports.openCloud('old'), open.ports.openCloud('old')]);
    expect(one).toBe(same);
    expect(one.name).toBe('old');
    await expect(open.ports.openCloud('new')).rejects.toMatchObject({ code: 'unknown-cloud' });
    await open.close();
  });
});

describe('a process that is told to stop', () => {
  it('tells all its work before it waits for any, and lets go of the log last', async () => {
    const told: string[] = [];
    const { promise, resolve } = Promise.withResolvers<void>();
    const open = await openTestPorts();
    const close = async (): Promise<void> => {
      told.push('log closed');
      await open.close();
    };
    const modules = [stubborn('one', told, promise), stubborn('two', told, promise)];
    const running = await boot({ ...open, close }, modules, { quiet: true });
    const closing = running.close();
    await until('both are told', () => told.length === 2);
    expect(told.toSorted()).toEqual(['one told', 'two told']);
    resolve();
    await closing;
    expect(told.slice(2, 4).toSorted()).toEqual(['one ended', 'two ended']);
    expect(told.slice(4)).toEqual(['log closed']);
    await running.close();
    expect(told).toHaveLength(5);
  });

  it('lets a step end that is in hand, and takes no other', async () => {
    const open = await openTestPorts({ settings: { dataDirectory: folder } });
    const { queue } = open.ports;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done: string[] = [];
    const handler = async ({ key }: { readonly key: string }): Promise<'done'> => {
      done.push(`${key} taken`);
      await promise;
      done.push(`${key} done`);
      return 'done';
    };
    const module = working('worker', async () => [await queue.work({ queue: 'q', slots: 1, handler })]);
    const running = await boot(open, [module], { quiet: true });
    await queue.enqueue('q', 'first', {});
    await until('a command is taken', () => done.length === 1);
    await queue.enqueue('q', 'second', {});
    const closing = running.close();
    resolve();
    await closing;
    expect(done).toEqual(['first taken', 'first done']);
    const again = await openTestPorts({ settings: { dataDirectory: folder } });
    expect(await again.ports.queue.enqueue('q', 'first', {})).toBe('queued');
    expect(await again.ports.queue.enqueue('q', 'second', {})).toBe('pending');
    await again.close();
  });

  it('cuts off what takes too long, which is delivered again', async () => {
    const open = await openTestPorts({ settings: { dataDirectory: folder } });
    const { queue } = open.ports;
    let cut = false;
    const handler = async ({ signal }: { readonly signal: AbortSignal }): Promise<'done'> => {
      await setTimeout(60_000, undefined, { signal }).catch(() => (cut = true));
      return 'done';
    };
    const module = working('worker', async () => [await queue.work({ queue: 'q', slots: 1, handler })]);
    const running = await boot(open, [module], { quiet: true, graceMs: 50 });
    await queue.enqueue('q', 'long', {});
    await running.close();
    await until('the handler is told', () => cut);
    const again = await openTestPorts({ settings: { dataDirectory: folder } });
    expect(await again.ports.queue.enqueue('q', 'long', {})).toBe('pending');
    await again.close();
  });

  it('answers HTTP until then, and not after', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const running = await boot(await openTestPorts(), [], { quiet: true, http: { host: '127.0.0.1', port } });
    const status = (): Promise<number | undefined> =>
      new Promise((resolve) => {
        get({ host: '127.0.0.1', port, path: '/' }, (response) => resolve(response.resume().statusCode)).on(
          'error',
          () => resolve(undefined),
        );
      });
    expect(await status()).toBe(404);
    await running.close();
    expect(await status()).toBeUndefined();
  });
});

describe('a process that cannot start', () => {
  it('lets go of its data directory', async () => {
    const settings = testSettings({ dataDirectory: folder });
    const module = working('broken', () => Promise.reject(new Error('it cannot begin')));
    await expect(boot(await openPorts(settings), [module], { quiet: true })).rejects.toThrow('it cannot begin');
    await (await openPorts(settings)).close();
  });
});
