import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from '@osm/kernel';
import { shownEventLog } from '@osm/platform';
import { allModules, boot, openPorts } from '@osm/runtime';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { wrongUse } from '../wrong-use.ts';

/** `serve`: every service in this process, until it is told to stop; with a port also the admin API. */
export const serve = async (context: Context, options: { readonly port?: string }): Promise<number> => {
  const { io, settings, debug } = context;
  const gateway = options.port === undefined ? undefined : await gatewayOn(options.port, context);
  const modules = gateway === undefined ? allModules : [...allModules, gateway.module];
  const http = gateway === undefined ? {} : { http: gateway.http };
  const running = await boot(await openPorts(settings), modules, { quiet: !debug, ...http });
  const where = `event log ${shownEventLog(settings.eventLog)}, data in ${settings.dataDirectory}`;
  io.out(`all services are ready: ${where}\n${gateway === undefined ? '' : howToAsk(gateway.http)}`);
  await new Promise<void>((resolve) => {
    if (io.interrupted.aborted) resolve();
    else io.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await running.close();
  io.out('all services have stopped\n');
  return exitCode.done;
};

/** Loaded for this command alone, and only where it is asked for. */
const gatewayOn = async (text: string, { settings }: Context) => {
  const { gatewayHttp, GatewayModule } = await import('@osm/services/gateway');
  const http = gatewayHttp(settings, { port: portOf(text) });
  await refuseTakenPort(http);
  return { http, module: GatewayModule };
};

const howToAsk = ({ host, port }: { readonly host: string; readonly port: number }): string => {
  const url = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  return (
    `the API is at ${url}/v1, its description at ${url}/docs\n` +
    'it wants a token: openstack-migrate token create --name <who> --scope view,plan,execute\n'
  );
};

/** Asked before anything is started, because services that have started would have to be stopped again. */
const refuseTakenPort = async ({ host, port }: { readonly host: string; readonly port: number }): Promise<void> => {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('port-unusable', `cannot answer on port ${port}: ${why}`, {
      remedy: 'Name another port, or stop what uses it.',
      cause: error,
    });
  } finally {
    server.close();
  }
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw wrongUse(`${text} is no port`, 'Name a number from 1 to 65535.');
};
