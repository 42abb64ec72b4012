import { JetStreamApiError, type JetStreamManager, type StreamConfig } from '@nats-io/jetstream';
import { canonicalJson, Failure } from '@osm/kernel';
import { apiCode } from './nats-failure.ts';
import { commandStream, eventStream, type StreamTopology } from './topology.ts';

/** Makes the streams that are not there. One that is there differently is refused: its owner meant something by it. */
export const ensureTopology = async (manager: JetStreamManager, replicas: number): Promise<void> => {
  for (const stream of [eventStream, commandStream]) {
    const found = await findStream(manager, stream.name);
    if (found === undefined) await manager.streams.add({ ...stream, num_replicas: replicas });
    else refuseDifferent(stream, found);
  }
};

const findStream = async (manager: JetStreamManager, name: string): Promise<StreamConfig | undefined> => {
  try {
    return (await manager.streams.info(name)).config;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === apiCode.streamNotFound) return undefined;
    throw error;
  }
};

/** More room in a message is welcome, and storage is the operator's own affair. */
const free: readonly string[] = ['storage', 'max_msg_size', 'duplicate_window'];

const refuseDifferent = (wanted: StreamTopology, found: StreamConfig): void => {
  const have = new Map(Object.entries(found));
  const different = Object.entries(wanted)
    .filter(([key, value]) => !free.includes(key) && canonicalJson([have.get(key)]) !== canonicalJson([value]))
    .map(([key, value]) => `${key} is ${JSON.stringify(have.get(key) ?? null)} instead of ${JSON.stringify(value)}`);
  if (different.length === 0) return;
  const message = `cannot use the stream ${wanted.name}: ${different.join(', ')}`;
  throw new Failure('event-log-misconfigured', message, {
    remedy: 'Change the stream to what it should be, or remove it if it holds nothing and let it be made anew.',
  });
};
