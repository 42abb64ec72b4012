import { plannerQueue, type Answers as AnswerOf, type Changed, type RequestOf } from '@osm/contracts';
import { deletes, type PlanCommand } from '@osm/domain';
import { digest, Failure } from '@osm/kernel';
import { Answers, Asked, Ports } from '@osm/platform';
import { Controller } from '@nestjs/common';
import { abandon } from './abandon.ts';
import { refuseWhileCollecting, refuseWhileOthersRun } from './refuse-while-collecting.ts';
import { PlanBook } from './plan-book.ts';
import { PlanIndex } from './plan-index.ts';

/** Takes plans, and what people decide about them. */
@Controller()
export class PlannerController {
  constructor(
    private readonly ports: Ports,
    private readonly book: PlanBook,
    private readonly index: PlanIndex,
  ) {}

  @Answers('planner.draft')
  async draft(@Asked('planner.draft') asked: RequestOf<'planner.draft'>): Promise<AnswerOf['planner.draft']> {
    const { log, ids, queue, settings } = this.ports;
    const { request, by, reason } = asked;
    if (request.intent === 'roll-back') await this.#mustHaveEnded(request.of ?? '');
    const unfinished = await this.#unfinished(digest(request));
    if (unfinished !== undefined) {
      return { planId: unfinished, resumed: true, position: (await this.book.load(unfinished)).revision };
    }
    const planId = ids.next();
    const asOf = await log.head();
    // Written into the plan: who runs it, and with which configuration, changes nothing any more.
    const second = settings.cleanupNeedsSecond === true && deletes(request) ? { needsSecond: true } : {};
    const why = reason === undefined ? {} : { reason };
    const command = { type: 'RequestPlan', ...request, asOf, by, ...why, ...second } as const;
    const { revision } = await this.book.decide(planId, command, by);
    await queue.enqueue(plannerQueue, planId, { planId });
    return { planId, resumed: false, position: revision };
  }

  @Answers('planner.approve')
  approve(@Asked('planner.approve') { planId, ...asked }: RequestOf<'planner.approve'>): Promise<Changed> {
    return this.#decide(planId, { type: 'ApprovePlan', ...asked }, asked.by);
  }

  @Answers('planner.second')
  second(@Asked('planner.second') { planId, ...asked }: RequestOf<'planner.second'>): Promise<Changed> {
    return this.#decide(planId, { type: 'SecondPlan', ...asked }, asked.by);
  }

  @Answers('planner.start')
  async start(@Asked('planner.start') { planId, by, reason }: RequestOf<'planner.start'>): Promise<Changed> {
    await refuseWhileCollecting(this.book, this.index, planId);
    return this.#decide(planId, { type: 'StartPlan', by, reason }, by);
  }

  @Answers('planner.pause')
  pause(@Asked('planner.pause') { planId, by, reason }: RequestOf<'planner.pause'>): Promise<Changed> {
    return this.#decide(planId, { type: 'PausePlan', by, reason }, by);
  }

  @Answers('planner.resume')
  resume(@Asked('planner.resume') { planId, by, reason }: RequestOf<'planner.resume'>): Promise<Changed> {
    return this.#decide(planId, { type: 'ResumePlan', by, reason }, by);
  }

  @Answers('planner.cancel')
  async cancel(@Asked('planner.cancel') { planId, by, reason }: RequestOf<'planner.cancel'>): Promise<Changed> {
    const { state, revision } = await this.book.decide(planId, { type: 'CancelPlan', by, reason }, by);
    await abandon(this.ports, planId, state);
    return { position: revision };
  }

  @Answers('planner.retry')
  async retry(@Asked('planner.retry') { planId, by, reason }: RequestOf<'planner.retry'>): Promise<Changed> {
    await refuseWhileOthersRun(this.book, this.index, planId);
    return this.#decide(planId, { type: 'RetryFailed', by, reason }, by);
  }

  @Answers('planner.retry-step')
  async retryStep(
    @Asked('planner.retry-step') { planId, ...asked }: RequestOf<'planner.retry-step'>,
  ): Promise<Changed> {
    await refuseWhileOthersRun(this.book, this.index, planId);
    return this.#decide(planId, { type: 'RetryStep', ...asked }, asked.by);
  }

  @Answers('planner.skip-step')
  skipStep(@Asked('planner.skip-step') { planId, ...asked }: RequestOf<'planner.skip-step'>): Promise<Changed> {
    return this.#decide(planId, { type: 'SkipStep', ...asked }, asked.by);
  }

  async #decide(planId: string, command: PlanCommand, by: string): Promise<Changed> {
    return { position: (await this.book.decide(planId, command, by)).revision };
  }

  /** What is still being made cannot be rolled back. */
  async #mustHaveEnded(planId: string): Promise<void> {
    const stage = (await this.index.all()).get(planId)?.stage;
    if (stage === 'ended') return;
    const why = stage === undefined ? 'there is no such plan' : 'it has not ended';
    throw new Failure('not-ended', `cannot roll back plan ${planId}: ${why}`, {
      remedy: stage === undefined ? 'openstack-migrate plans shows all.' : 'Cancel it first, or let it end.',
    });
  }

  /** A plan of the very same request that was started and is not done: what a crash or an impatient person left. */
  async #unfinished(wanted: string): Promise<string | undefined> {
    const plans = await this.index.all();
    return [...plans].find(([, { stage, request }]) => stage === 'running' && request === wanted)?.[0];
  }
}
