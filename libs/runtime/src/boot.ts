import 'reflect-metadata';
import { Asker, ClientAsker, EmbeddedClient, EmbeddedServer, Ports } from '@osm/platform';
import { Module, type DynamicModule, type INestApplication, type Provider, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import type { OpenPorts } from './open-ports.ts';

/** Services running in this process. */
export interface Running {
  readonly app: INestApplication;
  readonly asker: Asker;
  /** Stops taking work, lets running steps reach a recorded point, then lets go of everything. */
  close(): Promise<void>;
}

export interface BootOptions {
  /** Where this process answers HTTP; none by default. */
  readonly http?: { readonly host: string; readonly port: number };
  readonly quiet?: boolean;
}

/**
 * Puts modules into one process. With the embedded log requests stay within it; with NATS they go over the wire: no
 * module can tell.
 */
export const boot = async (
  open: OpenPorts,
  modules: readonly (Type | DynamicModule)[],
  options: BootOptions = {},
): Promise<Running> => {
  const { ports } = open;
  const requests = ports.settings.eventLog.startsWith('embedded:') ? embedded() : overNats(ports);
  const root = rootModule(ports, requests.asker, modules);
  const logger = options.quiet === true ? (['error', 'fatal'] as const) : (['log', 'warn', 'error', 'fatal'] as const);
  const app = await NestFactory.create(root, { logger: [...logger], abortOnError: false });
  app.connectMicroservice<MicroserviceOptions>(requests.microservice);
  await app.startAllMicroservices();
  if (options.http === undefined) await app.init();
  else await app.listen(options.http.port, options.http.host);
  return {
    app,
    asker: requests.asker,
    close: async () => {
      await app.close();
      await requests.close();
      await open.close();
    },
  };
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

const embedded = () => {
  const server = new EmbeddedServer();
  const asker = new ClientAsker(new EmbeddedClient(server));
  return { asker, microservice: { strategy: server }, close: async () => {} };
};

/** One queue group for each kind of request: whichever replica is free answers. */
const overNats = ({ settings }: Ports) => {
  const nats = { servers: [settings.eventLog], queue: 'osm' };
  const client = ClientProxyFactory.create({ transport: Transport.NATS, options: nats });
  return {
    asker: new ClientAsker(client),
    microservice: { transport: Transport.NATS as const, options: nats },
    close: async () => client.close(),
  };
};
