import { bringToEnd, migrateTheRest, operate } from './operators.ts';
import { openOracle } from './oracle.ts';
import { withOwnTime } from './own-time.ts';
import { People } from './people.ts';
import { Processes } from './processes.ts';
import { openStage, type Stage } from './stage.ts';
import { enterTroubles, troubledFor } from './troubles.ts';

/** What became of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly violations: readonly string[];
  readonly entries: number;
  readonly events: number;
  readonly resources: number;
}

/** Virtual milliseconds in which everything must have come to rest after the last fault. */
const restWithin = 3 * 3_600_000;

/** Plays one seed to its end. Deterministic: the same seed, the same code, the same trace, to the byte. */
export const runSeed = (
  seed: number,
  tell?: (line: string) => void,
  check?: (stage: Stage) => readonly string[],
): Promise<SeedResult> => {
  const stage = openStage(seed, tell);
  return withOwnTime(stage, async () => {
    const { timeline } = stage;
    const oracle = openOracle(stage);
    const processes = new Processes(stage);
    const began = timeline.now;
    enterTroubles(stage, processes);
    let isOver = false;
    let defect: unknown;
    playOut(stage, processes, began).then(
      () => (isOver = true),
      (error: unknown) => {
        defect = error;
        isOver = true;
      },
    );
    const isDone = (): boolean => isOver || oracle.violations.length > 0;
    const end = await timeline.run(isDone, began + troubledFor + restWithin).catch((error: unknown) => {
      defect = error;
    });
    if (defect !== undefined) oracle.violate(`the simulation itself failed: ${String(defect)}`);
    if (end === 'nothing-left')
      oracle.violate('nothing is left to happen, and it is not over: somebody waits for real time');
    if (end === 'too-late') oracle.violate(`it does not come to rest: ${stage.commands.pending.join(', ')}`);
    for (const what of processes.broken) oracle.violate(what);
    if (oracle.violations.length === 0) oracle.judge();
    for (const what of oracle.violations.length === 0 ? (check?.(stage) ?? []) : []) oracle.violate(what);
    const { happened: entries } = timeline;
    return {
      ...{ seed, violations: oracle.violations, entries },
      ...{ events: stage.shared.events.length, resources: stage.drawn.resources.length },
    };
  });
};

/** People at work while things go wrong; then calm; then what is left is brought to its end, and whole. */
const playOut = async (stage: Stage, processes: Processes, began: number): Promise<void> => {
  const { chance, timeline } = stage;
  const operators = [...Array(chance.between(1, 2)).keys()].map((n) => new People(stage, processes, `operator-${n}`));
  const plans = (await Promise.all(operators.map((person) => operate(stage, person, began)))).flat();
  const closer = new People(stage, processes, 'closer');
  await closer.wait(Math.max(0, began + troubledFor - timeline.now) + 60_000);
  for (const planId of plansIn(stage, plans)) await bringToEnd(closer, planId);
  // What a cancelled plan could not collect beside another one, it can now.
  for (const planId of plansIn(stage, plans)) await bringToEnd(closer, planId);
  await untilIdle(stage, closer);
  await migrateTheRest(stage, closer);
  await untilIdle(stage, closer);
};

/** Plans whose maker never heard of them are plans, too. */
const plansIn = ({ shared }: Stage, known: readonly string[]): readonly string[] => {
  const requested = shared.events.flatMap(({ type, subject }) =>
    type === 'PlanRequested' ? [subject.split('.')[3] ?? ''] : [],
  );
  return [...new Set([...known, ...requested])];
};

const untilIdle = async ({ subscriptions, commands }: Stage, person: People): Promise<void> => {
  while (!subscriptions.areIdle || !commands.areIdle) await person.wait(5000);
};
