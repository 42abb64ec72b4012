import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { numberedEvents } from '@osm/testing/event-log-contract';
import { freePort, natsServerMissing, startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJetStreamLog, type JetStreamLog } from './open-jetstream-log.ts';

const missing = natsServerMissing();

describe.skipIf(missing !== undefined)(['a cluster of three servers', missing].filter(Boolean).join(': '), () => {
  const servers: NatsServer[] = [];
  let opened: JetStreamLog;

  beforeAll(async () => {
    const ports = [await freePort(), await freePort(), await freePort()];
    const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(',');
    const flags = (port: number, name: string): readonly string[] => [
      ...['--name', name, '--cluster_name', 'osm', '--cluster', `nats://127.0.0.1:${port}`, '--routes', routes],
    ];
    servers.push(...(await Promise.all(ports.map((port, n) => startNatsServer({ flags: flags(port, `n${n}`) })))));
    const url = servers.map((server) => server.url).join(',');
    opened = await untilReady(() => openJetStreamLog({ servers: url, name: 'cluster' }));
  }, 60_000);
  afterAll(async () => {
    await opened?.close();
    await Promise.all(servers.map((server) => server.stop()));
  });

  it('keeps every event thrice, and tells who follows of all of them, whichever server is lost', async () => {
    const { log } = opened;
    const subject = 'osm.evt.plan.one';
    await log.append(subject, 0, numberedEvents(2));
    const ending = new AbortController();
    const heard: number[] = [];
    const following = (async () => {
      for await (const batch of log.tail({ filter: subject, signal: ending.signal })) {
        heard.push(...batch.map(({ position }) => position));
      }
    })();
    await until(() => heard.length === 2);

    await servers[await serverOfFollower(servers)]?.kill();
    await untilReady(() => log.append(subject, 2, numberedEvents(1)));
    await until(() => heard.length === 3);
    expect(heard).toEqual([1, 2, 3]);
    ending.abort();
    await following;
  }, 90_000);
});

/** The number of the server on which the one consumer lives that nobody has named. */
const serverOfFollower = async (servers: readonly NatsServer[]): Promise<number> => {
  const connection = await connect({ servers: servers.map(({ port }) => `127.0.0.1:${port}`) });
  const manager = await jetstreamManager(connection);
  const { config } = await manager.streams.info('OSM_EVENTS');
  expect(config.num_replicas).toBe(3);
  const [follower] = await Array.fromAsync(manager.consumers.list('OSM_EVENTS'));
  await connection.close();
  return Number(follower?.cluster?.leader?.slice(1));
};

/** A cluster elects its leaders for some seconds, and refuses meanwhile. */
const untilReady = async <T>(attempt: () => Promise<T>): Promise<T> => {
  const end = performance.now() + 40_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
};

const until = async (is: () => boolean): Promise<void> => {
  const end = performance.now() + 40_000;
  while (!is()) {
    if (performance.now() > end) throw new Error('it did not come to be within 40 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};
