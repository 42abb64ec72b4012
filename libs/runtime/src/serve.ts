import { failureRecord } from '@osm/kernel';
import { readSettings } from '@osm/platform';
import type { DynamicModule, Type } from '@nestjs/common';
import { boot } from './boot.ts';
import { openPorts } from './open-ports.ts';

/** A process of one service or of several: runs until it is told to stop. Settings come from the environment. */
export const serve = (name: string, ...modules: readonly (Type | DynamicModule)[]): void => {
  void run(name, modules).catch((error: unknown) => {
    const { message, remedy } = failureRecord(error);
    console.error(`${name}: ${message}\n${remedy}`);
    process.exitCode = 1;
  });
};

const run = async (name: string, modules: readonly (Type | DynamicModule)[]): Promise<void> => {
  const settings = await readSettings({ env: process.env });
  const running = await boot(await openPorts(settings), modules);
  console.log(JSON.stringify({ service: name, state: 'ready', pid: process.pid, eventLog: settings.eventLog }));
  const stop = (): void =>
    void running.close().then(() => console.log(JSON.stringify({ service: name, state: 'stopped' })));
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
};
