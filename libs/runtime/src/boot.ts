import 'reflect-metadata';
import { Failure } from '@osm/kernel';
import { Asker, ClientAsker, EmbeddedClient, EmbeddedServer, natsOptions, Ports } from '@osm/platform';
import {
  ConsoleLogger,
  Logger,
  Module,
  type DynamicModule,
  type INestApplication,
  type LogLevel,
  type Provider,
  type Type,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { OpenPorts } from './open-ports.ts';

/** Services running in this process. */
export interface Running {
  readonly app: INestApplication;
  readonly asker: Asker;
  /**
   * Stops taking work, lets running steps reach a recorded point, then lets go of everything. A step that takes longer
   * than the grace period is cut off and delivered again to whoever works next. May be called more than once.
   */
  close(): Promise<void>;
}

export interface HttpOptions {
  readonly host: string;
  readonly port: number;
  /** Says what comes before the routes: what is let in, and what is answered without them. */
  readonly prepare?: (app: NestExpressApplication) => void | Promise<void>;
}

export interface BootOptions {
  /** Where this process answers HTTP; none by default. */
  readonly http?: HttpOptions;
  readonly quiet?: boolean;
  /** One JSON object a line, for programs that collect logs; default: lines for people. */
  readonly logs?: 'json';
  /** Milliseconds that work in hand has to end when the process is told to stop; default 5,000. */
  readonly graceMs?: number;
}

/**
 * Puts modules into one process. With the embedded log requests stay within it; with NATS they go over the wire: no
 * module can tell. Lets go of the ports when it fails.
 */
export const boot = async (
  open: OpenPorts,
  modules: readonly (Type | DynamicModule)[],
  options: BootOptions = {},
): Promise<Running> => {
  const { ports } = open;
  const undo = [() => open.close()];
  try {
    const requests = ports.settings.eventLog.startsWith('embedded:') ? embedded() : await overNats(ports);
    undo.unshift(() => requests.close());
    const root = rootModule(ports, requests.asker, modules);
    // A listener that has an answer open for hours must not keep the process.
    const how = { logger: loggerOf(options), abortOnError: false, forceCloseConnections: true };
    const app = await NestFactory.create<NestExpressApplication>(root, how);
    app.connectMicroservice<MicroserviceOptions>(requests.microservice);
    undo.unshift(async () => void (await Promise.all(app.getMicroservices().map((each) => each.close()))));
    await app.startAllMicroservices();
    await options.http?.prepare?.(app);
    if (options.http === undefined) await app.init();
    else await listen(app, options.http);
    const close = async (): Promise<void> => {
      try {
        await within(options.graceMs ?? 5000, app.close());
      } finally {
        await requests.close();
        await open.close();
      }
    };
    let closing: Promise<void> | undefined;
    return { app, asker: requests.asker, close: () => (closing ??= close()) };
  } catch (error) {
    // What else goes wrong now must not hide why.
    for (const each of undo) await each().catch((late: unknown) => new Logger('boot').error(late));
    throw error;
  }
};

const listen = async (app: INestApplication, { host, port }: HttpOptions): Promise<void> => {
  try {
    await app.listen(port, host);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('port-unusable', `cannot answer on port ${port} of ${host}: ${why}`, {
      remedy: 'Name another port, or stop what uses it.',
      cause: error,
    });
  }
};

@Module({})
class RootModule {}

@Module({})
class PortsModule {}

const rootModule = (ports: Ports, asker: Asker, modules: readonly (Type | DynamicModule)[]): DynamicModule => {
  const given: Provider[] = [
    { provide: Ports, useValue: ports },
    { provide: Asker, useValue: asker },
  ];
  const everywhere: DynamicModule = { module: PortsModule, global: true, providers: given, exports: [Ports, Asker] };
  return { module: RootModule, imports: [everywhere, ...modules] };
};

/** For programs what an operator must know; for people also what Nest says of its modules, unless they want quiet. */
const loggerOf = ({ quiet, logs }: BootOptions): ConsoleLogger => {
  const trouble: LogLevel[] = ['error', 'fatal'];
  if (quiet === true) return new ConsoleLogger({ logLevels: trouble });
  if (logs === 'json') return new ConsoleLogger({ json: true, colors: false, logLevels: ['warn', ...trouble] });
  return new ConsoleLogger({ logLevels: ['log', 'warn', ...trouble] });
};

const embedded = () => {
  const server = new EmbeddedServer();
  const asker = new ClientAsker(new EmbeddedClient(server));
  return { asker, microservice: { strategy: server }, close: async () => {} };
};

const overNats = async ({ settings }: Ports) => {
  const options = await natsOptions(settings);
  const client = ClientProxyFactory.create({ transport: Transport.NATS, options });
  return {
    asker: new ClientAsker(client),
    microservice: { transport: Transport.NATS as const, options },
    close: async () => client.close(),
  };
};

/** Waits for work to end, but not for ever. */
const within = async (milliseconds: number, work: Promise<void>): Promise<void> => {
  const { promise: late, resolve } = Promise.withResolvers<'late'>();
  const timer = setTimeout(() => resolve('late'), milliseconds);
  try {
    if ((await Promise.race([work, late])) !== 'late') return;
    new Logger('shutdown').warn(
      `work in hand is cut off after ${milliseconds} ms; whoever works next takes it up again`,
    );
  } finally {
    clearTimeout(timer);
  }
};
