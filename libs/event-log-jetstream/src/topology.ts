import {
  AckPolicy,
  DeliverPolicy,
  DiscardPolicy,
  RetentionPolicy,
  StorageType,
  type ConsumerConfig,
  type StreamConfig,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';

/** A stream as we want it; nothing in it is newer than nats-server 2.9. */
export type StreamTopology = Partial<StreamConfig> & Pick<StreamConfig, 'name' | 'subjects'>;

/** A consumer with a name of its own, whose place in the stream outlives all processes. */
export type DurableConsumer = Partial<ConsumerConfig> & {
  readonly durable_name: string;
  /** Nanoseconds: the lease of each delivery. */
  readonly ack_wait: number;
};

const largestMessage = 256 * 1024;

/**
 * All events: one stream, so one total order and one checkpoint. A full stream must refuse, never forget, so old events
 * are never discarded, and nobody can delete one.
 */
export const eventStream: StreamTopology = {
  name: 'OSM_EVENTS',
  subjects: ['osm.evt.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Limits,
  discard: DiscardPolicy.New,
  deny_delete: true,
  deny_purge: true,
  allow_direct: true,
  duplicate_window: nanos(120_000),
  max_msg_size: largestMessage,
};

/**
 * All commands: each stays until a worker is done with it. "One pending command per key" is kept by the server: the key is
 * the subject, and a subject holds one message.
 */
export const commandStream: StreamTopology = {
  name: 'OSM_COMMANDS',
  subjects: ['osm.cmd.>'],
  storage: StorageType.File,
  retention: RetentionPolicy.Workqueue,
  discard: DiscardPolicy.New,
  max_msgs_per_subject: 1,
  discard_new_per_subject: true,
  allow_direct: true,
  max_msg_size: largestMessage,
};

/** How many workers may ask for work at the same time, over all replicas of a service. */
const mostWaiting = 8192;

/** The consumer of one durable subscription: one event in flight over all replicas. */
export const subscriptionConsumer = (durable: string, filter: string, ackWait: number): DurableConsumer => ({
  durable_name: durable,
  filter_subject: filter,
  deliver_policy: DeliverPolicy.All,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWait),
  max_deliver: -1,
  max_ack_pending: 1,
  max_waiting: mostWaiting,
});

/**
 * The consumer that all workers of a queue share. `max_ack_pending` bounds running plus waiting commands (one put back
 * with a delay keeps its place under it), so it is no throttle: the number of slots is.
 */
export const workerConsumer = (queue: string, ackWait: number): DurableConsumer => ({
  durable_name: `worker-${queue}`,
  filter_subject: `osm.cmd.${queue}.>`,
  deliver_policy: DeliverPolicy.All,
  ack_policy: AckPolicy.Explicit,
  ack_wait: nanos(ackWait),
  max_deliver: -1,
  max_ack_pending: 10_000,
  max_waiting: mostWaiting,
});
