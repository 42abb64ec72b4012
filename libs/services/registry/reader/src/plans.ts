import type { Answers, PlanRow, PlanStepRow } from '@osm/contracts';
import { Failure } from '@osm/kernel';
import type { Database } from 'better-sqlite3';

type Raw<Row, Json extends keyof Row> = Omit<Row, Json> & { readonly [name in Json]: string };

const planColumns = `plan_id, source_cloud, destination_cloud, intent, status, digest, steps, resources, succeeded, failed,
  skipped, findings, requested_by, created_at, updated_at`;
const stepColumns = `step_id, resource_type, source_id, name, step, service, status, attempt, needs, because,
  coalesce(failure, 'null') AS failure`;

const planOf = ({ findings, ...row }: Raw<PlanRow, 'findings'>): PlanRow => ({
  ...row,
  findings: JSON.parse(findings) as PlanRow['findings'],
});

const stepOf = ({ needs, failure, ...row }: Raw<PlanStepRow, 'needs' | 'failure'>): PlanStepRow => ({
  ...row,
  needs: JSON.parse(needs) as PlanStepRow['needs'],
  failure: JSON.parse(failure) as PlanStepRow['failure'],
});

/** All plans, newest first. */
export const plans = (db: Database): readonly PlanRow[] =>
  db.prepare<[], Raw<PlanRow, 'findings'>>(`SELECT ${planColumns} FROM plan ORDER BY position DESC`).all().map(planOf);

/** One plan with its steps in the order of the draft. Raises `no-such-plan`. */
export const plan = (db: Database, planId: string): Answers['registry.plan'] => {
  const row = db
    .prepare<[string], Raw<PlanRow, 'findings'>>(`SELECT ${planColumns} FROM plan WHERE plan_id = ?`)
    .get(planId);
  if (row === undefined) {
    throw new Failure('no-such-plan', `cannot find plan ${planId}: there is no plan of this id`, {
      remedy: 'Look at the list of plans for their ids.',
    });
  }
  const steps = db
    .prepare<[string], Raw<PlanStepRow, 'needs' | 'failure'>>(
      `SELECT ${stepColumns} FROM plan_step WHERE plan_id = ? ORDER BY ordinal`,
    )
    .all(planId);
  return { plan: planOf(row), steps: steps.map(stepOf) };
};
