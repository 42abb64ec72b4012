import type { Answers, PlanRow, PlanStepRow, RequestOf } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';
import { keyOf, pageOf, usualLimit, withTotal } from './page.ts';
import { totalOf } from './total.ts';
import { equals, has, where } from './where.ts';

type Raw<Row, Json extends keyof Row> = Omit<Row, Json> & { readonly [name in Json]: string };

const planColumns = `plan_id, source_cloud, destination_cloud, intent, status, digest, steps, resources, succeeded, failed,
  skipped, findings, requested_by, created_at, updated_at, approved_by, needs_second, seconded_by,
  clean_up`;
const stepColumns = `step_id, resource_type, source_id, name, step, service, status, attempt, needs, because,
  coalesce(failure, 'null') AS failure, since, skipped_by, skip_reason`;

type RawPlan = Omit<Raw<PlanRow, 'findings'>, 'needs_second'> & { readonly needs_second: number };

const planOf = ({ findings, needs_second, ...row }: RawPlan): PlanRow => ({
  ...row,
  findings: JSON.parse(findings) as PlanRow['findings'],
  needs_second: needs_second === 1,
});

const stepOf = ({ needs, failure, ...row }: Raw<PlanStepRow, 'needs' | 'failure'>): PlanStepRow => ({
  ...row,
  needs: JSON.parse(needs) as PlanStepRow['needs'],
  failure: JSON.parse(failure) as PlanStepRow['failure'],
});

/** All plans, newest first. */
export const plans = (db: Database): readonly PlanRow[] =>
  db.prepare<[], RawPlan>(`SELECT ${planColumns} FROM plan ORDER BY position DESC`).all().map(planOf);

/** The plans that fit, newest first, a page of them. */
export const planPage = (db: Database, asked: RequestOf<'registry.plan-page'>): Answers['registry.plan-page'] => {
  const { limit = usualLimit } = asked;
  const [position] = keyOf(asked.after, 'number') ?? [];
  const fit = [equals('intent', asked.intent), equals('status', asked.status)];
  const { sql, values } = where(
    ...fit,
    position === undefined ? undefined : { sql: 'position < ?', values: [position] },
  );
  const rows = db
    .prepare<(string | number)[], RawPlan & { readonly position: number }>(
      `SELECT ${planColumns}, position FROM plan ${sql} ORDER BY position DESC LIMIT ?`,
    )
    .all(...values, limit + 1);
  const page = pageOf(
    rows,
    limit,
    (row) => [row.position],
    ({ position: _, ...row }) => planOf(row),
  );
  return withTotal(page, asked.after, () => totalOf(db, { from: 'plan', by: [], fit }));
};

/** One plan without its steps. Raises `no-such-plan`. */
export const planSummary = (db: Database, planId: string): PlanRow => {
  const row = db.prepare<[string], RawPlan>(`SELECT ${planColumns} FROM plan WHERE plan_id = ?`).get(planId);
  if (row !== undefined) return planOf(row);
  throw new Failure('no-such-plan', `cannot find plan ${planId}: there is no plan of this id`, {
    remedy: 'Look at the list of plans for their ids.',
  });
};

/** The steps of a plan that fit, in the order of the draft, a page of them. Raises `no-such-plan`. */
export const stepPage = (db: Database, asked: RequestOf<'registry.step-page'>): Answers['registry.step-page'] => {
  const { planId, limit = usualLimit } = asked;
  const plan = planSummary(db, planId);
  const [ordinal] = keyOf(asked.after, 'number') ?? [];
  const by = [equals('plan_id', planId), equals('status', asked.status)];
  const fit = [
    equals('resource_type', asked.type),
    equals('service', asked.service),
    has(["lower(coalesce(name, ''))", 'lower(step_id)'], asked.q),
  ];
  const { sql, values } = where(
    ...by,
    ...fit,
    ordinal === undefined ? undefined : { sql: 'ordinal > ?', values: [ordinal] },
  );
  const rows = db
    .prepare<(string | number)[], Raw<PlanStepRow, 'needs' | 'failure'> & { readonly ordinal: number }>(
      `SELECT ${stepColumns}, ordinal FROM plan_step ${sql} ORDER BY ordinal LIMIT ?`,
    )
    .all(...values, limit + 1);
  const page = pageOf(
    rows,
    limit,
    (row) => [row.ordinal],
    ({ ordinal: _, ...row }) => stepOf(row),
  );
  const isNarrowed = fit.some((condition) => condition !== undefined);
  return withTotal(page, asked.after, () =>
    isNarrowed ? totalOf(db, { from: 'plan_step', by, fit }) : stepsOf(plan, asked.status),
  );
};

/** What the row of the plan knows: it is kept up to date with every step. */
const stepsOf = (plan: PlanRow, status: string | undefined): number | undefined => {
  const { steps, succeeded, failed, skipped } = plan;
  // The row has its number when the draft is whole: until then the steps come in.
  if (plan.status === 'requested') return undefined;
  if (status === undefined) return steps;
  return status === 'succeeded' || status === 'failed' || status === 'skipped'
    ? { succeeded, failed, skipped }[status]
    : undefined;
};

/** One plan with its steps in the order of the draft. Raises `no-such-plan`. */
export const plan = (db: Database, planId: string): Answers['registry.plan'] => {
  const row = planSummary(db, planId);
  const steps = db
    .prepare<[string], Raw<PlanStepRow, 'needs' | 'failure'>>(
      `SELECT ${stepColumns} FROM plan_step WHERE plan_id = ? ORDER BY ordinal`,
    )
    .all(planId);
  return { plan: row, steps: steps.map(stepOf) };
};
