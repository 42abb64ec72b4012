import { plannedSteps, type PlanState } from '@osm/domain';
import type { People } from './people.ts';
import { requestFor } from './people.ts';
import type { Stage } from './stage.ts';
import { forget, troubledFor } from './troubles.ts';

type Status = PlanState['status'];

const ended: ReadonlySet<Status> = new Set(['completed', 'cancelled', 'rejected']);

/** What a person does who wants something migrated and is not of one mind about it. Answers the plans that they made. */
export const operate = async (stage: Stage, person: People, began: number): Promise<readonly string[]> => {
  const { chance, timeline } = stage;
  await person.wait(chance.below(60_000));
  const plans: string[] = [];
  const isTroubled = (): boolean => timeline.now - began < troubledFor;
  while (isTroubled() && plans.length < 3) {
    const all = chance.happens(0.5);
    const share = 0.2 + chance.fraction() / 2;
    const chosen = new Set(stage.drawn.resources.filter(() => all || chance.happens(share)).map(({ id }) => id));
    const cleanUp = chance.happens(0.15) ? 'after-migration' : 'never';
    const planId = await person.start(requestFor(stage, (_, id) => chosen.has(id), cleanUp));
    if (planId === undefined || plans.includes(planId)) break;
    plans.push(planId);
    for (let looks = 0; looks < 100 && isTroubled(); looks++) {
      await person.wait(1000 + chance.below(40_000));
      const { status } = await person.plan(planId);
      if (status === 'cancelled' || status === 'rejected') break;
      if (status === 'completed' && chance.happens(0.5)) break;
      await changeMind(stage, person, planId);
    }
  }
  return plans;
};

const changeMind = async (stage: Stage, person: People, planId: string): Promise<unknown> => {
  const by = person.name;
  const { chance, timeline } = stage;
  const act = chance.below(20);
  // What was said of the attempt before may be said once more.
  if (act >= 7 && act < 9 && chance.happens(0.5)) timeline.after(chance.below(8000), () => forget(stage));
  if (act < 2) return person.ask('pause', (planner) => planner.pause({ planId, by }));
  if (act < 5) return person.ask('resume', (planner) => planner.resume({ planId, by }));
  if (act < 6) return person.ask('cancel', (planner) => planner.cancel({ planId, by }));
  if (act < 9) return person.ask('retry', (planner) => planner.retry({ planId, by, reason: 'once more' }));
  if (act < 10) return person.ask('start', (planner) => planner.start({ planId, by }));
  if (act < 13) return changeStep(stage, person, planId, act < 12);
  return undefined;
};

/** Does without a step that waits or failed, or has one tried again; who did without it may want it after all. */
const changeStep = async (stage: Stage, person: People, planId: string, isSkip: boolean): Promise<unknown> => {
  const by = person.name;
  const steps = plannedSteps(await person.plan(planId)).filter(
    ({ status, unwanted }) => status === 'failed' || (isSkip ? status === 'waiting' : unwanted),
  );
  if (steps.length === 0) return undefined;
  const { step } = stage.chance.pick(steps);
  const asked = { planId, stepId: step.id, by, reason: isSkip ? 'not needed' : 'needed after all' };
  return isSkip
    ? person.ask('skip-step', (planner) => planner.skipStep(asked))
    : person.ask('retry-step', (planner) => planner.retryStep(asked));
};

/** When all is calm every plan is brought to its end: what is paused goes on, what was never started is cancelled. */
export const bringToEnd = async (person: People, planId: string): Promise<void> => {
  const by = person.name;
  const retry: Parameters<typeof person.ask>[1] = (planner) => planner.retry({ planId, by, reason: 'all is calm' });
  for (let rounds = 0; rounds < 400; rounds++) {
    const { status } = await person.plan(planId);
    if ((status === 'completed' || status === 'cancelled') && rounds < 2) await person.ask('retry', retry);
    else if (ended.has(status) || status === 'unknown') return;
    if (status === 'paused') await person.ask('resume', (planner) => planner.resume({ planId, by }));
    if (status === 'drafted' || status === 'approved') {
      await person.ask('cancel', (planner) => planner.cancel({ planId, by }));
    }
    await person.wait(30_000);
  }
};

/** One plan for everything, without a fault: it finds what the earlier ones have left, and makes it whole. */
export const migrateTheRest = async (stage: Stage, person: People): Promise<string | undefined> => {
  const isThere = (type: string, id: string): boolean => !stage.isRemoved(type, id);
  const planId = await person.start(requestFor(stage, isThere, 'never'));
  if (planId !== undefined) await bringToEnd(person, planId);
  return planId;
};
