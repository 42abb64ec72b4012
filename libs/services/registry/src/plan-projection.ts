import type { PlanEvent, PlanStep } from '@osm/contracts';
import type { Database } from 'better-sqlite3';
import type { Projection } from './projection.ts';

/** Which plan an event is about, when it was written, and its place in the log. */
export interface AboutPlan {
  readonly planId: string;
  readonly at: string;
  readonly position: number;
}

/** The rules, and what has to be done at the end of each batch. */
export interface PlanProjection {
  readonly projection: Projection<PlanEvent, AboutPlan>;
  /** Begins a batch: what is left of one that was rolled back is forgotten. */
  begin(): void;
  /** Writes what the batch's steps came to into the row of their plan, once for all of them. */
  flush(): void;
}

/** How far each plan and each of its steps is. */
export const planProjection = (db: Database): PlanProjection => {
  const request = db.prepare(`
    INSERT INTO plan (plan_id, source_cloud, destination_cloud, intent, status, steps, resources, succeeded, failed,
      skipped, findings, requested_by, created_at, updated_at, position, needs_second, clean_up)
    VALUES (@planId, @source, @destination, @intent, 'requested', 0, 0, 0, 0, 0, '[]', @by, @at, @at, @position,
      @needsSecond, @cleanUp)
    ON CONFLICT DO NOTHING`);
  const draft = db.prepare(`
    UPDATE plan SET status = 'drafted', digest = ?, steps = ?, resources = ?, findings = ?, updated_at = ?
    WHERE plan_id = ?`);
  const reject = db.prepare(`UPDATE plan SET status = 'rejected', findings = ?, updated_at = ? WHERE plan_id = ?`);
  const approve = db.prepare('UPDATE plan SET approved_by = ? WHERE plan_id = ?');
  const second = db.prepare('UPDATE plan SET seconded_by = ?, updated_at = ? WHERE plan_id = ?');
  const status = db.prepare<[string, string, string]>('UPDATE plan SET status = ?, updated_at = ? WHERE plan_id = ?');
  const complete = db.prepare(`
    UPDATE plan SET status = 'completed', succeeded = ?, failed = ?, skipped = ?, updated_at = ? WHERE plan_id = ?`);
  const reopen = db.prepare(`
    UPDATE plan SET status = CASE status WHEN 'completed' THEN 'running' WHEN 'cancelled' THEN 'cancelling' ELSE status END,
      updated_at = ? WHERE plan_id = ?`);
  const steps = planSteps(db);
  const becomes =
    (name: string) =>
    (_: unknown, { planId, at }: AboutPlan): void => {
      steps.flush();
      status.run(name, at, planId);
    };
  const projection: Projection<PlanEvent, AboutPlan> = {
    PlanRequested: ({ route, intent, by, needsSecond, cleanUp }, about) => {
      request.run({ ...route, intent, by, cleanUp, needsSecond: Number(needsSecond === true), ...about });
    },
    PlanSurveyed: () => undefined,
    PlanSectionDrafted: ({ steps: drafted }, about) => {
      for (const step of drafted) steps.draft(about, step);
    },
    PlanDrafted: ({ digest, steps: count, resources, findings }, { planId, at }) => {
      draft.run(digest, count, resources, JSON.stringify(findings), at, planId);
    },
    PlanRejected: ({ findings }, { planId, at }) => {
      reject.run(JSON.stringify(findings), at, planId);
    },
    PlanApproved: (data, about) => {
      becomes('approved')(data, about);
      approve.run(data.by, about.planId);
    },
    PlanSeconded: ({ by }, { planId, at }) => {
      steps.flush();
      second.run(by, at, planId);
    },
    PlanStarted: becomes('running'),
    PlanPaused: becomes('paused'),
    PlanResumed: becomes('running'),
    PlanCancelling: becomes('cancelling'),
    PlanCancelled: becomes('cancelled'),
    StepDispatched: ({ stepId, attempt }, about) => {
      steps.turn(about, stepId, { status: 'dispatched', attempt, because: null, failure: null });
    },
    StepSettled: ({ stepId, attempt, outcome, because = null, failure }, about) => {
      const told = failure === undefined ? null : JSON.stringify(failure);
      steps.turn(about, stepId, { status: outcome, attempt, because, failure: told });
    },
    StepRetryRequested: ({ stepId }, about) => {
      steps.flush();
      reopen.run(about.at, about.planId);
      steps.reopen(about, stepId);
    },
    StepSkipRequested: ({ stepId, by, reason }, about) => {
      steps.skip(about, stepId, by, reason);
    },
    PlanCompleted: ({ succeeded, failed, skipped }, { planId, at }) => {
      steps.flush();
      complete.run(succeeded, failed, skipped, at, planId);
    },
  };
  return { projection, begin: steps.begin, flush: steps.flush };
};

