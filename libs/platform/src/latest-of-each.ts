import type { StepKey } from './telemetry.ts';

/** Milliseconds between two messages about one step. */
const spacing = 500;

/** Milliseconds after which the last word about a step is said again, for those who have begun to listen since. */
const repetition = 5_000;

interface Entry<Message> {
  latest: Message;
  sentAt: number;
  /** Runs where `latest` is still to be sent. */
  timer: NodeJS.Timeout | undefined;
}

/** Sends what is newest of each step, at most twice a second, and again every five seconds for as long as the step lives. */
export interface LatestOfEach<Message extends StepKey> {
  say(message: Message): void;
  /** Says this at once, as the last word about the step. */
  sayLast(message: Message): void;
  close(): void;
}

const keyOf = ({ planId, stepId }: StepKey): string => `${planId} ${stepId}`;

/** No timer of it keeps the process alive. */
export const latestOfEach = <Message extends StepKey>(send: (message: Message) => void): LatestOfEach<Message> => {
  const entries = new Map<string, Entry<Message>>();
  const flush = (entry: Entry<Message>): void => {
    clearTimeout(entry.timer);
    entry.timer = undefined;
    entry.sentAt = performance.now();
    send(entry.latest);
  };
  const again = setInterval(() => {
    const now = performance.now();
    for (const entry of entries.values()) if (now - entry.sentAt >= repetition) flush(entry);
  }, repetition);
  again.unref();
  return {
    say: (message) => {
      const key = keyOf(message);
      const entry = entries.get(key) ?? { latest: message, sentAt: -Infinity, timer: undefined };
      entries.set(key, entry);
      entry.latest = message;
      if (entry.timer !== undefined) return;
      const wait = entry.sentAt + spacing - performance.now();
      if (wait <= 0) flush(entry);
      else entry.timer = setTimeout(() => flush(entry), wait).unref();
    },
    sayLast: (message) => {
      const key = keyOf(message);
      clearTimeout(entries.get(key)?.timer);
      entries.delete(key);
      send(message);
    },
    close: () => {
      clearInterval(again);
      for (const { timer } of entries.values()) clearTimeout(timer);
      entries.clear();
    },
  };
};
