import { connect, createServer, type Socket } from 'node:net';
import { clientFrames } from './client-frames.ts';

/** A relay before a nats-server that stops listening to a client right after it has said a certain thing. */
export interface HoldingRelay {
  readonly url: string;
  /**
   * The next client that says something that matches, line, headers and payload, is heard so far and no further: the server gets that,
   * and nothing that this client says later. Settles with its words when it has happened. Other clients, and the server's
   * answers, pass.
   */
  holdAfter(said: RegExp): Promise<string>;
  stop(): Promise<void>;
}

export const startHoldingRelay = async (port: number): Promise<HoldingRelay> => {
  const sockets = new Set<Socket>();
  const traps = new Map<RegExp, (text: string) => void>();

  const server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port });
    const framesOf = clientFrames();
    let held = false;
    near.on('data', (chunk) => {
      if (held) return;
      for (const { bytes, text } of framesOf(chunk)) {
        far.write(bytes);
        const said = [...traps.keys()].find((each) => each.test(text));
        if (said === undefined) continue;
        held = true;
        traps.get(said)?.(text);
        traps.delete(said);
        return;
      }
    });
    far.on('data', (chunk) => near.write(chunk));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      // An end of either side is the end of both; why it came is for the client to find out.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address !== 'object') throw new Error('the relay got no port');
  return {
    url: `nats://127.0.0.1:${address.port}`,
    holdAfter: (said) => {
      const { promise, resolve } = Promise.withResolvers<string>();
      traps.set(said, resolve);
      return promise;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
