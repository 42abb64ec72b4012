import {
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type PubAck,
  type SeqMsgRequest,
  type StoredMsg,
} from '@nats-io/jetstream';
import type { NewEvent, RecordedEvent } from '@osm/contracts';
import { Conflict, eventText, shortLease, type EventLog } from '@osm/event-log';
import { setTimeout } from 'node:timers/promises';
import { startDeliveries, type Workings } from './deliveries.ts';
import { ensureConsumer } from './ensure-consumer.ts';
import { eventHeaders, eventOf } from './event-message.ts';
import { followEvents, type FollowOptions } from './follow-events.ts';
import { apiCode, isUnreachable, natsFailure } from './nats-failure.ts';
import { persistently } from './persistently.ts';
import { eventStream, subscriptionConsumer } from './topology.ts';

export interface Apis {
  readonly client: JetStreamClient;
  readonly manager: JetStreamManager;
}

type TailOptions = Parameters<EventLog['tail']>[0];

const stream = eventStream.name;

/** Up to here an aggregate is loaded event by event, which is faster than to make a consumer for it. */
const fewEvents = 32;

/** The event log over the stream of events. */
export const jetStreamEventLog = (
  workings: Workings,
  { client, manager }: Apis,
  close: () => Promise<void>,
): EventLog => {
  const { connection, onTrouble } = workings;
  // One event in flight for all: whatever a dead process had in hand, everybody waits for it.
  const ackWait = Math.min(workings.ackWait, shortLease);

  const head = (): Promise<number> => persistently(async () => (await manager.streams.info(stream)).state.last_seq);

  /** The first message of a subject after a position, as the leader knows it. */
  const nextOnSubject = async (subject: string, after: number): Promise<StoredMsg | null> => {
    const query: SeqMsgRequest & { readonly next_by_subj: string } = { seq: after + 1, next_by_subj: subject };
    return manager.streams.getMessage(stream, query);
  };

  const publish = async (
    subject: string,
    expected: number,
    event: NewEvent,
    text: string,
  ): Promise<PubAck | undefined> => {
    try {
      return await client.publish(subject, text, {
        msgID: event.id,
        headers: eventHeaders(subject, event),
        expect: { lastSubjectSequence: expected },
      });
    } catch (error) {
      if (error instanceof JetStreamApiError && isWrongSequence(error)) return undefined;
      throw error;
    }
  };

  /**
   * Servers differ about a message that they have already: 2.9 calls it a duplicate, 2.15 a wrong sequence, and after the
   * window of deduplication all say the latter. So both answers mean: look whether what follows is ours.
   */
  const appendOne = async (subject: string, expected: number, event: NewEvent, text: string): Promise<number> => {
    const answer = await publish(subject, expected, event, text);
    if (answer !== undefined && !answer.duplicate) return answer.seq;
    const next = await nextOnSubject(subject, expected);
    if (next?.header.get('Nats-Msg-Id') === event.id) return next.seq;
    throw new Conflict(subject, expected);
  };

  /** As `followEvents`, but a server that does not answer is waited for; `isWorthWaiting` says of what else is. */
  async function* follow(options: FollowOptions, isWorthWaiting: (error: unknown) => boolean) {
    let { after } = options;
    for (;;) {
      try {
        for await (const batch of followEvents(client, { ...options, after })) {
          yield batch;
          after = batch.at(-1)?.position ?? after;
        }
        return;
      } catch (error) {
        if (!isWorthWaiting(error)) throw natsFailure(error);
        onTrouble(natsFailure(error));
        await setTimeout(500);
      }
    }
  }

  /** Whatever goes wrong, a tail goes on; an abort and a closed log end it. */
  async function* tail({ filter, after = 0, signal }: TailOptions) {
    const goesOn = () => !signal.aborted && !connection.isClosed();
    try {
      yield* follow({ filter, after, signal, upTo: Infinity }, goesOn);
    } catch (error) {
      if (goesOn()) throw error;
    }
  }

  const loadMany = async (subject: string, after: number): Promise<readonly RecordedEvent[]> => {
    const batches = followEvents(client, {
      filter: subject,
      after,
      signal: new AbortController().signal,
      upTo: await head(),
    });
    return (await Array.fromAsync(batches)).flat();
  };

  const load = async (subject: string): Promise<readonly RecordedEvent[]> => {
    const events: RecordedEvent[] = [];
    for (let after = 0; events.length < fewEvents;) {
      const message = await manager.direct.getMessage(stream, { seq: after + 1, next_by_subj: subject });
      if (message === null) return events;
      events.push(eventOf({ ...fieldsOf(message) }));
      after = message.seq;
    }
    return [...events, ...(await loadMany(subject, events.at(-1)?.position ?? 0))];
  };

  return {
    append: async (subject, expected, events) => {
      const texts = events.map(eventText);
      let revision = expected;
      for (const [at, event] of events.entries()) {
        const before = revision;
        revision = await persistently(() => appendOne(subject, before, event, texts[at] ?? ''));
      }
      return revision;
    },
    load: (subject) => persistently(() => load(subject)),
    read: async function* ({ filter, after = 0, signal = new AbortController().signal } = {}) {
      signal.throwIfAborted();
      for await (const batch of follow({ filter, after, signal, upTo: await head() }, isUnreachable)) {
        for (const event of batch) {
          yield event;
          signal.throwIfAborted();
        }
      }
      signal.throwIfAborted();
    },
    tail,
    subscribe: ({ durable, filter, handler }) =>
      persistently(async () => {
        await ensureConsumer(manager, stream, subscriptionConsumer(durable, filter, ackWait));
        const consumer = await client.consumers.get(stream, durable);
        const handle = async (message: Parameters<typeof eventOf>[0]) => {
          await handler(eventOf(message));
          return 'done' as const;
        };
        return startDeliveries(workings, { consumer, slots: 1, ackWait, handle });
      }),
    head,
    close,
  };
};

const isWrongSequence = ({ code }: JetStreamApiError): boolean =>
  code === apiCode.wrongLastSequence || code === apiCode.wrongLastSequenceConstant;

const fieldsOf = ({ subject, seq, header, data }: StoredMsg): Parameters<typeof eventOf>[0] => ({
  subject,
  seq,
  headers: header,
  data,
});
