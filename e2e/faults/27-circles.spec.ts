import { openSteps, plan, type PlanState } from '@osm/domain';
import { draftProjects, startDeepPlan } from './deep-plan.ts';
import { describeFault } from './describe-fault.ts';
import { circle, givenCircles } from './given-circles.ts';
import { mustHold, wrongOnNats } from './oracle.ts';
import { openStage } from './stage.ts';

/** How many projects stand on each other. */
const depth = 10_000;

describeFault({
  id: 27,
  fault: `security groups name each other in a circle, routers join networks in one; and ${depth} projects stand on each other`,
  expected:
    'circles are made in two steps; depth overflows no stack; what cannot be put in an order is refused by name',
  run: async () => {
    await using stage = await openStage({ shop: { also: givenCircles } });
    const outcome = await stage.migrate();
    if (outcome.failed > 0) throw new Error(JSON.stringify(outcome.failures));
    mustHold(await wrongOnNats(stage));

    const began = performance.now();
    const deep = draftProjects(depth, (at) => (at === 0 ? undefined : at - 1));
    const steps = deep.drafted.steps.length;
    if (steps < depth) throw new Error(`${steps} steps of ${depth}: ${JSON.stringify(deep.drafted.findings)}`);
    const draftedMs = performance.now() - began;
    const started = startDeepPlan(deep);
    const all = playToEnd(started, 'succeeded');
    const none = playToEnd(started, 'failed');
    const playedMs = performance.now() - began - draftedMs;
    mustHold([
      ...(all.heard === steps ? [] : [`${all.heard} of ${steps} steps were dispatched`]),
      ...(all.state.status === 'completed' ? [] : [`the plan is ${all.state.status}`]),
      // The first one fails, and all others are told of it at once.
      ...(none.heard === 1 ? [] : [`${none.heard} steps were dispatched after the first had failed`]),
      ...(none.state.status === 'completed' ? [] : [`the failed plan is ${none.state.status}`]),
    ]);

    const round = draftProjects(3, (at) => (at + 2) % 3);
    const refused = round.drafted.findings.find(({ severity }) => severity === 'error');
    for (const id of ['p-0', 'p-1', 'p-2']) {
      if (refused?.message.includes(id) !== true)
        throw new Error(`the circle was not refused by name: ${JSON.stringify(round.drafted.findings)}`);
    }
    return `${circle} groups in a circle and 2 routers arrived; ${depth} deep: drafted in ${Math.round(draftedMs)} ms, run twice in ${Math.round(playedMs)} ms; a circle of projects refused by name`;
  },
});

/** Hears the same outcome of every step that is dispatched. */
const playToEnd = (begun: PlanState, outcome: 'succeeded' | 'failed'): { state: PlanState; heard: number } => {
  let state = begun;
  let heard = 0;
  const open = openSteps(begun).map(({ step, attempt }) => ({ stepId: step.id, attempt }));
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    heard += 1;
    for (const event of plan.decide({ type: 'HearOutcome', ...one, outcome }, state)) {
      state = plan.evolve(state, event);
      if (event.type === 'StepDispatched') open.push({ stepId: event.data.stepId, attempt: event.data.attempt });
    }
  }
  return { state, heard };
};
