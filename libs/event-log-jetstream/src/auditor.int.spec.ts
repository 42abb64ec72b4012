import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { numberedEvents, sampleEvent } from '@osm/testing/event-log-contract';
import { natsServerMissing, startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJetStreamLog, type JetStreamLog } from './open-jetstream-log.ts';

/** What an auditor needs, and nothing that changes anything but his own place in the log. */
const configuration = `
authorization {
  users: [
    { user: writer, password: writer-Secret-1 }
    { user: auditor, password: auditor-Secret-1, permissions: {
        publish: { allow: [
          "$JS.API.INFO", "$JS.API.STREAM.INFO.OSM_EVENTS",
          "$JS.API.CONSUMER.CREATE.OSM_EVENTS.>", "$JS.API.CONSUMER.DURABLE.CREATE.OSM_EVENTS.>",
          "$JS.API.CONSUMER.INFO.OSM_EVENTS.>", "$JS.API.CONSUMER.MSG.NEXT.OSM_EVENTS.>", "$JS.ACK.OSM_EVENTS.>"
        ] }
        subscribe: { allow: ["_INBOX.>"] }
    } }
  ]
}`;

const missing = natsServerMissing();

describe.skipIf(missing !== undefined)(['an auditor with read-only rights', missing].filter(Boolean).join(': '), () => {
  let server: NatsServer;
  let writer: JetStreamLog;
  let connection: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    server = await startNatsServer({ configuration });
    const at = `127.0.0.1:${server.port}`;
    writer = await openJetStreamLog({ servers: `nats://writer:writer-Secret-1@${at}`, name: 'writer' });
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
});
