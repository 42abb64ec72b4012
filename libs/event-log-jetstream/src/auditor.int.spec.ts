import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { numberedEvents, sampleEvent } from '@osm/testing/event-log-contract';
import { natsServerMissing, startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openJetStreamLog, type JetStreamLog } from './open-jetstream-log.ts';

/** The configuration that we hand out, as it is, with its variables filled in. */
const configuration = Object.entries({
  OSM_NATS_HOST: '127.0.0.1',
  OSM_NATS_PASSWORD: 'services-Secret-1',
  OSM_AUDITOR_PASSWORD: 'auditor-Secret-1',
}).reduce(
  (text, [name, value]) => text.replaceAll(`$${name}`, value),
  readFileSync(path.resolve(import.meta.dirname, '../../../tools/nats.conf'), 'utf8').replace(/^#.*$/gm, ''),
);

const missing = natsServerMissing();

describe.skipIf(missing !== undefined)(['an auditor with read-only rights', missing].filter(Boolean).join(': '), () => {
  let server: NatsServer;
  let writer: JetStreamLog;
  let connection: NatsConnection;
  let manager: JetStreamManager;
  let address: string;

  beforeAll(async () => {
    server = await startNatsServer({ configuration });
    const at = `127.0.0.1:${server.port}`;
    address = at;
    writer = await openJetStreamLog({ servers: `nats://services:services-Secret-1@${at}`, name: 'writer' });
    connection = await connect({ servers: at, user: 'auditor', pass: 'auditor-Secret-1' });
    manager = await jetstreamManager(connection, { checkAPI: false });
  });
  afterAll(async () => {
    await connection.close();
    await writer.close();
    await server.stop();
  });

  it('follows every event from the first with a durable of his own, by headers alone', async () => {
    await writer.log.append('osm.evt.plan.one', 0, numberedEvents(3));
    await manager.consumers.add('OSM_EVENTS', {
      durable_name: 'audit-ann',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    const consumer = await jetstream(connection).consumers.get('OSM_EVENTS', 'audit-ann');
    const heard: (string | undefined)[] = [];
    for await (const message of await consumer.fetch({ max_messages: 3, expires: 5000 })) {
      heard.push(message.headers?.get('ce-subject'));
      message.ack();
    }
    expect(heard).toEqual(['osm.evt.plan.one', 'osm.evt.plan.one', 'osm.evt.plan.one']);
  });

  it('can write no event and delete none', async () => {
    const before = await writer.log.head();
    await expect(
      jetstream(connection).publish('osm.evt.plan.one', JSON.stringify(sampleEvent()), { timeout: 1000 }),
    ).rejects.toThrow();
    await expect(manager.streams.purge('OSM_EVENTS')).rejects.toThrow();
    await expect(manager.streams.delete('OSM_EVENTS')).rejects.toThrow();
    expect(await writer.log.head()).toBe(before);
  });

  it('shares the server with services that can work, and that can take back no event either', async () => {
    const services = await connect({ servers: address, user: 'services', pass: 'services-Secret-1' });
    try {
      const theirs = await jetstreamManager(services, { checkAPI: false });
      const before = await writer.log.head();
      await expect(theirs.streams.purge('OSM_EVENTS')).rejects.toThrow();
      await expect(theirs.streams.delete('OSM_EVENTS')).rejects.toThrow();
      await expect(theirs.streams.deleteMessage('OSM_EVENTS', before)).rejects.toThrow();
      await expect(theirs.streams.update('OSM_EVENTS', { max_msgs: 1 })).rejects.toThrow();
      await expect(theirs.streams.delete('OSM_COMMANDS')).rejects.toThrow();
      expect(await writer.log.head()).toBe(before);
    } finally {
      await services.close();
    }
    const worked = Promise.withResolvers<string>();
    await writer.queue.enqueue('network', 'key-1', { step: 1 });
    const working = await writer.queue.work({
      queue: 'network',
      slots: 1,
      handler: async ({ key }) => {
        worked.resolve(key);
        return 'done';
      },
    });
    expect(await worked.promise).toBe('key-1');
    await working.stop();
  });

  it('and nobody else is let in', async () => {
    const strangers = [{}, { user: 'services', pass: 'guessed' }, { token: 'guessed' }];
    for (const stranger of strangers) {
      await expect(connect({ servers: address, ...stranger })).rejects.toThrow(/authorization/i);
    }
  });
});
