import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import {
  describeCommandLeases,
  describeCommandQueue,
  describeEventLog,
  gather,
  numberedEvents,
  numbersOf,
  sampleEvent,
  until,
  type OpenedCuttable,
} from '@osm/testing/event-log-contract';
import { natsServerMissing, startNatsServer, startTcpRelay, type NatsServer } from '@osm/testing/nats-server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJetStreamLog, type JetStreamLog } from './open-jetstream-log.ts';
import { commandStream, eventStream } from './topology.ts';

const missing = natsServerMissing();

/** The suites provoke errors on purpose; what is heard here is what they threw. */
const onTrouble = () => {};

/** Each law has a server of its own; leases are short. */
const openFresh = async (): Promise<OpenedCuttable> => {
  const server = await startNatsServer();
  const open: JetStreamLog[] = [];
  const relays: { stop(): Promise<void> }[] = [];
  const connectTo = async (servers: string): Promise<JetStreamLog> => {
    const opened = await openJetStreamLog({ servers, name: 'contract', ackWaitMs: 1000, onTrouble });
    open.push(opened);
    return opened;
  };
  const closeAll = async () => {
    await Promise.all(open.splice(0).map((each) => each.close()));
  };
  const first = await connectTo(server.url).catch(async (error: unknown) => {
    await server.stop();
    throw error;
  });
  return {
    log: first.log,
    queue: first.queue,
    replica: () => connectTo(server.url),
    cuttable: async () => {
      const relay = await startTcpRelay(server.port);
      relays.push(relay);
      return { ...(await connectTo(relay.url)), cut: relay.cut, mend: relay.mend };
    },
    reopen: async (how) => {
      await (how === 'killed' ? server.kill() : server.shutDown());
      await closeAll();
      await server.start();
      return connectTo(server.url);
    },
    dispose: async () => {
      await closeAll();
      await Promise.all(relays.map((relay) => relay.stop()));
      await server.stop();
    },
  };
};

