import { JetStreamApiError, type JetStreamManager } from '@nats-io/jetstream';
import { apiCode } from './nats-failure.ts';
import type { DurableConsumer } from './topology.ts';

/**
 * Makes a consumer where there is none, and answers its name. One that is there keeps its place; its lease becomes what is
 * configured now. Servers differ here: 2.9 changes it by the same request, 2.10 and newer refuse that.
 */
export const ensureConsumer = async (
  manager: JetStreamManager,
  stream: string,
  wanted: DurableConsumer,
): Promise<string> => {
  const { durable_name, ack_wait } = wanted;
  try {
    await manager.consumers.add(stream, wanted);
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== apiCode.consumerExists) throw error;
    await manager.consumers.update(stream, durable_name, { ack_wait });
  }
  return durable_name;
};
