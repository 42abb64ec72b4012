import { setTimeout } from 'node:timers/promises';
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { redeliveryDelay, type Handled, type Subscription } from '@osm/event-log';
import { holdLease } from './lease.ts';
import { natsFailure } from './nats-failure.ts';
import { takeOne } from './take-one.ts';

/** What both halves of the JetStream log work with. */
export interface Workings {
  readonly connection: NatsConnection;
  /** The longest lease, in milliseconds; each consumer has this one or a shorter one. */
  readonly ackWait: number;
  /** Hears what goes wrong where no caller waits for it. */
  readonly onTrouble: (error: unknown) => void;
}

export interface DeliveryOptions {
  readonly consumer: Consumer;
  /** How many messages are in hand at once. */
  readonly slots: number;
  /** Milliseconds after which an unacknowledged delivery goes to somebody else: the consumer's `ack_wait`. */
  readonly ackWait: number;
  readonly handle: (message: JsMsg, signal: AbortSignal) => Promise<Handled>;
}

/** Hands messages to a handler until it is stopped; each is acknowledged, or comes again, as the handler says. */
export const startDeliveries = (workings: Workings, options: DeliveryOptions): Subscription => {
  const stopping = new AbortController();
  const slots = Array.from({ length: options.slots }, () => runSlot(workings, options, stopping.signal));
  return {
    stop: async () => {
      stopping.abort();
      await Promise.all(slots);
    },
  };
};

const runSlot = async (workings: Workings, options: DeliveryOptions, stopping: AbortSignal): Promise<void> => {
  const { connection, onTrouble } = workings;
  for (let failures = 0; !stopping.aborted && !connection.isClosed();) {
    try {
      const message = await takeOne(options.consumer, stopping);
      if (message === undefined) continue;
      // Came while we were leaving: somebody else may have it at once.
      if (stopping.aborted) message.nak();
      else await deliver(message, workings, options);
      failures = 0;
    } catch (error) {
      if (connection.isClosed()) return;
      onTrouble(natsFailure(error));
      await pause(redeliveryDelay(++failures), stopping);
    }
  }
};

const deliver = async (message: JsMsg, workings: Workings, { handle, ackWait }: DeliveryOptions): Promise<void> => {
  const { connection, onTrouble } = workings;
  const lease = holdLease(connection, message, ackWait);
  try {
    const handled = await handle(message, lease.signal).catch((error: unknown): Handled => {
      onTrouble(error);
      return { again: redeliveryDelay(message.info.deliveryCount) };
    });
    // Whoever lost the lease has no say any more: an acknowledgement would count for the other's delivery.
    if (lease.signal.aborted || connection.isClosed()) return;
    if (handled === 'done') await message.ackAck();
    else message.nak(handled.again);
  } finally {
    lease.end();
  }
};

const pause = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  setTimeout(milliseconds, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
