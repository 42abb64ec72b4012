import { Failure } from '@osm/kernel';
import { Ports } from '@osm/platform';
import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openRegistry, type Registry } from './registry.ts';

/** Keeps the registry open for as long as the process lives. */
@Injectable()
export class RegistryService implements OnModuleInit, BeforeApplicationShutdown {
  #registry: Registry | undefined;
  /** Where the database is when the data directory is none. */
  #passing: string | undefined;

  constructor(private readonly ports: Ports) {}

  get registry(): Registry {
    if (this.#registry !== undefined) return this.#registry;
    throw new Failure('registry-closed', 'cannot answer: the registry is not open yet', {
      disposition: 'retry',
      remedy: 'Ask again when the process is ready.',
    });
  }

  /** Before any other module begins to work: the log is compared with its copy here, and what was changed is refused. */
  async onModuleInit(): Promise<void> {
    const { log, settings, handlers, clock } = this.ports;
    const logger = new Logger('Registry');
    const dataDirectory = this.#placeOf(settings.dataDirectory);
    const onDamage = ({ message, remedy }: Failure): void => {
      logger.fatal(`${message}\n${remedy}`);
      // As an operator would: work in hand may end, and nothing is begun any more.
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    this.#registry = await openRegistry({ log, dataDirectory, handlers, clock, logger, onDamage });
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.#registry?.close();
    if (this.#passing !== undefined) rmSync(this.#passing, { recursive: true, force: true });
  }

  /** The database is files, for others read it beside us: where nothing is to stay they go with the process. */
  #placeOf(dataDirectory: string): string {
    if (dataDirectory !== ':memory:') return dataDirectory;
    return (this.#passing ??= mkdtempSync(path.join(tmpdir(), 'osm-registry-')));
  }
}
