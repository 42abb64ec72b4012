/** Measures one kind of log in a process of its own: `embedded` or `nats`, and how many events. */
import type { EventLog } from '@osm/event-log';
import { openEmbeddedLog } from '@osm/event-log-embedded';
import { openJetStreamLog } from '@osm/event-log-jetstream';
import { systemClock } from '@osm/platform';
import { openRegistry } from '@osm/services/registry';
import { startNatsServer } from '@osm/testing/nats-server';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { eventsEach, givenHistory } from './given-history.ts';

/** A log that is empty, with a folder beside it. */
interface Fresh {
  readonly log: EventLog;
  readonly folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

const embedded = async (): Promise<Fresh> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-bench-'));
  const { log, close } = await openEmbeddedLog({ directory: folder });
  return {
    ...{ log, folder },
    [Symbol.asyncDispose]: async () => {
      await close();
      rmSync(folder, { recursive: true });
    },
  };
};

const onNats = async (): Promise<Fresh> => {
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-bench-'));
  const server = await startNatsServer();
  const { log, close } = await openJetStreamLog({ servers: server.url, name: 'bench' });
  return {
    ...{ log, folder },
    [Symbol.asyncDispose]: async () => {
      await close();
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
};

const quiet = { log: () => undefined, warn: () => undefined, error: (message: string) => console.error(message) };

/** What is said of one kind. */
export interface LogFigures {
  readonly appendPerSecond: number;
  readonly replayPerSecond: number;
  readonly rebuildPerSecond: number;
}

/** The history of so many events written, read, and made into a mapping database. */
const measured = async (open: () => Promise<Fresh>, events: number): Promise<LogFigures> => {
  await using fresh = await open();
  const { log, folder } = fresh;
  const rate = async (work: () => Promise<number>): Promise<number> => {
    const began = performance.now();
    const count = await work();
    return count / ((performance.now() - began) / 1000);
  };
  const appendPerSecond = await rate(() => givenHistory(log, Math.ceil(events / eventsEach)));
  const replayPerSecond = await rate(async () => {
    let count = 0;
    for await (const _ of log.read()) count += 1;
    return count;
  });
  const dataDirectory = path.join(folder, 'registry');
  const registry = await openRegistry({ log, dataDirectory, handlers: new Map(), clock: systemClock, logger: quiet });
  try {
    const head = await log.head();
    await registry.position(head);
    const rebuildPerSecond = await rate(async () => {
      const { equal } = await registry.rebuild();
      if (!equal) throw new Error('the rebuilt database is another one');
      return head;
    });
    return { appendPerSecond, replayPerSecond, rebuildPerSecond };
  } finally {
    await registry.close();
  }
};

const [kind, events] = process.argv.slice(2);
process.send?.(await measured(kind === 'nats' ? onNats : embedded, Number(events)));
