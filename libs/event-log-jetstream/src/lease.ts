import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { Failure } from '@osm/kernel';

/** The right to deal with one delivery. */
export interface Lease {
  /** Aborted when the server may have given the message to somebody else. */
  readonly signal: AbortSignal;
  /** No more heartbeats. */
  end(): void;
}

const stillWorking = '+WPI';

/**
 * Renews a delivery every third of its acknowledgement time. Each heartbeat is confirmed by the server; the lease is lost
 * a sixth before the server would deliver again, counted from the last heartbeat that was confirmed, so a short break
 * does no harm and a long one is noticed here before anybody else can have the message.
 */
export const holdLease = (connection: NatsConnection, message: JsMsg, ackWait: number): Lease => {
  const lost = new AbortController();
  const reply = replyOf(message);
  const until = (sent: number): number => Math.max(0, sent + (ackWait * 5) / 6 - performance.now());
  const lose = () => {
    clearInterval(heart);
    lost.abort(leaseLost(message.subject));
  };
  let expiry = setTimeout(lose, until(performance.now()));
  const beat = async (): Promise<void> => {
    const sent = performance.now();
    try {
      await connection.request(reply, stillWorking, { timeout: ackWait / 3 });
    } catch {
      return; // Not confirmed: the expiry, which stays as it was, is what comes of it.
    }
    if (ended || lost.signal.aborted) return;
    clearTimeout(expiry);
    // The answer was not read before: this process stood still, and must know before it does anything else.
    if (until(sent) === 0) lose();
    else expiry = setTimeout(lose, until(sent));
  };
  let ended = false;
  const heart = setInterval(beat, ackWait / 3);
  return {
    signal: lost.signal,
    end: () => {
      ended = true;
      clearInterval(heart);
      clearTimeout(expiry);
    },
  };
};

/** The client's type hides the subject that acknowledgements go to. */
const replyOf = (message: JsMsg): string => {
  if ('reply' in message && typeof message.reply === 'string' && message.reply !== '') return message.reply;
  throw new TypeError('a message without a subject for its acknowledgement');
};

const leaseLost = (subject: string): Failure =>
  new Failure('lease-lost', `cannot go on with ${subject}: the connection to the event log was lost for too long`, {
    disposition: 'retry',
    remedy: 'Nothing: another worker takes over.',
  });
