import { AckPolicy, DeliverPolicy, jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { numberedEvents, sampleEvent } from '@osm/testing/event-log-contract';
import { natsServerMissing, startNatsServer, type NatsServer } from '@osm/testing/nats-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
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

const root = path.resolve(import.meta.dirname, '../../..');

/** Runs the program of docs/how-to/audit.md as it stands there, in a folder that has our packages. */
const startProgramOfThePage = async (env: { readonly [name: string]: string }) => {
  const page = readFileSync(path.join(root, 'docs/how-to/audit.md'), 'utf8');
  const [, program = ''] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-audit-'));
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'));
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(path.join(folder, 'audit.ts'), program);
  const child = spawn(process.execPath, ['audit.ts'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    line: async () => String((await lines.next()).value),
    end: async () => {
      const ended = once(child, 'close');
      child.kill();
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
};

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
    connection = await connect({
      ...{ servers: at, user: 'auditor', pass: 'auditor-Secret-1' },
      inboxPrefix: '_INBOX_auditor',
    });
    manager = await jetstreamManager(connection, { checkAPI: false });
  });
  afterAll(async () => {
    await connection.close();
    await writer.close();
    await server.stop();
  });

  it('follows every event from the first, by the program of the how-to', async () => {
    await writer.log.append('osm.evt.plan.one', 0, numberedEvents(2));
    const program = await startProgramOfThePage({ NATS_URL: address, NATS_PASSWORD: 'auditor-Secret-1' });
    try {
      expect(await program.line()).toMatch(/^1 \S+ .* osm\.evt\.plan\.one$/);
      expect(await program.line()).toMatch(/^2 /);
      await writer.log.append('osm.evt.plan.one', 2, numberedEvents(1));
      expect(await program.line()).toMatch(/^3 /);
    } finally {
      await program.end();
    }
    const later = await startProgramOfThePage({ NATS_URL: address, NATS_PASSWORD: 'auditor-Secret-1', AFTER: '2' });
    expect(await later.line()).toMatch(/^3 /);
    await later.end();
  });

  it('hears what is recorded from now on, as the nats command does', async () => {
    const heard = connection.subscribe('osm.evt.>', { max: 1 });
    await connection.flush();
    await writer.log.append('osm.evt.plan.two', 0, numberedEvents(1));
    for await (const message of heard) expect(message.subject).toBe('osm.evt.plan.two');
  });

  it('can write no event and delete none', async () => {
    const before = await writer.log.head();
    await expect(
      jetstream(connection).publish('osm.evt.plan.one', JSON.stringify(sampleEvent()), { timeout: 1000 }),
    ).rejects.toThrow();
    await expect(manager.streams.purge('OSM_EVENTS')).rejects.toThrow();
    await expect(manager.streams.delete('OSM_EVENTS')).rejects.toThrow();
    await expect(manager.streams.deleteMessage('OSM_EVENTS', before)).rejects.toThrow();
    expect(await writer.log.head()).toBe(before);
  });

  it('can create no consumer, which could deliver anywhere, and take nothing from a service’s', async () => {
    const services = await connect({ servers: address, user: 'services', pass: 'services-Secret-1' });
    const theirs = await jetstreamManager(services, { checkAPI: false });
    await theirs.consumers.add('OSM_EVENTS', {
      durable_name: 'planner',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    const push = { deliver_subject: 'osm.rpc.planner.cancel', ack_policy: AckPolicy.None };
    const pull = { durable_name: 'auditor', ack_policy: AckPolicy.Explicit };
    for (const config of [push, pull]) await expect(manager.consumers.add('OSM_EVENTS', config)).rejects.toThrow();
    await expect(manager.consumers.delete('OSM_EVENTS', 'planner')).rejects.toThrow();
    const next = '$JS.API.CONSUMER.MSG.NEXT.OSM_EVENTS.planner';
    await expect(connection.request(next, '{"batch":1}', { timeout: 1000 })).rejects.toThrow();
    connection.publish('$JS.ACK.OSM_EVENTS.planner.1.1.1.1.1', '+ACK');
    await connection.flush();
    const { num_pending: pending, ack_floor: floor } = await theirs.consumers.info('OSM_EVENTS', 'planner');
    expect([pending, floor.stream_seq]).toEqual([await writer.log.head(), 0]);
    await services.close();
  });

  it.each(['_INBOX.>', 'osm.rpc.>', 'osm.work.>', '>'])('cannot listen to %s', async (subject) => {
    const refused = Promise.withResolvers<Error | null>();
    connection.subscribe(subject, { callback: (error) => refused.resolve(error) });
    expect((await refused.promise)?.message).toMatch(/permission/i);
  });

  it('can ask no service for anything', async () => {
    await expect(connection.request('osm.rpc.planner.cancel', '{}', { timeout: 1000 })).rejects.toThrow(/permission/i);
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
