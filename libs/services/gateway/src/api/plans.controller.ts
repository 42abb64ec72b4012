import { decodeEvent, planSubject, type Answers, type Changed, type PlanRequest } from '@osm/contracts';
import { deletes } from '@osm/domain';
import { Failure } from '@osm/kernel';
import { Asker, Ports } from '@osm/platform';
import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ByActor, type Actor } from '../actor.ts';
import { AtLeastQuery, DigestBody, DraftBody, PlansQuery, ReasonBody, StepsQuery, WhyBody } from './asked.ts';
import { Configured } from './configured.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { pageOf, text, truth } from './schema-of.ts';

const tag = 'plans';

/** What is said of every operation that lets a plan go on. */
const deletingToo =
  'A plan that deletes wants a token with the scope `cleanup` as well: one whose intent is not `migrate`, or that cleans up ' +
  'after the migration.';

const drafted = {
  type: 'object',
  properties: {
    planId: text('The plan.'),
    position: { type: 'integer', description: 'The log position that the change produced.' },
    resumed: truth('An unfinished plan of the very same request goes on instead of a new one.'),
  },
  required: ['planId', 'position', 'resumed'],
} as const;

/** Plans: drafted, looked at, approved, run. */
@Controller('v1/plans')
export class PlansController {
  constructor(
    private readonly asker: Asker,
    private readonly ports: Ports,
    private readonly configured: Configured,
  ) {}

  @Get()
  @Operation({
    id: 'registry.plan-page',
    scope: 'view',
    tag,
    summary: 'All plans, newest first.',
    answer: pageOf('Plan'),
  })
  plans(@Query() query: PlansQuery): Promise<Answers['registry.plan-page']> {
    return this.asker.ask('registry.plan-page', given(query));
  }

  @Post()
  @Operation({
    id: 'planner.draft',
    scope: 'plan',
    tag,
    summary: 'Has a plan drafted.',
    description:
      'It stands on what the newest scans saw. The draft is there when the status of the plan is `drafted`; `rejected` ' +
      'plans tell why in their findings.',
    answer: drafted,
  })
  draft(@Body() { request, reason }: DraftBody, @ByActor() { name: by }: Actor): Promise<Answers['planner.draft']> {
    const asked: PlanRequest = {
      route: this.configured.routeOr(request.route),
      roots: request.roots.map(({ type, id }) => ({ type, id })),
      include: { needs: request.include?.needs ?? true, members: request.include?.members ?? true },
      intent: request.intent ?? 'migrate',
      cleanUp: request.cleanUp ?? 'never',
      policy: this.configured.policyWith(request.policy),
    };
    return this.asker.ask('planner.draft', { request: asked, by, ...given({ reason }) });
  }

  @Get(':planId')
  @Operation({
    id: 'registry.plan-summary',
    scope: 'view',
    tag,
    summary: 'One plan, without its steps.',
    answer: 'Plan',
  })
  plan(@Param('planId') planId: string, @Query() query: AtLeastQuery): Promise<Answers['registry.plan-summary']> {
    return this.asker.ask('registry.plan-summary', { planId, ...given(query) });
  }

  @Get(':planId/steps')
  @Operation({
    id: 'registry.step-page',
    scope: 'view',
    tag,
    summary: 'The steps of a plan, in the order of the draft.',
    answer: pageOf('PlanStep'),
  })
  steps(@Param('planId') planId: string, @Query() query: StepsQuery): Promise<Answers['registry.step-page']> {
    return this.asker.ask('registry.step-page', { planId, ...given(query) });
  }

  @Post(':planId/approve')
  @Operation({
    id: 'planner.approve',
    scope: 'execute',
    tag,
    summary: 'Approves exactly the draft that was looked at.',
    description: deletingToo,
    answer: 'Changed',
  })
  async approve(
    @Param('planId') planId: string,
    @Body() { digest, reason }: DigestBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.approve', { planId, digest, by: actor.name, ...given({ reason }) });
  }

  @Post(':planId/second')
  @Operation({
    id: 'planner.second',
    scope: 'execute',
    tag,
    summary: 'Agrees to a plan that deletes, as another person than the one who has approved it.',
    description: deletingToo,
    answer: 'Changed',
  })
  async second(
    @Param('planId') planId: string,
    @Body() { digest, reason }: DigestBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.second', { planId, digest, by: actor.name, ...given({ reason }) });
  }

