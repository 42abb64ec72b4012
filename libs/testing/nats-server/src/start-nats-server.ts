import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { natsServerBinary } from './nats-server-binary.ts';

export interface NatsServerOptions {
  /** Default: with JetStream. */
  readonly jetStream?: 'on' | 'off';
  /** Text of a configuration file: users and what they may do. */
  readonly configuration?: string;
  /** Further options of its command line. */
  readonly flags?: readonly string[];
  /** Where its store is; default: in a folder of its own, removed at the end. */
  readonly store?: string;
}

/** A real nats-server on a free port of the loopback interface, with a store of its own. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Where its log, its configuration and its store are. */
  readonly folder: string;
  /** Ends it without its knowing. The store stays. */
  kill(): Promise<void>;
  /** Ends it in order. The store stays. */
  shutDown(): Promise<void>;
  /** Starts it again after `kill` or `shutDown`: same port, same store. */
  start(): Promise<void>;
  /** Ends it and removes the store. */
  stop(): Promise<void>;
}

/** Starts a server and waits until it answers. Fails with its log when it does not. */
export const startNatsServer = async ({
  jetStream = 'on',
  configuration,
  store,
  flags = [],
}: NatsServerOptions = {}): Promise<NatsServer> => {
  const binary = natsServerBinary();
  if (binary === undefined) throw new Error('no nats-server on the PATH; get one with: apt-get install nats-server');
  const folder = mkdtempSync(path.join(tmpdir(), 'osm-nats-'));
  const port = await freePort();
  const log = path.join(folder, 'log');
  const options = ['--addr', '127.0.0.1', '--port', String(port), '--log', log, ...flags];
  if (jetStream === 'on') options.push('--jetstream', '--store_dir', store ?? path.join(folder, 'store'));
  if (configuration !== undefined) {
    const file = path.join(folder, 'nats.conf');
    writeFileSync(file, configuration);
    options.push('--config', file);
  }
  let child: ChildProcess | undefined;
  // A test that fails before it stops its server must not leave it to the machine.
  const atExit = () => child?.kill('SIGKILL');
  process.once('exit', atExit);

  const start = async (): Promise<void> => {
    child = spawn(binary, options, { stdio: 'ignore' });
    await answering(child, port, log);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    child.once('exit', () => resolve());
    child.kill(signal);
    await exited;
  };
  const stop = async (): Promise<void> => {
    await end('SIGKILL');
    process.removeListener('exit', atExit);
    rmSync(folder, { recursive: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    folder,
    kill: () => end('SIGKILL'),
    shutDown: () => end('SIGTERM'),
    start,
    stop,
  };
};

const answering = async (child: ChildProcess, port: number, log: string): Promise<void> => {
  const end = performance.now() + 15_000;
  while (!(await greets(port))) {
    if (child.exitCode !== null || performance.now() > end) {
      const words = existsSync(log) ? readFileSync(log, 'utf8') : 'it wrote no log';
      throw new Error(`nats-server does not answer on port ${port}: ${words}`);
    }
    await setTimeout(10);
  }
};

/** A nats-server speaks first. */
const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const answer = (greeted: boolean) => {
      socket.destroy();
      resolve(greeted);
    };
    socket.once('data', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('close', () => answer(false));
  });

/** A port of the loopback interface that nobody has now. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('the system gave no port'));
      });
    });
  });
