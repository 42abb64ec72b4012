import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A proxy before a server that does what networks do. */
export interface RoughRoad {
  readonly port: number;
  /** Connections that were made so far. */
  readonly made: number;
  /** From now on nothing passes, and nobody hears of it. */
  partition(): void;
  /** From now on bytes pass a few at a time. */
  trickle(): void;
  /** From now on everything passes; what was open while nothing passed is reset, for bytes of it are lost. */
  mend(): void;
  /** Resets all that is open. */
  reset(): void;
  stop(): Promise<void>;
}

/** Bytes that pass at once while it trickles, and the milliseconds between them. */
const drop = { bytes: 7, ms: 20 };

/** Starts the proxy before a port of the loopback interface. */
export const startRoughRoad = async (port: number): Promise<RoughRoad> => {
  const sockets = new Set<Socket>();
  let mode: 'open' | 'partition' | 'trickle' = 'open';
  let made = 0;

  const pass = async (bytes: Buffer, to: Socket): Promise<void> => {
    let at = 0;
    while (mode === 'trickle' && at < bytes.length && to.writable) {
      to.write(bytes.subarray(at, at + drop.bytes));
      at += drop.bytes;
      await sleep(drop.ms);
    }
    if (mode === 'open' && at < bytes.length && to.writable) to.write(bytes.subarray(at));
  };
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    // In their order, and no faster than they go.
    let passed = Promise.resolve();
    from.on('data', (bytes) => {
      from.pause();
      passed = passed.then(() => pass(bytes, to)).finally(() => from.resume());
    });
    from.on('end', () => void passed.then(() => to.end()));
    from.on('error', () => to.resetAndDestroy());
    from.on('close', () => {
      sockets.delete(from);
      void passed.then(() => to.destroySoon());
    });
  };
  const reset = (): void => sockets.forEach((socket) => socket.resetAndDestroy());

  const server = createServer({ allowHalfOpen: true }, (near) => {
    made += 1;
    const far = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
    join(near, far);
    join(far, near);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('the road got no port');
  return {
    port: address.port,
    get made() {
      return made;
    },
    partition: () => {
      mode = 'partition';
    },
    trickle: () => {
      mode = 'trickle';
    },
    mend: () => {
      if (mode === 'partition') reset();
      mode = 'open';
    },
    reset,
    stop: () => {
      reset();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
