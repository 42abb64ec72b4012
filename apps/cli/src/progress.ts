import type { Io } from './io.ts';
import type { PlanView, Said } from './plan-view.ts';
import { block } from './progress-block.ts';
import { progressLine } from './progress-line.ts';
import { saidLine } from './summary.ts';
import type { Transfers } from './transfers.ts';

/** Shows how a plan comes on. */
export interface Progress {
  say(said: Said): void;
  /** A line about the plan itself. */
  note(line: string): void;
  /** Takes the live part away; what was said stays. */
  close(): void;
}

/** How progress is shown: to people as the output allows, to programs as lines of JSON, or only what has become of things. */
export type ProgressMode = 'auto' | 'json' | 'none';

export interface Watched {
  readonly planId: string;
  readonly view: PlanView;
  readonly transfers: Transfers;
}

export interface ProgressOptions {
  /** Only what has failed is said. */
  readonly quiet?: boolean;
  readonly mode?: ProgressMode;
  /** Where the lines for programs go. */
  lines?(text: string): void;
}

const refreshMs = 200;
const lineMs = 1000;

/** Where nobody looks on, a word now and then is enough: a log that is silent for hours looks dead. */
const logMs = 30_000;

/** Lines for what has become of resources and, as far as the mode and the output allow, how it stands meanwhile. */
export const showProgress = (
  io: Io,
  watched: Watched,
  { quiet = false, mode = 'auto', lines: out = io.out }: ProgressOptions = {},
): Progress => {
  if (mode === 'json') return linesOfJson(io, watched, quiet, out);
  const lines = paintedLines(io, quiet);
  if (mode === 'none' || quiet) return { ...lines, close: () => undefined };
  return io.terminal ? liveBlock(io, watched) : nowAndThen(io, watched);
};

const paintedLines = (io: Io, quiet: boolean): Pick<Progress, 'say' | 'note'> => ({
  note: (line) => io.out(`${line}\n`),
  say: (said) => {
    if (!quiet || said.what === 'failed') io.out(`${painted(io, said)}\n`);
  },
});

const liveBlock = (io: Io, { view, transfers }: Watched): Progress => {
  const started = Date.now();
  const show = io.draw ?? io.out;
  let shown = 0;
  const erase = (): void => {
    if (shown > 0) show(`\u001B[${shown}A\u001B[0J`);
    shown = 0;
  };
  const draw = (): void => {
    const lines = block(view, transfers.snapshot(view), Date.now() - started).map((line) => cut(line, io.columns));
    erase();
    show(`${lines.join('\n')}\n`);
    shown = lines.length;
  };
  const timer = setInterval(draw, refreshMs);
  return {
    note: (line) => {
      erase();
      io.out(`${line}\n`);
    },
    say: (said) => {
      erase();
      io.out(`${painted(io, said)}\n`);
    },
    close: () => {
      clearInterval(timer);
      erase();
    },
  };
};

const nowAndThen = (io: Io, { view, transfers }: Watched): Progress => {
  const started = Date.now();
  const tell = (): void =>
    io.out(`${block(view, transfers.snapshot(view), Date.now() - started, { rows: Infinity }).join('\n')}\n`);
  const timer = setInterval(tell, logMs);
  return { ...paintedLines(io, false), close: () => clearInterval(timer) };
};

/** A line a second, and one when all is over. */
const linesOfJson = (
  io: Io,
  { planId, view, transfers }: Watched,
  quiet: boolean,
  out: (text: string) => void,
): Progress => {
  const tell = (): void => out(progressLine(planId, view.state, transfers.snapshot(view), new Date()));
  const timer = setInterval(tell, lineMs);
  return {
    ...paintedLines(io, quiet),
    close: () => {
      clearInterval(timer);
      tell();
    },
  };
};

const colours: { readonly [what: string]: number } = { failed: 31, skipped: 33, created: 32, adopted: 32, removed: 35 };

const painted = ({ colour }: Io, said: Said): string => {
  const line = saidLine(said);
  const code = colours[said.what];
  return colour && code !== undefined ? `\u001B[${code}m${said.what}\u001B[0m${line.slice(said.what.length)}` : line;
};

const cut = (line: string, columns: number): string =>
  line.length < columns ? line : `${line.slice(0, columns - 2)}…`;
