import { jetstream, JetStreamApiError, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { CommandQueue, EventLog } from '@osm/event-log';
import { Failure } from '@osm/kernel';
import { connectNats, type NatsAddress } from './connect-nats.ts';
import { ensureTopology } from './ensure-topology.ts';
import { jetStreamCommandQueue } from './jetstream-command-queue.ts';
import { jetStreamEventLog } from './jetstream-event-log.ts';
import { apiCode, isJetStreamSilent, natsFailure } from './nats-failure.ts';

export interface JetStreamLogOptions extends NatsAddress {
  /** Milliseconds after which an unacknowledged delivery goes to somebody else; default 60,000. */
  readonly ackWaitMs?: number;
  /** On how many servers of a cluster the streams are kept when they are made; default: on 3 where so many are named, else on 1. */
  readonly replicas?: number;
  /** Hears errors that no caller waits for, each before what failed is tried again; default: a process warning. */
  readonly onTrouble?: (error: unknown) => void;
}

export interface JetStreamLog {
  readonly log: EventLog;
  readonly queue: CommandQueue;
  /** Lets go of the server at once; handlers that still run are left to themselves, and what they had in hand comes again. */
  close(): Promise<void>;
}

/**
 * The event log and the queue of many processes, in NATS JetStream (nats-server 2.9.10 or newer). Makes the streams where
 * there are none. Raises the failures `event-log-unreachable`, `jetstream-off` and `event-log-misconfigured`.
 */
export const openJetStreamLog = async (options: JetStreamLogOptions): Promise<JetStreamLog> => {
  const { ackWaitMs = 60_000, replicas = replicasOn(options.servers), onTrouble = warn } = options;
  const connection = await connectNats(options);
  try {
    const manager = await managerOf(connection, options.servers);
    await ensureTopology(manager, replicas);
    const apis = { client: jetstream(connection), manager };
    const workings = { connection, ackWait: ackWaitMs, onTrouble };
    const close = () => leave(connection);
    return { log: jetStreamEventLog(workings, apis, close), queue: jetStreamCommandQueue(workings, apis), close };
  } catch (error) {
    await connection.close();
    throw natsFailure(error);
  }
};

/** A majority of three goes on when one is lost; of two, none does. */
const replicasOn = (servers: string): number => (servers.split(',').length >= 3 ? 3 : 1);

const managerOf = async (connection: NatsConnection, servers: string): Promise<JetStreamManager> => {
  try {
    return await jetstreamManager(connection);
  } catch (error) {
    if (!isJetStreamOff(error)) throw error;
    throw new Failure('jetstream-off', `cannot use the NATS server at ${servers}: JetStream is not enabled there`, {
      remedy: 'Start the nats-server with --jetstream, and enable it for the account.',
      cause: error,
    });
  }
};

const isJetStreamOff = (error: unknown): boolean =>
  isJetStreamSilent(error) || (error instanceof JetStreamApiError && error.code === apiCode.jetStreamOff);

/** Sends what is on its way, unless nobody is there to take it. */
const leave = async (connection: NatsConnection): Promise<void> => {
  if (connection.isClosed()) return;
  const flushed = connection.flush();
  const timer = new Promise<void>((resolve) => setTimeout(resolve, 1000).unref());
  // A flush fails when the connection does, which is then all that is left to close.
  await Promise.race([flushed.catch(() => {}), timer]);
  await connection.close();
};

const warn = (error: unknown): void => process.emitWarning(error instanceof Error ? error : String(error));
