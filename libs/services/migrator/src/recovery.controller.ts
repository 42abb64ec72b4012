import { migrationSubject, type Answers as AnswersOf, type RequestOf } from '@osm/contracts';
import { migration } from '@osm/domain';
import { handlerOf } from '@osm/engine';
import { transact } from '@osm/event-log';
import { proveTwins, type Proofs, type ProvenTwin } from '@osm/inspection';
import { refKey, routeKey, type Route } from '@osm/kernel';
import { Answers, Asked, Ports } from '@osm/platform';
import { PolicySchema, type Policy } from '@osm/resource';
import { Controller } from '@nestjs/common';
import { foldInventory, foldMigrations } from './fold-recorded.ts';

type Request = RequestOf<'migration.recover'>;

/** Originals told at a time. */
const pageSize = 500;

/** Which twins can be proven from the clouds, where the log that knew them is lost. */
@Controller()
export class RecoveryController {
  constructor(private readonly ports: Ports) {}

  @Answers('migration.recover')
  async recover(@Asked('migration.recover') asked: Request): Promise<AnswersOf['migration.recover']> {
    const { route, type, policy, record, by, after = '', limit = pageSize } = asked;
    handlerOf(this.ports.handlers, type);
    const { proofs, known, position } = await this.#prove(route, PolicySchema.parse(policy));
    const page = pageOf(proofs, type, after, limit);
    let last = position;
    if (record) for (const twin of page.proven) last = Math.max(last, await this.#record(route, twin, by));
    return {
      position: last,
      proven: page.proven.map(({ ref, name, destinationId, proof, complete }) => ({
        ...{ source_id: ref.id, name, destination_id: destinationId, proof, complete },
      })),
      unproven: page.unproven.map(({ ref, name, candidates, because }) => ({
        ...{ source_id: ref.id, name, candidates, because },
      })),
      absent: page.absent.map(({ ref, name }) => ({ source_id: ref.id, name })),
      known: known.filter((key) => key.startsWith(`${type}/`)).length,
      next: page.next,
    };
  }

  /** All types at once: a subnet is known by its network. */
  async #prove(route: Route, policy: Policy) {
    const { log, handlers } = this.ports;
    const position = await log.head();
    const destination = await this.ports.openCloud(route.destination);
    const migrations = (await foldMigrations(log)).filter((one) => routeKey(one.route) === routeKey(route));
    const known = new Map(
      migrations.flatMap(({ ref, state: { destinationId, forgotten } }) =>
        destinationId === undefined || forgotten ? [] : [[refKey(ref), destinationId] as const],
      ),
    );
    const inHand = new Set(migrations.filter(({ state }) => state.open.length > 0).map(({ ref }) => refKey(ref)));
    const source = await foldInventory(log, route.source, 'those that are there');
    const proofs = proveTwins({
      ...{ route, handlers, policy, known },
      extensions: (await destination.has('network')) ? await destination.extensions() : new Set(),
      source: source.filter(({ ref }) => !inHand.has(refKey(ref))),
      destination: await foldInventory(log, route.destination, 'those that are there'),
    });
    return { proofs, known: [...known.keys()], position };
  }

  async #record(route: Route, { ref, ...twin }: ProvenTwin, by: string): Promise<number> {
    const { log, clock, ids, producer } = this.ports;
    const recorder = { log, clock, ids, provenance: { producer, actor: by } };
    const { destinationId, proof, complete, discarded } = twin;
    const command = { type: 'RecoverTwin', destinationId, proof, complete, discarded, by } as const;
    const { revision } = await transact(recorder, migration, migrationSubject(route, ref), command);
    return revision;
  }
}

/** Those of a type whose ids come after the last page's. */
const pageOf = (
  proofs: Proofs,
  type: string,
  after: string,
  limit: number,
): Proofs & { readonly next: string | null } => {
  const all = [...proofs.proven, ...proofs.unproven, ...proofs.absent];
  const ids = all.flatMap(({ ref }) => (ref.type === type && ref.id > after ? [ref.id] : [])).sort();
  const page = new Set(ids.slice(0, limit));
  const next = ids.length > limit ? (ids[limit - 1] ?? null) : null;
  const within = <T extends { readonly ref: { readonly type: string; readonly id: string } }>(list: readonly T[]) =>
    list.filter(({ ref }) => ref.type === type && page.has(ref.id));
  return { proven: within(proofs.proven), unproven: within(proofs.unproven), absent: within(proofs.absent), next };
};
