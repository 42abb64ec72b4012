import type { Moved } from '@osm/platform';
import type { Io } from './io.ts';
import type { PlanView, Said } from './plan-view.ts';
import { saidLine } from './summary.ts';
import { bytes, counted, duration, inWords } from './words.ts';

/** Shows people how a plan comes on. */
export interface Progress {
  say(said: Said): void;
  moved(report: Moved): void;
  /** Takes the live part away; what was said stays. */
  close(): void;
}

const refreshMs = 200;
const mostRunning = 6;

/** Lines for what has become of resources and, on a terminal, a live block below them. */
export const showProgress = (io: Io, view: PlanView, { quiet = false } = {}): Progress => {
  const moving = new Map<string, Moved>();
  const started = Date.now();
  let shown = 0;
  const erase = (): void => {
    if (shown > 0) io.out(`\u001B[${shown}A\u001B[0J`);
    shown = 0;
  };
  const draw = (): void => {
    const lines = block(view, moving, Date.now() - started).map((line) => cut(line, io.columns));
    erase();
    io.out(`${lines.join('\n')}\n`);
    shown = lines.length;
  };
  const live = io.terminal && !quiet;
  const timer = live ? setInterval(draw, refreshMs) : undefined;
  return {
    say: (said) => {
      if (quiet && said.what !== 'failed') return;
      erase();
      io.out(`${painted(io, said)}\n`);
    },
    moved: (report) => void moving.set(report.stepId, report),
    close: () => {
      clearInterval(timer);
      erase();
    },
  };
};

const colours: { readonly [what: string]: number } = { failed: 31, skipped: 33, created: 32, adopted: 32, removed: 35 };

const painted = ({ colour }: Io, said: Said): string => {
  const line = saidLine(said);
  const code = colours[said.what];
  return colour && code !== undefined ? `\u001B[${code}m${said.what}\u001B[0m${line.slice(said.what.length)}` : line;
};

/** The live block: how far it is, what is being done, how many bytes have moved. */
export const block = (
  view: Pick<PlanView, 'progress' | 'fates' | 'running'>,
  moving: ReadonlyMap<string, Moved>,
  milliseconds: number,
): readonly string[] => {
  const { settled, steps } = view.progress();
  const fates = Object.entries(view.fates()).filter(([, count]) => count > 0);
  const running = view.running();
  const total = [...moving.values()].reduce((sum, report) => sum + report.bytes, 0);
  const parts = [
    `${settled} of ${counted(steps, 'step')}`,
    ...fates.map(([fate, count]) => `${count} ${fate}`),
    `${running.length} running`,
    ...(total > 0 ? [`${bytes(total)} moved`] : []),
    duration(milliseconds),
  ];
  const rows = running.slice(0, mostRunning).map(({ id, ref, name, step }) => {
    const report = moving.get(id);
    return `  ${step} ${inWords(ref, name)}${report === undefined ? '' : ` ${share(report)}`}`;
  });
  const more = running.length > mostRunning ? [`  … and ${running.length - mostRunning} more`] : [];
  return [parts.join(', '), ...rows, ...more];
};

const share = ({ bytes: moved, total }: Moved): string =>
  total === undefined || total === 0
    ? bytes(moved)
    : `${bytes(moved)} of ${bytes(total)} (${Math.floor((moved / total) * 100)} %)`;

const cut = (line: string, columns: number): string =>
  line.length < columns ? line : `${line.slice(0, columns - 2)}…`;
