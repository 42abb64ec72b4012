import { failureRecord } from '@osm/kernel';
import { readSettings, shownEventLog, type Settings } from '@osm/platform';
import type { DynamicModule, Type } from '@nestjs/common';
import { boot, type HttpOptions, type Running } from './boot.ts';
import { openPorts } from './open-ports.ts';

/** What a process is called, and where it answers HTTP. */
export interface HttpService {
  readonly name: string;
  readonly http: (settings: Settings) => HttpOptions;
}

/** A process of one service or of several: runs until it is told to stop. Settings come from the environment. */
export const serve = (service: string | HttpService, ...modules: readonly (Type | DynamicModule)[]): void => {
  const { name, http } = typeof service === 'string' ? { name: service, http: undefined } : service;
  void run(name, modules, http).catch((error: unknown) => {
    complain(name, error);
    process.exitCode = 1;
  });
};

const run = async (
  name: string,
  modules: readonly (Type | DynamicModule)[],
  httpOf: HttpService['http'] | undefined,
): Promise<void> => {
  const settings = await readSettings({ env: process.env });
  const http = httpOf?.(settings);
  const options = http === undefined ? {} : { http };
  const running = await boot(await openPorts(settings), modules, { logs: 'json', ...options });
  const stop = (): void => {
    // A second signal ends the process at once: whoever sends it has waited long enough.
    for (const signal of signals) process.removeListener(signal, stop);
    void end(name, running);
  };
  for (const signal of signals) process.on(signal, stop);
  const eventLog = shownEventLog(settings.eventLog);
  const answers = http === undefined ? {} : { http: `http://${http.host}:${http.port}` };
  console.log(JSON.stringify({ service: name, state: 'ready', pid: process.pid, eventLog, ...answers }));
};

const signals = ['SIGTERM', 'SIGINT'] as const;

/** Ends the process, also where a step that was cut off still holds on to something. */
const end = async (name: string, running: Running): Promise<void> => {
  try {
    await running.close();
    console.log(JSON.stringify({ service: name, state: 'stopped' }));
    // Not 0 where it was not told to stop but had to.
    process.exit();
  } catch (error) {
    complain(name, error);
    process.exit(1);
  }
};

const complain = (name: string, error: unknown): void => {
  const { message, remedy } = failureRecord(error);
  console.error(`${name}: ${message}\n${remedy}`);
};
