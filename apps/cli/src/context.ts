import type { ReadSettings } from '@osm/platform';
import type { Io } from './io.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly data?: string;
  readonly debug?: boolean;
}

/** What a command works with: the world and the settings. */
export interface Context {
  readonly io: Io;
  readonly settings: ReadSettings;
  readonly debug: boolean;
}

/** Reads the settings and starts the log file that they ask for. */
export const readContext = async (io: Io, options: GlobalOptions): Promise<Context> => {
  const { readSettings } = await import('@osm/platform');
  const settings = await readSettings({
    env: io.env,
    file: options.config,
    overrides: { dataDirectory: options.data },
  });
  const debug = options.debug === true || settings.logLevel === 'debug';
  if (settings.logDirectory === undefined) return { io, settings, debug };
  const { withLogFile } = await import('./log-file.ts');
  return { io: withLogFile(io, settings.logDirectory), settings, debug };
};