  @Post(':planId/start')
  @Operation({
    id: 'planner.start',
    scope: 'execute',
    tag,
    summary: 'Runs an approved plan.',
    description: deletingToo,
    answer: 'Changed',
  })
  async start(@Param('planId') planId: string, @Body() { reason }: WhyBody, @ByActor() actor: Actor): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.start', { planId, by: actor.name, ...given({ reason }) });
  }

  @Post(':planId/pause')
  @Operation({
    id: 'planner.pause',
    scope: 'execute',
    tag,
    summary: 'Begins no further step.',
    answer: 'Changed',
  })
  pause(
    @Param('planId') planId: string,
    @Body() { reason }: WhyBody,
    @ByActor() { name: by }: Actor,
  ): Promise<Changed> {
    return this.asker.ask('planner.pause', { planId, by, ...given({ reason }) });
  }

  @Post(':planId/resume')
  @Operation({
    id: 'planner.resume',
    scope: 'execute',
    tag,
    summary: 'Goes on after a pause.',
    description: deletingToo,
    answer: 'Changed',
  })
  async resume(
    @Param('planId') planId: string,
    @Body() { reason }: WhyBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.resume', { planId, by: actor.name, ...given({ reason }) });
  }

  @Post(':planId/cancel')
  @Operation({
    id: 'planner.cancel',
    scope: 'execute',
    tag,
    summary: 'Gives up what is not done, and collects what was begun.',
    answer: 'Changed',
  })
  cancel(
    @Param('planId') planId: string,
    @Body() { reason }: WhyBody,
    @ByActor() { name: by }: Actor,
  ): Promise<Changed> {
    return this.asker.ask('planner.cancel', { planId, by, ...given({ reason }) });
  }

  @Post(':planId/retry')
  @Operation({
    id: 'planner.retry',
    scope: 'execute',
    tag,
    summary: 'Tries all failed steps again, with what was skipped because of them.',
    description: deletingToo,
    answer: 'Changed',
  })
  async retry(
    @Param('planId') planId: string,
    @Body() { reason }: ReasonBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.retry', { planId, by: actor.name, reason });
  }

  @Post(':planId/steps/:stepId/retry')
  @Operation({
    id: 'planner.retry-step',
    scope: 'execute',
    tag,
    summary: 'Tries one step again that failed or was skipped by a person, with what was skipped because of it.',
    description: deletingToo,
    answer: 'Changed',
  })
  async retryStep(
    @Param('planId') planId: string,
    @Param('stepId') stepId: string,
    @Body() { reason }: ReasonBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.retry-step', { planId, stepId, by: actor.name, reason });
  }

  @Post(':planId/steps/:stepId/skip')
  @Operation({
    id: 'planner.skip-step',
    scope: 'execute',
    tag,
    summary: 'Does without a step that failed or waits; what stands on it is skipped.',
    description: deletingToo,
    answer: 'Changed',
  })
  async skipStep(
    @Param('planId') planId: string,
    @Param('stepId') stepId: string,
    @Body() { reason }: ReasonBody,
    @ByActor() actor: Actor,
  ): Promise<Changed> {
    await this.#mayRun(planId, actor);
    return this.asker.ask('planner.skip-step', { planId, stepId, by: actor.name, reason });
  }

  @Post(':planId/rollback')
  @Operation({
    id: 'planner.draft-rollback',
    scope: 'plan',
    tag,
    summary: 'Drafts a plan that deletes the twins of this one again.',
    description: 'Running it wants a token with the scopes `execute` and `cleanup`.',
    answer: drafted,
  })
  async rollBack(
    @Param('planId') of: string,
    @Body() { reason }: WhyBody,
    @ByActor() { name: by }: Actor,
  ): Promise<Answers['planner.draft']> {
    const { route, policy, intent } = await this.#request(of);
    if (intent !== 'migrate') throw nothingMade(of, intent);
    // By the policy of the plan itself: its twins are what that has made of their originals.
    const request: PlanRequest = {
      ...{ route, policy, of, roots: [] },
      include: { needs: false, members: false },
      intent: 'roll-back',
      cleanUp: 'never',
    };
    return this.asker.ask('planner.draft', { request, by, ...given({ reason }) });
  }

  /** A plan that deletes goes on only for who may clean up, whatever the step in hand does. */
  async #mayRun(planId: string, { name, scopes }: Actor): Promise<void> {
    const request = await this.#request(planId);
    if (!deletes(request) || scopes.includes('cleanup')) return;
    const what = request.intent === 'roll-back' ? 'deletes twins' : 'removes originals';
    throw new Failure('forbidden', `cannot run plan ${planId} for ${name}: it ${what}`, {
      remedy: 'Use a token that has the scopes execute and cleanup.',
    });
  }

  /** What was asked for, from the log itself: a plan may be a moment old. */
  async #request(planId: string): Promise<PlanRequest> {
    const [first] = await this.ports.log.load(planSubject(planId));
    const event = first === undefined ? undefined : decodeEvent(first);
    if (event?.type === 'PlanRequested') return event.data;
    throw new Failure('no-such-plan', `cannot find plan ${planId}: there is no plan of this id`, {
      remedy: 'Look at the list of plans for their ids.',
    });
  }
}

const nothingMade = (planId: string, intent: string): Failure =>
  new Failure('nothing-made', `cannot roll back plan ${planId}: its intent is ${intent}, it has made nothing`, {
    remedy: 'Name a plan that has migrated something.',
  });
