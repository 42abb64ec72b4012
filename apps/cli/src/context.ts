import type { ReadSettings } from '@osm/platform';
import type { Io } from './io.ts';
import type { ProgressMode } from './progress.ts';

/** The options that every command takes. */
export interface GlobalOptions {
  readonly config?: string;
  readonly data?: string;
  readonly debug?: boolean;
  /** Of the commands that migrate. */
  readonly bandwidthLimit?: string;
  readonly priority?: string;
  readonly progress?: ProgressMode;
  /** Of the commands that show data. */
  readonly format?: 'table' | 'json' | 'yaml';
}

/** How progress is shown, and where its lines for programs go. */
export interface ProgressSink {
  readonly mode: ProgressMode;
  out(text: string): void;
}

/** What a command works with: the world and the settings. */
export interface Context {
  readonly io: Io;
  readonly settings: ReadSettings;
  readonly debug: boolean;
  readonly progress: ProgressSink;
}

/** Reads the settings and starts the log file that they ask for. */
export const readContext = async (given: Io, options: GlobalOptions): Promise<Context> => {
  const { readSettings } = await import('@osm/platform');
  const io = options.format === 'yaml' ? await (await import('./in-yaml.ts')).inYaml(given) : given;
  const settings = await readSettings({
    env: io.env,
    file: options.config,
    overrides: { dataDirectory: options.data, bandwidth: options.bandwidthLimit, priority: options.priority },
  });
  const debug = options.debug === true || settings.logLevel === 'debug';
  const mode = options.progress ?? 'auto';
  const progress: ProgressSink = { mode, out: (text) => io.out(text) };
  // The standard output is the program's: what people are told goes beside it.
  const told = mode === 'json' ? { ...io, out: (text: string) => io.err(text), terminal: false, colour: false } : io;
  if (settings.logDirectory === undefined) return { io: told, settings, debug, progress };
  const { withLogFile } = await import('./log-file.ts');
  return { io: withLogFile(told, settings.logDirectory), settings, debug, progress };
};
