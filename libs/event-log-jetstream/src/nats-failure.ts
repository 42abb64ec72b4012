import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { Failure } from '@osm/kernel';

/** Error codes of the JetStream API (nats-server `server/errors.json`). */
export const apiCode = {
  notFound: 10037,
  consumerNotFound: 10014,
  streamNotFound: 10059,
  jetStreamOff: 10039,
  sequenceNotFound: 10043,
  wrongLastSequence: 10071,
  wrongLastSequenceConstant: 10164,
  streamStoreFailed: 10077,
  consumerExists: 10148,
  insufficientStorage: 10047,
} as const;

export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/**
 * Nobody answers for JetStream: it is off, or the server is still reading its store. The client does not export the class.
 */
export const isJetStreamSilent = (error: unknown): boolean =>
  error instanceof Error && error.name === 'JetStreamNotEnabled';

/** Whether the server may not have heard us, or we not its answer: the same may be tried again. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof errors.TimeoutError ||
  error instanceof errors.NoRespondersError ||
  error instanceof errors.ConnectionError ||
  error instanceof errors.RequestError ||
  isJetStreamSilent(error);

/** What the client says, in our words; anything else stays what it is. */
export const natsFailure = (error: unknown): unknown => {
  if (isUnreachable(error)) {
    return new Failure('event-log-unreachable', `cannot reach the event log: ${wordsOf(error)}`, {
      disposition: 'retry',
      remedy: 'See that the nats-server runs and answers; the connection comes back by itself.',
      cause: error,
    });
  }
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) {
    return new Failure('event-log-closed', 'cannot use the event log: its connection was closed', {
      remedy: 'This is a defect of openstack-migrate: report it with the log.',
      cause: error,
    });
  }
  if (error instanceof JetStreamApiError && isFull(error)) {
    return new Failure('event-log-full', `cannot write to the event log: ${error.message}`, {
      disposition: 'retry',
      remedy: 'Give the nats-server more storage; the work goes on by itself.',
      cause: error,
    });
  }
  return error;
};

const isFull = (error: JetStreamApiError): boolean =>
  error.code === apiCode.insufficientStorage || error.code === apiCode.streamStoreFailed;
