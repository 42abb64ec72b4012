/** A bug that somebody might make, as a change to the text of one file; only a simulation is ever built with it. */
export interface Mutant {
  readonly name: string;
  /** From the workspace's root. */
  readonly file: string;
  /** Must stand in the file exactly once: else the text has moved on, and the bug with it. */
  readonly find: string;
  readonly replace: string;
  /** What would come of it. */
  readonly why: string;
}

/** The bugs that the simulation must notice, or it is worth nothing. */
export const mutants: readonly Mutant[] = [
  {
    name: 'no-look-up',
    file: 'libs/engine/src/create-twin.ts',
    find: 'const found = await findTwin(cloud, handler, search, signal);\n  if (found !== undefined) return found;',
    replace: '',
    why: 'what a dead worker has made is made a second time',
  },
  {
    name: 'no-marker',
    file: 'libs/engine/src/create-twin.ts',
    find: ': withMarker(body, lookup.marker, mark);',
    replace: ': body;',
    why: 'what a dead worker has made cannot be found again',
  },
  {
    name: 'settle-time-not-waited',
    file: 'libs/engine/src/create-twin.ts',
    find: 'if (attempted) await workshop.clock.sleep(workshop.settleMs, signal);',
    replace: '',
    why: 'the request of a dead worker lands after the look-up',
  },
  {
    name: 'absent-where-the-list-failed',
    file: 'libs/engine/src/find-twin.ts',
    find: '  for await (const item of listSome(cloud, handler, markerQuery(handler, field, marker), signal)) {\n    if (isMarked(item, field, marker)) found.push(handler.id(item));\n  }',
    replace:
      '  try { for await (const item of listSome(cloud, handler, markerQuery(handler, field, marker), signal)) {\n    if (isMarked(item, field, marker)) found.push(handler.id(item));\n  } } catch { return undefined; }',
    why: 'a twin that could not be looked for is made a second time',
  },
  {
    name: 'done-before-recorded',
    file: 'libs/engine/src/run-step.ts',
    find: 'await record.write(...outcome(attempt, outputs));',
    replace: 'record.write(...outcome(attempt, outputs)).catch(() => undefined);',
    why: 'the command is gone when the worker dies before its outcome is written',
  },
  {
    name: 'no-fence',
    file: 'libs/engine/src/record.ts',
    find: 'await appendEvents(recorder, this.docket.subject, this.#revision, events)',
    replace:
      'await appendEvents(recorder, this.docket.subject, (await log.load(this.docket.subject)).at(-1)?.position ?? 0, events)',
    why: 'a worker that lost its lease records over the one that has it',
  },
  {
    name: 'lost-lease-not-heard',
    file: 'libs/services/migrator/src/step-worker.ts',
    find: 'const signal = AbortSignal.any([delivery.signal, cancelled]);',
    replace: 'const signal = cancelled;',
    why: 'a worker that stood still goes on beside the one that took over',
  },
  {
    name: 'post-repeated',
    file: 'libs/openstack/src/classify.ts',
    find: "['GET', 'HEAD', 'PUT', 'DELETE'].includes(method)",
    replace: "['GET', 'HEAD', 'PUT', 'DELETE', 'POST'].includes(method)",
    why: 'a create request whose answer is lost is sent once more',
  },
  {
    name: 'role-not-waited-for',
    file: 'libs/planning/src/transforms/borrow-roles.ts',
    find: 'addEdge(edges, first, grant.id);',
    replace: '',
    why: 'a step begins before the role that it wants is lent',
  },
  {
    name: 'role-given-back-too-soon',
    file: 'libs/planning/src/transforms/borrow-roles.ts',
    find: 'for (const end of ends) addEdge(edges, revoke.id, end);',
    replace: '',
    why: 'a role is taken back from steps that still want it',
  },
  {
    name: 'always-skipped',
    file: 'libs/domain/src/plan-progress.ts',
    find: 'if (always ? skipped < needs.length || needs.length === 0 : spoiled === 0) return undefined;',
    replace: 'if (spoiled === 0) return undefined;',
    why: 'what was temporary stays after a failure',
  },
  {
    name: 'collects-without-waiting',
    file: 'libs/engine/src/perform-step.ts',
    find: 'await workshop.clock.sleep(workshop.settleMs, signal);',
    replace: '{}',
    why: 'what a dead worker has asked for is there after it was collected',
  },
  {
    name: 'old-outcome-heard',
    file: 'libs/domain/src/plan.ts',
    find: "if (step.status !== 'open' || step.attempt !== attempt) return ready(state);",
    replace: "if (step.status !== 'open') return ready(state);",
    why: 'the outcome of an earlier attempt ends the one in hand',
  },
  {
    name: 'needs-not-waited-for',
    file: 'libs/domain/src/plan-progress.ts',
    find: "status === 'waiting' && unsettled === 0",
    replace: "status === 'waiting' && unsettled <= 1",
    why: 'a step begins before what it stands on is there',
  },
  {
    name: 'cancelled-goes-on',
    file: 'libs/domain/src/plan-status.ts',
    find: "  PlanCancelling: 'cancelling',\n",
    replace: '',
    why: 'a cancelled plan dispatches what is due',
  },
  {
    name: 'other-plan-not-waited-for',
    file: 'libs/engine/src/run-step.ts',
    find: 'if (otherPlansStep(state, attempt.planId) !== undefined) return { again: 2000 };',
    replace: '',
    why: 'two plans work on one resource at once',
  },
  {
    name: 'given-up-and-kept',
    file: 'libs/engine/src/give-up-twin.ts',
    find: 'await discard(workshop, assignment.handler, destination, id, signal);',
    replace: '',
    why: 'a twin that turned out bad stays beside the next one',
  },
  {
    name: 'checkpoint-before-rows',
    file: 'libs/services/registry/src/project-events.ts',
    find: 'project.begin();',
    replace:
      "if (fresh.length > 0) { save.run(fresh.at(-1)?.position ?? 0, fresh[0]?.id ?? null); db.exec('COMMIT'); db.exec('BEGIN'); }\n    project.begin();",
    why: 'what a dying registry had not yet written is never written',
  },
  {
    name: 'others-rules-ride-along',
    file: 'libs/planning/src/without-ridden.ts',
    find: 'if (staying.length === 0) continue;',
    replace: 'if (staying.length >= 0) continue;',
    why: 'with a security group that is removed go rules of other groups, which stay or were not migrated',
  },
];