describe.skipIf(missing !== undefined)(missing ?? 'with a real nats-server', () => {
  describeEventLog('the JetStream log', openFresh);
  describeCommandQueue('the JetStream queue', openFresh);
  describeCommandLeases('the JetStream queue', openFresh);

  describe('the JetStream log', () => {
    let server: NatsServer;
    beforeEach(async () => {
      server = await startNatsServer();
    });
    afterEach(() => server.stop());

    it('writes what an auditor reads: our headers and those of CloudEvents', async () => {
      const { log, close } = await openJetStreamLog({ servers: server.url, name: 'audit' });
      const event = sampleEvent({ number: 1 }, { actor: 'Zoë', correlation: 'plan-1' });
      const position = await log.append('osm.evt.plan.1', 0, [event]);
      const connection = await connect({ servers: server.url });
      const message = await (
        await jetstreamManager(connection)
      ).streams.getMessage(eventStream.name, { seq: position });
      const written = Object.fromEntries(
        [...(message?.header ?? headers())].map(([name, values]) => [name, values[0]]),
      );
      expect(written).toMatchObject({
        'Nats-Msg-Id': event.id,
        'Osm-Type': 'Sampled',
        'Osm-Version': '1',
        'Osm-At': event.at,
        'Osm-Correlation': 'plan-1',
        'Osm-Actor': 'Zo%C3%AB',
        'Osm-Producer': event.producer,
        'ce-specversion': '1.0',
        'ce-id': event.id,
        'ce-source': event.producer,
        'ce-type': 'Sampled',
        'ce-subject': 'osm.evt.plan.1',
        'ce-time': event.at,
      });
      expect(written).not.toHaveProperty('Osm-Causation');
      expect(message?.json()).toEqual({ number: 1 });
      await connection.close();
      await close();
    });

    it('does not let anybody delete or purge events', async () => {
      const { log, close } = await openJetStreamLog({ servers: server.url, name: 'audit' });
      await log.append('osm.evt.plan.1', 0, numberedEvents(2));
      const connection = await connect({ servers: server.url });
      const { streams } = await jetstreamManager(connection);
      await expect(streams.deleteMessage(eventStream.name, 1)).rejects.toThrow();
      await expect(streams.purge(eventStream.name)).rejects.toThrow();
      expect(await log.load('osm.evt.plan.1')).toHaveLength(2);
      await connection.close();
      await close();
    });

    it('stops at an event that it did not write', async () => {
      const { log, close } = await openJetStreamLog({ servers: server.url, name: 'reader', onTrouble });
      const connection = await connect({ servers: server.url });
      await jetstream(connection).publish('osm.evt.plan.1', '{}');
      await expect(log.load('osm.evt.plan.1')).rejects.toMatchObject({ code: 'foreign-event' });
      await connection.close();
      await close();
    });

    it('goes on where it was when the server was killed and comes back', { timeout: 60_000 }, async () => {
      const { log, queue, close } = await openJetStreamLog({
        servers: server.url,
        name: 'steady',
        ackWaitMs: 2000,
        onTrouble,
      });
      let revision = await log.append('osm.evt.plan.1', 0, numberedEvents(3));
      const controller = new AbortController();
      const tailed: unknown[] = [];
      const tailing = (async () => {
        for await (const batch of log.tail({ signal: controller.signal })) tailed.push(...numbersOf(batch));
      })();
      const heard: unknown[] = [];
      const subscription = await log.subscribe({
        durable: 'runner',
        filter: 'osm.evt.>',
        handler: async ({ data }) => void heard.push(data['number']),
      });
      const worked: string[] = [];
      const worker = await queue.work({
        queue: 'network',
        slots: 2,
        handler: async ({ key }) => {
          worked.push(key);
          return 'done';
        },
      });
      await until('the first three', () => tailed.length === 3 && heard.length === 3);
      await server.kill();
      const appending = log.append('osm.evt.plan.1', revision, numberedEvents(3, 4));
      const enqueuing = queue.enqueue('network', 'one', {});
      await server.start();
      revision = await appending;
      await enqueuing;
      await until('everything, in order', () => tailed.length >= 6 && heard.includes(6) && worked.length >= 1, 40_000);
      expect(tailed).toEqual([1, 2, 3, 4, 5, 6]);
      // A killed server may have forgotten the last acknowledgements.
      expect([...new Set(heard)]).toEqual([1, 2, 3, 4, 5, 6]);
      expect(numbersOf(await log.load('osm.evt.plan.1'))).toEqual([1, 2, 3, 4, 5, 6]);
      expect(numbersOf(await gather(log.read()))).toEqual([1, 2, 3, 4, 5, 6]);
      controller.abort();
      await Promise.all([tailing, subscription.stop(), worker.stop()]);
      await close();
    });

    it('opened with another lease goes on with that one, and loses nothing', { timeout: 30_000 }, async () => {
      const worked: string[] = [];
      const leases: unknown[] = [];
      for (const ackWaitMs of [3000, 2000]) {
        const { queue, close } = await openJetStreamLog({ servers: server.url, name: 'lease', ackWaitMs, onTrouble });
        await queue.enqueue('network', String(ackWaitMs), {});
        const handler = async ({ key }: { readonly key: string }) => {
          worked.push(key);
          return 'done' as const;
        };
        const worker = await queue.work({ queue: 'network', slots: 1, handler });
        await until('it is done', () => worked.includes(String(ackWaitMs)));
        await worker.stop();
        await close();
        const connection = await connect({ servers: server.url });
        const { consumers } = await jetstreamManager(connection);
        leases.push((await consumers.info(commandStream.name, 'worker-network')).config.ack_wait);
        await connection.close();
      }
      expect(worked).toEqual(['3000', '2000']);
      expect(leases).toEqual([3e9, 2e9]);
    });

    it('says so when nobody answers, without the password', async () => {
      await server.kill();
      const opening = openJetStreamLog({ servers: `nats://me:secret@127.0.0.1:${server.port}`, name: 'lost' });
      await expect(opening).rejects.toMatchObject({
        code: 'event-log-unreachable',
        disposition: 'retry',
        message: expect.stringContaining(`nats://127.0.0.1:${server.port}`),
      });
      await expect(opening).rejects.not.toMatchObject({ message: expect.stringContaining('secret') });
    });

    it('says so when JetStream is off', async () => {
      const plain = await startNatsServer({ jetStream: 'off' });
      try {
        await expect(openJetStreamLog({ servers: plain.url, name: 'off' })).rejects.toMatchObject({
          code: 'jetstream-off',
        });
      } finally {
        await plain.stop();
      }
    });

    it('refuses a stream that would forget or that somebody made differently', async () => {
      const connection = await connect({ servers: server.url });
      const { streams } = await jetstreamManager(connection);
      await streams.add({ name: eventStream.name, subjects: ['osm.evt.>'] });
      await connection.close();
      await expect(openJetStreamLog({ servers: server.url, name: 'strict' })).rejects.toMatchObject({
        code: 'event-log-misconfigured',
        message: expect.stringContaining('discard is "old" instead of "new"'),
      });
    });

    it('refuses an address that is none, and credentials that cannot be read', async () => {
      await expect(openJetStreamLog({ servers: 'nowhere', name: 'x' })).rejects.toMatchObject({
        code: 'bad-event-log-url',
      });
      const credentials = '/absent/user.creds';
      await expect(openJetStreamLog({ servers: server.url, name: 'x', credentials })).rejects.toMatchObject({
        code: 'unreadable-credentials',
      });
    });
  });
});
