import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import {
  describeCommandQueue,
  describeEventLog,
  gather,
  numberedEvents,
  numbersOf,
  sampleEvent,
  until,
  type Opened,
} from '@osm/testing/event-log-contract';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkChain } from './check-chain.ts';
import { openEmbeddedLog } from './open-embedded-log.ts';

const newDirectory = (): string => mkdtempSync(path.join(tmpdir(), 'osm-embedded-'));

/** The suites provoke errors on purpose; what is heard here is what they threw. */
const onTrouble = () => {};

const openFresh = async (): Promise<Opened> => {
  const directory = newDirectory();
  let current = await openEmbeddedLog({ directory, onTrouble });
  return {
    log: current.log,
    queue: current.queue,
    replica: async () => current,
    reopen: async () => {
      await current.close();
      current = await openEmbeddedLog({ directory, onTrouble });
      return current;
    },
    dispose: async () => {
      await current.close();
      rmSync(directory, { recursive: true });
    },
  };
};

describeEventLog('the embedded log', openFresh);
describeCommandQueue('the embedded queue', openFresh);

describe('the embedded log', () => {
  let directory: string;
  beforeEach(() => {
    directory = newDirectory();
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const spawnChild = (program: string) => {
    const loader = path.resolve(import.meta.dirname, '../../../tools/osm-loader.mjs');
    const child = spawn(process.execPath, ['--import', loader, path.join(import.meta.dirname, program), directory], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    return { child, lines: createInterface({ input: child.stdout }) };
  };

  it('in memory ends with the process and needs no directory', async () => {
    const { log, close } = await openEmbeddedLog({ directory: ':memory:' });
    await log.append('osm.evt.plan.1', 0, numberedEvents(2));
    expect(await log.load('osm.evt.plan.1')).toHaveLength(2);
    await close();
  });

  it('keeps every acknowledged event when the process is killed while it writes', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 3; round++) {
      const { child, lines } = spawnChild('append-for-ever.suite.ts');
      const exited = new Promise((resolve) => child.once('exit', resolve));
      const acknowledged: string[] = [];
      let killed = false;
      for await (const line of lines) {
        acknowledged.push(line);
        if (acknowledged.length >= 1000 + round * 500 && !killed) killed = child.kill('SIGKILL');
      }
      await exited;
      expect(child.signalCode).toBe('SIGKILL');
      const { log, close } = await openEmbeddedLog({ directory });
      const found = new Set((await gather(log.read())).map(({ id }) => id));
      // The last line may be cut short by the kill.
      const whole = acknowledged.filter((id) => id.length === 36);
      expect(whole.length).toBeGreaterThanOrEqual(1000);
      expect(whole.filter((id) => !found.has(id))).toEqual([]);
      const head = await log.head();
      await close();
      expect(checkChain(directory).position).toBe(head);
    }
  });

  it('defect 39: is for one process at a time: the second is told who the first is, and may come when it was killed', async () => {
    const { child, lines } = spawnChild('append-for-ever.suite.ts');
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => lines.once('line', resolve));
    await expect(openEmbeddedLog({ directory })).rejects.toMatchObject({
      code: 'data-directory-in-use',
      message: expect.stringContaining(`process ${child.pid} `),
      remedy: expect.stringContaining(`process ${child.pid} `),
    });
    child.kill('SIGKILL');
    await exited;
    const { log, close } = await openEmbeddedLog({ directory });
    expect(await log.head()).toBeGreaterThan(0);
    await close();
  });

  it('is for one opener in a process, too', async () => {
    const first = await openEmbeddedLog({ directory });
    await expect(openEmbeddedLog({ directory })).rejects.toMatchObject({ code: 'data-directory-in-use' });
    await first.close();
    await (await openEmbeddedLog({ directory })).close();
  });

  it('can be read and followed while another process writes it', async () => {
    const { child, lines } = spawnChild('append-for-ever.suite.ts');
    const exited = new Promise((resolve) => child.once('exit', resolve));
    await new Promise((resolve) => lines.once('line', resolve));
    const reader = await openEmbeddedLog({ directory, readOnly: true });
    const after = await reader.log.head();
    const controller = new AbortController();
    let followed = 0;
    for await (const batch of reader.log.tail({ after, signal: controller.signal })) {
      expect(batch[0]?.position).toBe(after + followed + 1);
      followed += batch.length;
      if (followed > 200) controller.abort();
    }
    child.kill('SIGKILL');
    await exited;
    await expect(reader.log.append('osm.evt.plan.1', 0, [sampleEvent()])).rejects.toMatchObject({ code: 'read-only' });
    await expect(reader.queue.enqueue('network', 'a', {})).rejects.toMatchObject({ code: 'read-only' });
    await reader.close();
  });

  it('can be read when nobody writes it', async () => {
    const writer = await openEmbeddedLog({ directory });
    await writer.log.append('osm.evt.plan.1', 0, numberedEvents(3));
    await writer.close();
    const reader = await openEmbeddedLog({ directory, readOnly: true });
    expect(numbersOf(await gather(reader.log.read()))).toEqual([1, 2, 3]);
    await reader.close();
  });

  it('takes a word beside the process at work, which hears it; the chain stays whole', async () => {
    const { log, queue, close } = await openEmbeddedLog({ directory });
    await queue.enqueue('network', 'one', {});
    await log.append('osm.evt.plan.1', 0, numberedEvents(2));
    const stop = new AbortController();
    const heard: number[] = [];
    const following = (async () => {
      for await (const batch of log.tail({ filter: 'osm.evt.limits', signal: stop.signal })) {
        heard.push(...batch.map(({ position }) => position));
      }
    })();
    const other = await openEmbeddedLog({ directory, beside: true });
    expect(await other.log.append('osm.evt.limits', 0, [sampleEvent()])).toBe(3);
    await expect(other.queue.enqueue('network', 'a', {})).rejects.toMatchObject({ code: 'read-only' });
    await other.close();
    await until('the word is heard', () => heard.length === 1);
    expect(await log.append('osm.evt.plan.1', 2, [sampleEvent()])).toBe(4);
    stop.abort();
    await following;
    await close();
    expect(checkChain(directory).position).toBe(4);
  });

  it('takes a word where nobody has worked yet', async () => {
    const other = await openEmbeddedLog({ directory, beside: true });
    await other.log.append('osm.evt.limits', 0, [sampleEvent()]);
    await other.close();
    const { log, close } = await openEmbeddedLog({ directory });
    expect(await log.head()).toBe(1);
    await close();
  });

  it('says that there is none to read, and that a file is none', async () => {
    await expect(openEmbeddedLog({ directory, readOnly: true })).rejects.toMatchObject({ code: 'no-event-log' });
    const file = path.join(directory, 'file');
    const db = new Database(file);
    db.exec('CREATE TABLE t (x)');
    db.close();
    await expect(openEmbeddedLog({ directory: file })).rejects.toMatchObject({ code: 'data-directory-unusable' });
  });

  it('refuses a log of a newer version', async () => {
    await (await openEmbeddedLog({ directory })).close();
    const db = new Database(path.join(directory, 'events.db'));
    db.pragma('user_version = 2');
    db.close();
    await expect(openEmbeddedLog({ directory })).rejects.toMatchObject({ code: 'newer-event-log' });
    await expect(openEmbeddedLog({ directory, readOnly: true })).rejects.toMatchObject({ code: 'newer-event-log' });
  });

  it('hears what its handlers threw, and goes on', async () => {
    const heard: unknown[] = [];
    const { log, close } = await openEmbeddedLog({ directory, onTrouble: (error) => heard.push(error) });
    await log.append('osm.evt.plan.1', 0, numberedEvents(1));
    let tries = 0;
    const subscription = await log.subscribe({
      durable: 'runner',
      filter: 'osm.evt.>',
      handler: async () => {
        if (++tries === 1) throw new Error('not yet');
      },
    });
    await until('a second try', () => tries === 2);
    await subscription.stop();
    expect(heard).toEqual([new Error('not yet')]);
    await close();
  });

  it('counts the deliveries of a command over the end of the process', async () => {
    let deliveries = 0;
    for (const expected of [1, 2, 3]) {
      const { queue, close } = await openEmbeddedLog({ directory });
      await queue.enqueue('network', 'one', {});
      await queue.work({
        queue: 'network',
        slots: 1,
        handler: (delivery) => {
          deliveries = delivery.deliveries;
          return new Promise<never>(() => {});
        },
      });
      await until(`delivery ${expected}`, () => deliveries === expected);
      await close();
    }
  });

  it('refuses to write after it was closed', async () => {
    const { log, close } = await openEmbeddedLog({ directory });
    const inTime = log.append('osm.evt.plan.1', 0, numberedEvents(1));
    await close();
    expect(await inTime).toBe(1);
    await expect(log.append('osm.evt.plan.1', 1, numberedEvents(1))).rejects.toMatchObject({
      code: 'event-log-closed',
    });
  });

  describe('the chain of hashes', () => {
    const withEvents = async (change: (db: Database.Database) => void): Promise<void> => {
      const { log, close } = await openEmbeddedLog({ directory });
      await log.append('osm.evt.plan.1', 0, numberedEvents(5));
      await close();
      const db = new Database(path.join(directory, 'events.db'));
      db.exec('DROP TRIGGER events_stay; DROP TRIGGER events_keep');
      change(db);
      db.close();
    };

    it('is whole when nobody touched the log, and names its head', async () => {
      await withEvents(() => {});
      const head = checkChain(directory);
      expect(head.position).toBe(5);
      expect(head.hash).toMatch(/^[0-9a-f]{64}$/);
    });

    it.each([
      ['a changed value', `UPDATE events SET data = '{"number":9}' WHERE position = 3`, 3],
      ['a changed actor', `UPDATE events SET actor = 'somebody' WHERE position = 2`, 2],
      ['a removed event', 'DELETE FROM events WHERE position = 3', 4],
      ['a swapped pair', 'UPDATE events SET position = 99 WHERE position = 1', 2],
    ])('gives away %s', async (_, statement, position) => {
      await withEvents((db) => db.exec(statement));
      expect(() => checkChain(directory)).toThrow(
        expect.objectContaining({
          code: 'event-log-tampered',
          message: expect.stringContaining(`position ${position} `),
        }),
      );
    });

    it('has another head when the newest events are cut off', async () => {
      await withEvents(() => {});
      const before = checkChain(directory);
      const db = new Database(path.join(directory, 'events.db'));
      db.exec('DELETE FROM events WHERE position > 3');
      db.close();
      expect(checkChain(directory)).not.toEqual(before);
    });

    it('is guarded by the file itself: events can be neither changed nor deleted', async () => {
      await (await openEmbeddedLog({ directory })).close();
      const { log, close } = await openEmbeddedLog({ directory });
      await log.append('osm.evt.plan.1', 0, numberedEvents(1));
      await close();
      const db = new Database(path.join(directory, 'events.db'));
      expect(() => db.exec('DELETE FROM events')).toThrow('never deleted');
      expect(() => db.exec("UPDATE events SET type = 'x'")).toThrow('never changed');
      db.close();
    });
  });
});
