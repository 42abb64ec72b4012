import type { PlanView } from './plan-view.ts';
import type { BytesState, Snapshot, StepState } from './transfers.ts';
import { bytes, clockTime, counted, duration, inWords } from './words.ts';

const mostRows = 8;

/** What moves is looked at first, then what stands still and why. */
const order: readonly StepState['state'][] = ['moving', 'waiting', 'working', 'queued'];

/** What people see of a plan while it runs: how far it is, what each step does or waits for, all transfers together. */
export const block = (
  view: Pick<PlanView, 'fates'>,
  snapshot: Snapshot,
  milliseconds: number,
  { rows = mostRows } = {},
): readonly string[] => {
  const { settled, steps, items } = snapshot;
  const fates = Object.entries(view.fates()).filter(([, count]) => count > 0);
  const head = [
    `${settled} of ${counted(steps, 'step')}`,
    ...fates.map(([fate, count]) => `${count} ${fate}`),
    `${items.length} running`,
    duration(milliseconds),
  ];
  const sorted = items.toSorted((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  const more = sorted.length > rows ? [`  … and ${sorted.length - rows} more`] : [];
  return [head.join(', '), ...sorted.slice(0, rows).map((item) => `  ${row(item)}`), ...more, ...together(snapshot)];
};

const row = ({ step, state, what, since, until, flow }: StepState): string => {
  const name = `${step.step} ${inWords(step.ref, step.name)}`;
  const moved = flow === undefined ? '' : ` ${bytesInWords(flow, state === 'moving')}`;
  if (state === 'moving') return `${name}${moved}`;
  const from = since === undefined ? '' : `, since ${clockTime(since)}`;
  const end = until === undefined ? '' : `, until ${clockTime(until)} at most`;
  return state === 'working' ? `${name}${moved}${from}` : `${name}${moved} waits for ${what ?? ''}${from}${end}`;
};

const together = ({ all, toCome }: Snapshot): readonly string[] => {
  if (all.bytes === 0) return [];
  const later = toCome === 0 ? '' : `, ${counted(toCome, 'transfer')} to come`;
  return [`  together ${bytesInWords(all, true, toCome > 0)}${later}`];
};

/** `[████░░░░░░] 1.5 GiB of 3.0 GiB, 50 %, 24.1 MiB/s, 1 min 4 s left`. */
const bytesInWords = ({ bytes: moved, total, rate, secondsLeft }: BytesState, isMoving: boolean, about = false) => {
  const share = total === undefined || total === 0 ? undefined : Math.min(1, moved / total);
  return [
    share === undefined ? bytes(moved) : `${bar(share)} ${bytes(moved)} of ${bytes(total ?? 0)}`,
    ...(share === undefined ? [] : [`${Math.floor(share * 100)} %`]),
    ...(rate === undefined || !isMoving ? [] : [`${bytes(Math.round(rate))}/s`]),
    ...(secondsLeft === undefined || !isMoving
      ? []
      : [`${about ? 'about ' : ''}${duration(Math.round(secondsLeft) * 1000)} left`]),
  ].join(', ');
};

const width = 10;

const bar = (share: number): string => {
  const full = Math.floor(share * width);
  return `[${'█'.repeat(full)}${'░'.repeat(width - full)}]`;
};
