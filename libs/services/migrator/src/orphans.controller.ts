import { migrationSubject, type Answers as AnswersOf, type OrphanRow, type RequestOf } from '@osm/contracts';
import { migration } from '@osm/domain';
import { handlerOf } from '@osm/engine';
import { transact } from '@osm/event-log';
import {
  byOrderOfRemoval,
  classify,
  collect,
  isCollectable,
  lookForMarks,
  mayBeMarked,
  type Classified,
  type Side,
  type Sighting,
} from '@osm/inspection';
import { failureRecord, type FailureRecord, type Route } from '@osm/kernel';
import { Answers, Asked, Ports } from '@osm/platform';
import { Controller } from '@nestjs/common';
import { foldRecorded } from './fold-recorded.ts';

type Request = RequestOf<'migration.orphans'>;

/** Seconds that something temporary may take to go. */
const patience = 90;

/** What in the clouds carries our marks, and what the log makes of it. */
@Controller()
export class OrphansController {
  constructor(private readonly ports: Ports) {}

  @Answers('migration.orphans')
  async orphans(@Asked('migration.orphans') asked: Request): Promise<AnswersOf['migration.orphans']> {
    const { route, type } = asked;
    const handler = handlerOf(this.ports.handlers, type);
    if (!mayBeMarked(handler)) return { orphans: [], looked: false };
    const found = await this.#classified(asked, await this.#sightings(asked));
    const rows: OrphanRow[] = [];
    for (const one of found.toSorted(byOrderOfRemoval)) {
      const row = rowOf(one);
      rows.push(asked.remove && row.removable ? { ...row, ...(await this.#remove(asked, one)) } : row);
    }
    return { orphans: rows, looked: await this.#isThere(route, type) };
  }

  async #sightings({ route, type, multitenant, cloud: only }: Request): Promise<readonly Sighting[]> {
    const handler = handlerOf(this.ports.handlers, type);
    const scope = multitenant ? 'all-tenants' : 'own-project';
    const sides = (['source', 'destination'] as const).filter((side) => only === undefined || route[side] === only);
    const look = async (side: Side): Promise<readonly Sighting[]> =>
      Array.fromAsync(lookForMarks(await this.ports.openCloud(route[side]), side, handler, scope));
    return (await Promise.all(sides.map(look))).flat();
  }

  async #classified({ route }: Request, sightings: readonly Sighting[]): Promise<readonly Classified[]> {
    if (sightings.length === 0) return [];
    // Read after the clouds were looked at: what was made in between is explained by it.
    const recorded = await foldRecorded(this.ports.log, route);
    return classify(sightings, recorded, this.ports.handlers, this.ports.clock.now()).map((one) =>
      one.removable && !isCollectable(one) ? { ...one, removable: false } : one,
    );
  }

  /** Looks into the log once more, right before: a plan may have begun since. */
  async #remove(asked: Request, one: Classified): Promise<{ removed: boolean; failure: FailureRecord | null }> {
    const { log, clock, ids, producer } = this.ports;
    const { cloud: name, kind, id, mark, plans, ref, route = asked.route, step = '' } = one;
    try {
      const [now] = await this.#classified(asked, [one]);
      if (now?.removable !== true || ref === undefined) return { removed: false, failure: null };
      const cloud = await this.ports.openCloud(name);
      const signal = AbortSignal.timeout(patience * 1500);
      const removed = await collect(cloud, one, { clock, signal, seconds: patience });
      if (!removed) return { removed, failure: null };
      const recorder = { log, clock, ids, provenance: { producer, actor: asked.by } };
      await transact(recorder, migration, migrationSubject(route, ref), {
        type: 'NoteCollected',
        ...{ cloud: name, kind, id, marker: mark, step, plans: [...plans], by: asked.by },
      });
      return { removed, failure: null };
    } catch (error) {
      // One refusal keeps no other from being removed.
      return { removed: false, failure: failureRecord(error) };
    }
  }

  async #isThere({ source, destination }: Route, type: string): Promise<boolean> {
    const { service } = handlerOf(this.ports.handlers, type).api;
    const clouds = await Promise.all([source, destination].map((name) => this.ports.openCloud(name)));
    return (await Promise.all(clouds.map((cloud) => cloud.has(service)))).some((has) => has);
  }
}

const rowOf = (one: Classified): OrphanRow => ({
  cloud: one.cloud,
  kind: one.kind,
  id: one.id,
  name: one.name,
  project_id: one.projectId,
  marker: one.mark,
  class: one.class,
  because: one.because,
  resource_type: one.ref?.type ?? null,
  source_id: one.ref?.id ?? null,
  step: one.step ?? null,
  plans: one.plans,
  removable: one.removable,
  in_hand: one.inHand,
  removed: false,
  failure: null,
});
