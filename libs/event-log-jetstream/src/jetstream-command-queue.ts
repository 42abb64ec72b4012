import { JetStreamApiError } from '@nats-io/jetstream';
import type { CommandQueue } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';
import { commandSubject, keyOf, queueFilter } from './command-subject.ts';
import { startDeliveries, type Workings } from './deliveries.ts';
import { ensureConsumer } from './ensure-consumer.ts';
import type { Apis } from './jetstream-event-log.ts';
import { apiCode } from './nats-failure.ts';
import { persistently } from './persistently.ts';
import { commandStream, workerConsumer } from './topology.ts';

const stream = commandStream.name;

/** The queue of commands over the work-queue stream. */
export const jetStreamCommandQueue = (workings: Workings, { client, manager }: Apis): CommandQueue => {
  const { ackWait } = workings;

  /** The highest sequence that any worker was given; what has a higher one nobody has had yet. */
  const delivered = async (queue: string): Promise<number> => {
    for await (const consumer of manager.consumers.list(stream)) {
      if (consumer.name === workerConsumer(queue, ackWait).durable_name) return consumer.delivered.stream_seq;
    }
    return 0;
  };

  /** Whether the command was still there and nobody's. */
  const takeBack = async (subject: string, after: number): Promise<boolean> => {
    const message = await manager.direct.getMessage(stream, { last_by_subj: subject });
    if (message === null || message.seq <= after) return false;
    try {
      return await manager.streams.deleteMessage(stream, message.seq, false);
    } catch (error) {
      // Done and gone between the two requests.
      if (error instanceof JetStreamApiError && missing.includes(error.code)) return false;
      throw error;
    }
  };

  return {
    enqueue: (queue, key, command) =>
      persistently(async () => {
        try {
          await client.publish(commandSubject(queue, key), JSON.stringify(command));
          return 'queued';
        } catch (error) {
          if (error instanceof JetStreamApiError && isPending(error)) return 'pending';
          throw error;
        }
      }),
    work: ({ queue, slots, leaseMs = ackWait, handler }) =>
      persistently(async () => {
        const lease = Math.min(leaseMs, ackWait);
        const name = await ensureConsumer(manager, stream, workerConsumer(queue, lease));
        return startDeliveries(workings, {
          consumer: await client.consumers.get(stream, name),
          slots,
          ackWait: lease,
          // What is no JSON fails as a handler does: it is told, and waits longer each time.
          handle: async (message, signal) =>
            handler({
              key: keyOf(message.subject),
              command: message.json<JsonObject>(),
              deliveries: message.info.deliveryCount,
              signal,
            }),
        });
      }),
    withdraw: (queue, keyPrefix) =>
      persistently(async () => {
        const after = await delivered(queue);
        const { state } = await manager.streams.info(stream, { subjects_filter: queueFilter(queue) });
        const subjects = Object.keys(state.subjects ?? {}).filter((subject) => keyOf(subject).startsWith(keyPrefix));
        let taken = 0;
        for (const subject of subjects) if (await takeBack(subject, after)) taken++;
        return taken;
      }),
  };
};

const missing: readonly number[] = [apiCode.notFound, apiCode.sequenceNotFound];

/** The same code stands for a stream that is full; only the words tell. */
const isPending = (error: JetStreamApiError): boolean =>
  error.code === apiCode.streamStoreFailed && error.message.includes('per subject');
