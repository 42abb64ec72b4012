import type { Consumer, JsMsg } from '@nats-io/jetstream';

const patience = 5000;

/**
 * The next message of a consumer, or undefined after some seconds or when the signal is aborted. Exactly one is asked for:
 * one asked for in advance would wait, its lease running, behind a handler of any length.
 */
export const takeOne = async (consumer: Consumer, signal: AbortSignal): Promise<JsMsg | undefined> => {
  if (signal.aborted) return undefined;
  const messages = await consumer.fetch({ max_messages: 1, expires: patience });
  const leave = () => messages.stop();
  signal.addEventListener('abort', leave);
  try {
    if (signal.aborted) leave();
    for await (const message of messages) return message;
    return undefined;
  } finally {
    signal.removeEventListener('abort', leave);
  }
};
