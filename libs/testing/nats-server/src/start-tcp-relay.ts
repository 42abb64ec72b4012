import { connect, createServer, type Socket } from 'node:net';

/** A relay before a server, that can be cut so that neither side hears of it, as a broken network does. */
export interface TcpRelay {
  readonly url: string;
  /** From now on nothing passes; connections stay open. */
  cut(): void;
  /** Breaks what was open while it was cut, so that clients connect anew, and lets everything pass again. */
  mend(): void;
  stop(): Promise<void>;
}

export const startTcpRelay = async (port: number): Promise<TcpRelay> => {
  const sockets = new Set<Socket>();
  let passing = true;

  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port });
    join(near, far);
    join(far, near);
  });
  const join = (from: Socket, to: Socket): void => {
    sockets.add(from);
    from.on('data', (bytes) => passing && to.write(bytes));
    // An end of either side is the end of both; why it came is for the client to find out.
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const breakAll = (): void => sockets.forEach((socket) => socket.destroy());

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('the relay got no port');
  return {
    url: `nats://127.0.0.1:${address.port}`,
    cut: () => {
      passing = false;
    },
    mend: () => {
      breakAll();
      passing = true;
    },
    stop: () => {
      breakAll();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
