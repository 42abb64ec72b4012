import type { Answers, OrphanRow, PlanRequest } from '@osm/contracts';
import { Failure, failureRecord, isFailure, type Ref } from '@osm/kernel';
import { isRemovable } from '@osm/planning';
import { Asker, Ports } from '@osm/platform';
import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { ByActor, type Actor } from '../actor.ts';
import { CleanupBody, OrphansBody, OrphansQuery } from './asked.ts';
import { Configured } from './configured.ts';
import { given } from './given.ts';
import { Operation } from './operation.ts';
import { listOf, ref, rowOf, text, truth } from './schema-of.ts';

const tag = 'clean-up';

/** What carries our marks, and the types of which a cloud would not tell. */
interface Orphans {
  readonly orphans: readonly OrphanRow[];
  readonly unlisted: readonly { readonly type: string; readonly failure: ReturnType<typeof failureRecord> }[];
}

const orphansAnswer = rowOf<Orphans>('What carries our marks.', {
  orphans: listOf(ref('Orphan')),
  unlisted: listOf(
    rowOf<Orphans['unlisted'][number]>('A type that could not be looked at.', {
      type: text('The type.'),
      failure: ref('Failure'),
    }),
  ),
});

/** Removing originals, and what was left over. */
@Controller('v1')
export class CleanupController {
  constructor(
    private readonly asker: Asker,
    private readonly ports: Ports,
    private readonly configured: Configured,
  ) {}

  @Post('cleanups')
  @Operation({
    id: 'planner.draft-cleanup',
    scope: 'plan',
    tag,
    summary: 'Drafts a plan that removes originals whose twins are whole and ours.',
    description: 'Running it wants a token with the scopes `execute` and `cleanup`.',
    answer: rowOf<Answers['planner.draft']>('A plan that was asked for.', {
      planId: text('The plan.'),
      position: { type: 'integer', description: 'The log position that the change produced.' },
      resumed: truth('An unfinished plan of the very same request goes on instead of a new one.'),
    }),
  })
  async draft(@Body() body: CleanupBody, @ByActor() { name: by }: Actor): Promise<Answers['planner.draft']> {
    const { type, service, sourceId, all, reason } = body;
    if (type === undefined && service === undefined && sourceId === undefined && all !== true) throw nothingNamed();
    const route = this.configured.routeOr(body.route);
    const asked = { route, sourceRemoved: false, atLeast: await this.ports.log.head() };
    const rows = await this.asker.ask('registry.mappings', { ...asked, ...given({ type, service, sourceId }) });
    const roots = rows
      .filter((row) => isRemovable(row, this.ports.handlers.get(row.resource_type)))
      .map((row): Ref => ({ type: row.resource_type, id: row.source_id }))
      .sort((a, b) => (`${a.type}/${a.id}` < `${b.type}/${b.id}` ? -1 : 1));
    if (roots.length === 0) throw nothingToRemove(route.source);
    const request: PlanRequest = {
      ...{ route, roots },
      include: { needs: false, members: false },
      intent: 'remove',
      cleanUp: 'never',
      policy: this.configured.policyWith(),
    };
    return this.asker.ask('planner.draft', { request, by, ...given({ reason }) });
  }

  @Get('orphans')
  @Operation({
    id: 'migration.orphans',
    scope: 'view',
    tag,
    summary: 'What carries our marks in both clouds, and what the log makes of it.',
    description: 'It looks at the clouds while the request waits: a large cloud takes its time.',
    answer: orphansAnswer,
  })
  orphans(@Query() { type, cloud }: OrphansQuery, @ByActor() { name: by }: Actor): Promise<Orphans> {
    return this.#look({ types: type === undefined ? undefined : [type], cloud, remove: false, by });
  }

  @Post('orphans/remove')
  @Operation({
    id: 'migration.remove-orphans',
    scope: 'cleanup',
    tag,
    summary: 'Removes what the log agrees that it may go.',
    answer: orphansAnswer,
  })
  remove(@Body() { types, cloud }: OrphansBody, @ByActor() { name: by }: Actor): Promise<Orphans> {
    return this.#look({ types, cloud, remove: true, by });
  }

  /** A type that a cloud does not list is told; the others are looked at nevertheless. */
  async #look(asked: {
    readonly types: readonly string[] | undefined;
    readonly cloud: string | undefined;
    readonly remove: boolean;
    readonly by: string;
  }): Promise<Orphans> {
    const { cloud, remove, by } = asked;
    const types = inOrder(asked.types ?? [...this.ports.handlers.keys()]);
    const { multitenant_mode: multitenant } = this.ports.settings.policy;
    const common = { route: this.configured.routeOr(undefined), multitenant, remove, by, ...given({ cloud }) };
    const orphans: OrphanRow[] = [];
    const unlisted: Orphans['unlisted'][number][] = [];
    for (const type of types) {
      try {
        orphans.push(...(await this.asker.ask('migration.orphans', { ...common, type })).orphans);
      } catch (error) {
        if (!isFailure(error)) throw error;
        unlisted.push({ type, failure: failureRecord(error) });
      }
    }
    return { orphans, unlisted };
  }
}

/** Nothing goes before what was made of it: images before the volumes and snapshots that they were made of. */
const inOrder = (types: readonly string[]): readonly string[] =>
  types.toSorted((a, b) => Number(a === 'volume') - Number(b === 'volume'));

const nothingNamed = (): Failure =>
  new Failure('bad-request', 'cannot draft a clean-up: nothing says which originals are to be removed', {
    remedy: 'Name a type, a service or an original, or say `all`.',
  });

const nothingToRemove = (cloud: string): Failure =>
  new Failure('nothing-to-remove', `cannot draft a clean-up: no original in ${cloud} that this names may go`, {
    remedy: 'Only originals go whose twins were made by openstack-migrate and are whole: look at the mappings.',
  });
