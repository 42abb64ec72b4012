import {
  DeliverPolicy,
  JetStreamApiError,
  type Consumer,
  type ConsumerMessages,
  type JetStreamClient,
} from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import type { RecordedEvent } from '@osm/contracts';
import { eventOf } from './event-message.ts';
import { apiCode, isUnreachable } from './nats-failure.ts';
import { eventStream } from './topology.ts';

export interface FollowOptions {
  readonly filter: string | undefined;
  readonly after: number;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Whether to go on to a later event or end: what is there is all that is wanted. */
  readonly upTo: number;
}

const batchSize = 256;

/** Events in order, in batches as they are available, until the signal is aborted or `upTo` is reached. */
export async function* followEvents(
  client: JetStreamClient,
  { filter, after, signal, upTo }: FollowOptions,
): AsyncGenerator<readonly RecordedEvent[]> {
  if (signal.aborted || after >= upTo) return;
  const consumer = await orderedConsumer(client, filter, after);
  const leaving = new AbortController();
  try {
    // What is pending at first includes everything up to the head that the caller knows of.
    if (upTo < Infinity && (await consumer.info(true)).num_pending === 0) return;
    const messages = await consumer.consume({ max_messages: batchSize, expires: 5000 });
    signal.addEventListener('abort', () => messages.stop(), { signal: leaving.signal });
    leaveWhenLost(consumer, messages, leaving.signal);
    if (signal.aborted) return;
    let batch: RecordedEvent[] = [];
    for await (const message of messages) {
      if (signal.aborted) return;
      // A start beyond the end is taken for the end.
      if (message.seq > after && message.seq <= upTo) batch.push(eventOf(message));
      const ended = message.seq >= upTo || (upTo < Infinity && message.info.pending === 0);
      // The client's queue holds also what is no message, and counts it: only what the server still has is sure to come.
      const more = messages.getPending() > 0 && message.info.pending > 0;
      if (!ended && batch.length < batchSize && more) continue;
      if (batch.length > 0) yield batch;
      if (ended) return;
      batch = [];
    }
    // The client ends the iteration in silence when the connection is closed: for a reader, a part of what was asked for.
    if (!signal.aborted) throw new errors.ClosedConnectionError();
  } finally {
    leaving.abort();
    await forget(consumer);
  }
}

/** Milliseconds between two looks whether the consumer is still there. */
const lookEvery = 5000;

/**
 * In a cluster such a consumer lives on one server. Where that is lost nobody says that the consumer is gone, for the server may
 * come back, and the client waits for it: whoever follows makes another one instead.
 */
const leaveWhenLost = (consumer: Consumer, messages: ConsumerMessages, signal: AbortSignal): void => {
  const look = (): void => {
    consumer.info().catch((error: unknown) => messages.stop(error instanceof Error ? error : new Error(String(error))));
  };
  const looks = setInterval(look, lookEvery);
  signal.addEventListener('abort', () => clearInterval(looks));
};

const orderedConsumer = (client: JetStreamClient, filter: string | undefined, after: number): Promise<Consumer> =>
  client.consumers.get(eventStream.name, {
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: after + 1,
    inactive_threshold: 60_000,
    // As a text: a list needs nats-server 2.10.
    ...(filter === undefined ? {} : { filter_subjects: filter }),
  });

/** The server would forget it by itself after a minute; that it, or the server, is gone already is all the same. */
const forget = async (consumer: Consumer): Promise<void> => {
  try {
    await consumer.delete();
  } catch (error) {
    const gone = error instanceof JetStreamApiError && error.code === apiCode.consumerNotFound;
    if (!gone && !isUnreachable(error) && !(error instanceof errors.ClosedConnectionError)) throw error;
  }
};
