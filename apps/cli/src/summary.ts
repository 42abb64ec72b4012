import { exitCode } from './exit-code.ts';
import type { Fate, PlanView, Said, Verdicts } from './plan-view.ts';
import { counted, duration, inWords } from './words.ts';

/** One line about what has become of a resource. */
export const saidLine = ({ what, ref, name, destinationId, told, step, failure, because, by }: Said): string => {
  const start = `${what.padEnd(9)} ${inWords(ref, name)}`;
  if (what === 'unfinished') return `${start}, ${step ?? 'step'}: given up`;
  if (what === 'deleted') return `${start}, ${destinationId ?? 'its twin'} of the destination`;
  if (what === 'failed') {
    const { message = 'no reason was recorded', remedy = '' } = failure ?? {};
    return oneLine(`${start}, ${step ?? 'step'}: ${message}${/[.!?]$/.test(message) ? '' : '.'} ${remedy}`);
  }
  if (what === 'skipped' && by !== undefined) return `${start}: by ${by.by} (${by.reason})`;
  if (what === 'skipped')
    return `${start}: ${because === undefined ? 'what it needs' : inWords(because.ref, because.name)} failed`;
  const end = told === undefined ? '' : `, ${told}`;
  return destinationId === undefined ? start : `${start} as ${destinationId}${end}`;
};

const oneLine = (text: string): string => text.replace(/\s*\n\s*/g, ' ').trim();

type Ended = Pick<PlanView, 'fates' | 'removed' | 'verdicts' | 'state' | 'stopped'>;

/** What is said of a plan that has come to its end. */
export const summary = (planId: string, view: Ended, milliseconds: number): readonly string[] => {
  const fates = view.fates();
  const all = Object.values(fates).reduce((sum, count) => sum + count, 0);
  const verdicts = view.verdicts();
  const anyVerdict = Object.values(verdicts).some((count) => count > 0);
  return [
    `plan ${planId} ${stateWords(view)} after ${duration(milliseconds)}`,
    `${counted(all, 'resource')}: ${fateWords(fates)}`,
    ...(view.removed() > 0 ? [`${counted(view.removed(), 'original')} removed from the source`] : []),
    ...(anyVerdict ? [`attributes: ${verdictWords(verdicts)}`] : []),
    ...howToGoOn(planId, view, fates),
    ...whereToLook(planId, fates, anyVerdict),
  ];
};

/** What is left to a person whose plan was stopped. */
const howToGoOn = (planId: string, { state }: Ended, fates: ReturnType<PlanView['fates']>): readonly string[] => {
  if (state === 'paused') return [`go on with it: openstack-migrate resume ${planId}`];
  if (state !== 'cancelled') return [];
  return [
    'what it has made stays: the same command goes on with it, and finds also what a request that was under way may still make',
    ...(fates.created + fates.adopted + fates.unfinished > 0
      ? [`delete what it has made: openstack-migrate rollback ${planId}`]
      : []),
  ];
};

const stateWords = ({ state, stopped }: Ended): string => {
  if (state === 'completed') return 'completed';
  const why = stopped?.reason === undefined ? '' : ` (${stopped.reason})`;
  return stopped === undefined ? `is ${state}` : `was ${state} by ${stopped.by}${why}`;
};

const always: readonly Fate[] = ['created', 'adopted', 'reused', 'failed', 'skipped'];

const fateWords = (fates: ReturnType<PlanView['fates']>): string =>
  Object.entries(fates)
    .filter(([fate, count]) => count > 0 || always.some((each) => each === fate))
    .map(([fate, count]) => `${count} ${fate}`)
    .join(', ');

const verdictWords = (verdicts: Verdicts): string =>
  Object.entries(verdicts)
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');

const whereToLook = (planId: string, fates: ReturnType<PlanView['fates']>, anyVerdict: boolean): readonly string[] => [
  ...(fates.failed > 0
    ? ['look at the failed ones: openstack-migrate list --status failed; the same command tries them again']
    : []),
  ...(anyVerdict ? [`look at every attribute: openstack-migrate fidelity --plan ${planId}`] : []),
  'look at all twins: openstack-migrate list',
];

/** The exit code of a plan that has come to its end. */
export const exitCodeOfPlan = (view: Pick<PlanView, 'fates' | 'state'>, failedSteps: number): number => {
  const { failed, skipped, ...fates } = view.fates();
  const done = Object.values(fates).some((count) => count > 0);
  if (view.state !== 'completed') return exitCode.partly;
  if (failed + skipped === 0 && failedSteps === 0) return exitCode.done;
  return done ? exitCode.partly : exitCode.failed;
};
