import { planSubject } from '@osm/contracts';
import { plan, type PlanState } from '@osm/domain';
import { loadAggregate } from '@osm/event-log';
import { isFailure, type Failure } from '@osm/kernel';
import type { PlannerController } from '@osm/services/planner';
import { Life } from './life.ts';
import { portsOf } from './process-ports.ts';
import type { Process, Processes } from './processes.ts';
import { route, type Stage } from './stage.ts';

type PlanRequest = Parameters<PlannerController['draft']>[0]['request'];

/** How long people wait for an answer before they ask again, in milliseconds. */
const patience = 20_000;

/** What a person's request came to. */
export type Told<T> = { readonly answer: T } | { readonly refusal: Failure };

/** People at their desks: they ask, wait, look, change their minds, and know nothing of processes. */
export class People {
  readonly life: Life;
  readonly #log;

  constructor(
    private readonly stage: Stage,
    private readonly processes: Processes,
    readonly name: string,
  ) {
    this.life = new Life(name, stage.timeline, stage.chance);
    this.#log = portsOf(stage, this.life).log;
  }

  wait(milliseconds: number): Promise<void> {
    return this.life.clock.sleep(milliseconds);
  }

  /** Asks until there is an answer: a request whose answer is lost is asked once more. */
  async ask<T>(what: string, question: (planner: PlannerController) => Promise<T>): Promise<Told<T>> {
    for (;;) {
      const told = await this.#askOnce(what, question);
      if (told !== undefined) {
        this.stage.trace(
          this.name,
          () => `is told ${'answer' in told ? JSON.stringify(told.answer) : `no: ${told.refusal.message}`}`,
        );
        return told;
      }
      this.stage.trace(this.name, () => `hears nothing of ${what}`);
      await this.wait(1000);
    }
  }

  async plan(planId: string): Promise<PlanState> {
    return (await loadAggregate(this.#log, plan, planSubject(planId))).state;
  }

  /** Waits until a plan is as somebody wants it; false when it was waited for too long. */
  async until(planId: string, is: (state: PlanState) => boolean, seconds = 3600): Promise<boolean> {
    for (let waited = 0; waited < seconds; waited += 5) {
      if (is(await this.plan(planId))) return true;
      await this.wait(5000);
    }
    return false;
  }

  /** Has a plan drafted, approved and started; answers its id. */
  async start(request: PlanRequest): Promise<string | undefined> {
    const drafted = await this.ask('draft', (planner) => planner.draft({ request, by: this.name }));
    if ('refusal' in drafted) return undefined;
    const { planId } = drafted.answer;
    await this.until(planId, ({ status }) => status !== 'requested' && status !== 'unknown');
    const { draft } = await this.plan(planId);
    if (draft === undefined) return planId;
    await this.ask('approve', (planner) => planner.approve({ planId, digest: draft.digest, by: this.name }));
    for (let tries = 0; tries < 200; tries++) {
      const told = await this.ask('start', (planner) => planner.start({ planId, by: this.name }));
      if ('answer' in told || told.refusal.code !== 'still-cancelling') break;
      await this.wait(15_000);
    }
    return planId;
  }

  #askOnce<T>(what: string, question: (planner: PlannerController) => Promise<T>): Promise<Told<T> | undefined> {
    const { chance, timeline, faults } = this.stage;
    return new Promise((resolve) => {
      timeline.after(patience, () => resolve(undefined));
      timeline.after(chance.below(20), () => {
        const { planners } = this.processes;
        if (planners.length === 0) return;
        const process = chance.pick(planners);
        const reply = (told: Told<T>): void => {
          if (faults.happens('log-reply-lost')) return;
          if (!process.life.isDead) timeline.after(chance.below(20), () => resolve(told));
        };
        this.stage.trace(this.name, () => `asks ${process.life.name}: ${what}`);
        answerOf(process, question).then(
          (answer) => reply({ answer }),
          (error: unknown) => {
            if (isFailure(error)) return reply({ refusal: error });
            this.processes.broken.push(`${process.life.name} answers ${what} with a defect: ${String(error)}`);
          },
        );
      });
    });
  }
}

const answerOf = async <T>(
  { controller }: Process,
  question: (planner: PlannerController) => Promise<T>,
): Promise<T> => {
  if (controller === undefined) throw new TypeError('it takes no requests');
  return question(controller);
};

/** A request for some of what there is, or for all of it. */
export const requestFor = (
  { drawn }: Stage,
  include: (type: string, id: string) => boolean,
  cleanUp: PlanRequest['cleanUp'],
): PlanRequest => ({
  route,
  roots: drawn.resources.filter(({ type, id }) => include(type, id)).map(({ type, id }) => ({ type, id })),
  include: { needs: true, members: false },
  intent: 'migrate',
  cleanUp,
  policy: {},
});
