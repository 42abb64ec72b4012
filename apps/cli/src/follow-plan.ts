import {
  decodeEvent,
  migrationsOf,
  parseSubject,
  planSubject,
  type PlanEvent,
  type RecordedEvent,
} from '@osm/contracts';
import type { Route } from '@osm/kernel';
import { PlanView, type Said } from './plan-view.ts';
import { showProgress, type Progress } from './progress.ts';
import type { Session } from './session.ts';
import { exitCodeOfPlan, summary } from './summary.ts';
import { Transfers } from './transfers.ts';
import { counted } from './words.ts';

/** Shows a started plan until it ends, then what it came to. Resolves to the exit code. */
export const followPlan = async (session: Session, planId: string, route: Route): Promise<number> => {
  const { io, settings, ports, log, asker, progress: sink } = session;
  const started = Date.now();
  const view = new PlanView();
  const transfers = new Transfers(planId);
  const position = await catchUp(session, view, planId, route);
  const quiet = !settings.logConsole || settings.logLevel === 'error';
  const progress = showProgress(io, { planId, view, transfers }, { quiet, mode: sink.mode, lines: sink.out });
  const deaf = ports.telemetry.listen(transfers);
  const end = { position: position.plan, failed: position.failed };
  try {
    if (!view.isOver()) {
      Object.assign(end, await follow(session, view, planId, route, position, progress));
    }
  } finally {
    deaf();
    progress.close();
  }
  session.interrupted.throwIfAborted();
  await asker.ask('registry.position', { atLeast: await log.head() });
  for (const line of summary(planId, view, Date.now() - started)) io.out(`${line}\n`);
  return exitCodeOfPlan(view, end.failed);
};

interface Position {
  readonly plan: number;
  readonly migrations: number;
  readonly failed: number;
}

/** Everything so far, without a word: it was said by whoever looked then. */
const catchUp = async ({ log }: Session, view: PlanView, planId: string, route: Route): Promise<Position> => {
  let failed = 0;
  let asOf = 0;
  const events = await log.load(planSubject(planId));
  for (const recorded of events) {
    const event = decodeEvent(recorded) as PlanEvent;
    view.hearPlan(event, recorded.at);
    if (event.type === 'PlanRequested') asOf = event.data.asOf;
    if (event.type === 'PlanCompleted') failed = event.data.failed;
  }
  let migrations = asOf;
  for await (const recorded of log.read({ filter: migrationsOf(route), after: asOf })) {
    hearMigration(view, planId, recorded);
    migrations = recorded.position;
  }
  return { plan: events.at(-1)?.position ?? 0, migrations, failed };
};

const hearMigration = (view: PlanView, planId: string, recorded: RecordedEvent): readonly Said[] => {
  const subject = parseSubject(recorded.subject);
  const event = decodeEvent(recorded);
  if (subject.aggregate !== 'migration' || !('planId' in event.data) || event.data.planId !== planId) return [];
  return view.hearMigration(subject.ref, event, recorded.at);
};

/** What somebody has said to the plan meanwhile, and what is waited for now. */
const tellWord = (note: Progress['note'], event: PlanEvent, inHand: number): void => {
  if (event.type !== 'PlanPaused' && event.type !== 'PlanCancelling') return;
  const { by, reason } = event.data;
  const who = `by ${by}${reason === undefined ? '' : ` (${reason})`}`;
  if (event.type === 'PlanCancelling') note(`cancelled ${who}: what was begun is being collected`);
  else if (inHand > 0) note(`paused ${who}: ${counted(inHand, 'step')} under way may end`);
};

const follow = async (
  { log, interrupted }: Session,
  view: PlanView,
  planId: string,
  route: Route,
  from: Position,
  progress: Pick<Progress, 'say' | 'note'>,
): Promise<{ readonly failed: number }> => {
  const ended = new AbortController();
  const say = (said: readonly Said[]): void => said.forEach(progress.say);
  const signal = AbortSignal.any([interrupted, ended.signal]);
  let failed = 0;
  let after = from.migrations;
  const followMigrations = async (): Promise<void> => {
    for await (const batch of log.tail({ filter: migrationsOf(route), after, signal })) {
      for (const recorded of batch) {
        after = recorded.position;
        say(hearMigration(view, planId, recorded));
      }
    }
  };
  const followSteps = async (): Promise<void> => {
    for await (const batch of log.tail({ filter: planSubject(planId), after: from.plan, signal })) {
      for (const recorded of batch) {
        const event = decodeEvent(recorded) as PlanEvent;
        say(view.hearPlan(event, recorded.at));
        tellWord(progress.note, event, view.running().length);
        if (event.type === 'PlanCompleted') failed = event.data.failed;
      }
      if (view.isOver()) return;
    }
  };
  try {
    await Promise.all([followMigrations(), followSteps().finally(() => ended.abort())]);
  } finally {
    ended.abort();
  }
  if (interrupted.aborted) return { failed };
  // What the migrations said last may not have been heard when the plan ended.
  for await (const recorded of log.read({ filter: migrationsOf(route), after })) {
    say(hearMigration(view, planId, recorded));
  }
  return { failed };
};