interface Turn {
  readonly status: 'waiting' | 'dispatched' | 'succeeded' | 'failed' | 'skipped';
  readonly attempt: number;
  readonly because: string | null;
  readonly failure: string | null;
}

type Outcome = 'succeeded' | 'failed' | 'skipped';

/** How many steps of a plan have come to what since the last flush, and when that was last heard. */
type Sum = { readonly [outcome in Outcome]: number } & { readonly at: string };

type Before = Pick<Turn, 'status' | 'attempt' | 'failure'>;

const planSteps = (db: Database) => {
  const insert = db.prepare(`
    INSERT INTO plan_step (plan_id, step_id, ordinal, resource_type, source_id, name, step, service, status, attempt, needs,
      since)
    SELECT @planId, @id, coalesce(max(ordinal) + 1, 0), @type, @source, @name, @step, @service, 'waiting', 1, @needs, @at
    FROM plan_step WHERE plan_id = @planId
    ON CONFLICT DO NOTHING`);
  const needsOf = db
    .prepare<[string, string], string>('SELECT needs FROM plan_step WHERE plan_id = ? AND step_id = ?')
    .pluck();
  const setNeeds = db.prepare('UPDATE plan_step SET needs = ? WHERE plan_id = ? AND step_id = ?');
  const before = db.prepare<[string, string], Before>(
    'SELECT status, attempt, failure FROM plan_step WHERE plan_id = ? AND step_id = ?',
  );
  const update = db.prepare(`
    UPDATE plan_step SET status = @status, attempt = @attempt, because = @because, failure = @failure,
      since = @at
    WHERE plan_id = @planId AND step_id = @stepId`);
  const decide = db.prepare('UPDATE plan_step SET skipped_by = ?, skip_reason = ? WHERE plan_id = ? AND step_id = ?');
  const count = db.prepare(`
    UPDATE plan SET succeeded = succeeded + @succeeded, failed = failed + @failed, skipped = skipped + @skipped,
      updated_at = @at WHERE plan_id = @planId`);
  const skippedFor = db
    .prepare<[string, string], string>(
      `SELECT step_id FROM plan_step WHERE plan_id = ? AND because = ? AND status = 'skipped'`,
    )
    .pluck();

  const sums = new Map<string, Sum>();

  /** A step that stands in several sections has a part of its needs in each. */
  const draft = ({ planId, at }: AboutPlan, { id, ref, name, step, service, needs }: PlanStep): void => {
    const row = { planId, at, id, type: ref.type, source: ref.id, name, step, service, needs: JSON.stringify(needs) };
    if (insert.run(row).changes > 0) return;
    const known = JSON.parse(needsOf.get(planId, id) ?? '[]') as string[];
    setNeeds.run(JSON.stringify([...known, ...needs]), planId, id);
  };

  const turn = ({ planId, at }: AboutPlan, stepId: string, to: Turn): void => {
    const from = before.get(planId, stepId);
    if (from === undefined) return;
    update.run({ planId, stepId, at, ...to });
    const sum = sums.get(planId) ?? { succeeded: 0, failed: 0, skipped: 0 };
    const after = (outcome: Outcome): number =>
      sum[outcome] + Number(to.status === outcome) - Number(from.status === outcome);
    sums.set(planId, { at, succeeded: after('succeeded'), failed: after('failed'), skipped: after('skipped') });
  };

  const flush = (): void => {
    for (const [planId, sum] of sums) count.run({ planId, ...sum });
    sums.clear();
  };

  const wait = (about: AboutPlan, stepId: string): void => {
    const from = before.get(about.planId, stepId);
    if (from === undefined) return;
    turn(about, stepId, { status: 'waiting', attempt: from.attempt + 1, because: null, failure: null });
  };

  /**
   * The failed step waits again, and so does what was skipped because of it. What clears up after it runs again too,
   * and its row says so as soon as that is dispatched.
   */
  const reopen = (about: AboutPlan, stepId: string): void => {
    if (before.get(about.planId, stepId)?.status !== 'waiting') wait(about, stepId);
    decide.run(null, null, about.planId, stepId);
    for (const skipped of skippedFor.all(about.planId, stepId)) wait(about, skipped);
  };

  /** What failed is skipped from now on, and its row still tells why it had failed; what waits is skipped in its turn. */
  const skip = (about: AboutPlan, stepId: string, by: string, reason: string): void => {
    const from = before.get(about.planId, stepId);
    if (from === undefined) return;
    decide.run(by, reason, about.planId, stepId);
    if (from.status === 'failed') turn(about, stepId, { ...from, status: 'skipped', because: null });
  };

  return { draft, turn, reopen, skip, begin: () => sums.clear(), flush };
};
