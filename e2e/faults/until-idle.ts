import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import type { Stage } from './stage.ts';

/** Waits until no command is left: waiting, or in the hands of anybody. */
export const untilIdle = async ({ nats }: Stage, withinMs = 120_000): Promise<void> => {
  const connection = await connect({ servers: nats.url });
  try {
    const manager = await jetstreamManager(connection);
    for (const deadline = performance.now() + withinMs; ; await pause(100)) {
      const { state } = await manager.streams.info('OSM_COMMANDS');
      if (state.messages === 0) return;
      if (performance.now() > deadline) throw new Error(`${state.messages} commands are still there`);
    }
  } finally {
    await connection.close();
  }
};
