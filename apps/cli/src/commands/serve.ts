import { once } from 'node:events';
import { createServer } from 'node:net';
import { Failure } from '@osm/kernel';
import { Controller, Get, Module } from '@nestjs/common';
import { shownEventLog } from '@osm/platform';
import { allModules, boot, openPorts } from '@osm/runtime';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { wrongUse } from '../wrong-use.ts';

/** Answers while the process is up and its services are ready. */
@Controller('healthz')
class HealthController {
  @Get()
  health(): { readonly status: 'ok' } {
    return { status: 'ok' };
  }
}

@Module({ controllers: [HealthController] })
class HealthModule {}

/** `serve`: every service in this process, until it is told to stop. */
export const serve = async ({ io, settings, debug }: Context, options: { readonly port?: string }): Promise<number> => {
  const http = options.port === undefined ? {} : { http: { host, port: await freePort(options.port) } };
  const running = await boot(await openPorts(settings), [...allModules, HealthModule], { quiet: !debug, ...http });
  const where = options.port === undefined ? '' : `, http://${host}:${options.port}/healthz answers`;
  io.out(
    `all services are ready: event log ${shownEventLog(settings.eventLog)}, data in ${settings.dataDirectory}${where}\n`,
  );
  await new Promise<void>((resolve) => {
    if (io.interrupted.aborted) resolve();
    else io.interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  await running.close();
  io.out('all services have stopped\n');
  return exitCode.done;
};

const host = '127.0.0.1';

/** Asked before anything is started, because services that have started would have to be stopped again. */
const freePort = async (text: string): Promise<number> => {
  const port = portOf(text);
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    return port;
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
