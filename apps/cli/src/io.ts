import { colourWanted } from './colour-wanted.ts';

/** What a command is given of the world beside its arguments. */
export interface Io {
  /** Writes text to the standard output, as it is. */
  out(text: string): void;
  /** Writes to the terminal what is taken back again: no file keeps it. Absent: as `out`. */
  draw?(text: string): void;
  /** Writes text to the standard error, as it is. */
  err(text: string): void;
  /** Whether a person looks at the standard output while it is written. */
  readonly terminal: boolean;
  readonly colour: boolean;
  /** The width of the terminal, in characters. */
  readonly columns: number;
  readonly env: { readonly [name: string]: string | undefined };
  /** Aborted when the command is told to stop. */
  readonly interrupted: AbortSignal;
}

/** The world of this process. The first Ctrl-C asks the command to stop, the second one ends the process at once. */
export const processIo = (): Io => {
  const { stdout, stderr, env } = process;
  // A reader that has seen enough (`| head`) is no failure.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(130);
      stop.abort();
    });
  }
  const terminal = stdout.isTTY === true;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    terminal,
    colour: colourWanted(env, terminal),
    columns: stdout.columns ?? 120,
    env,
    interrupted: stop.signal,
  };
};
