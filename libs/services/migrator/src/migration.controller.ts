import { migrationSubject, type Changed, type RequestOf } from '@osm/contracts';
import { migration, type MigrationCommand } from '@osm/domain';
import { handlerOf } from '@osm/engine';
import { transact } from '@osm/event-log';
import { Failure, isFailure, type Ref, type Route } from '@osm/kernel';
import { Answers, Asked, Ports } from '@osm/platform';
import { forAllTenants, readOne, type Cloud, type Resource } from '@osm/resource';
import { Controller } from '@nestjs/common';

/** What people decide about single mappings: outside work registered, records set aside and recalled. */
@Controller()
export class MigrationController {
  constructor(private readonly ports: Ports) {}

  @Answers('migration.register')
  async register(@Asked('migration.register') asked: RequestOf<'migration.register'>): Promise<Changed> {
    const { route, ref, destinationId, by, reason, check = true } = asked;
    handlerOf(this.ports.handlers, ref.type);
    if (check) {
      await this.#mustExist(route.source, ref, ref.id);
      await this.#mustExist(route.destination, ref, destinationId);
    }
    return this.#decide(route, ref, { type: 'RegisterExternal', destinationId, by, reason }, by);
  }

  @Answers('migration.import')
  async import(@Asked('migration.import') asked: RequestOf<'migration.import'>): Promise<Changed> {
    const { route, ref, ...mapping } = asked;
    return this.#decide(route, ref, { type: 'ImportMapping', ...mapping }, undefined);
  }

  @Answers('migration.forget')
  async forget(@Asked('migration.forget') asked: RequestOf<'migration.forget'>): Promise<Changed> {
    const { route, ref, by, reason, hard } = asked;
    return this.#decide(route, ref, { type: 'Forget', by, reason, hard }, by);
  }

  @Answers('migration.recall')
  async recall(@Asked('migration.recall') asked: RequestOf<'migration.recall'>): Promise<Changed> {
    const { route, ref, by, reason } = asked;
    return this.#decide(route, ref, { type: 'Recall', by, reason }, by);
  }

  async #decide(route: Route, ref: Ref, command: MigrationCommand, actor: string | undefined): Promise<Changed> {
    const { log, clock, ids, producer } = this.ports;
    const recorder = { log, clock, ids, provenance: { producer, actor } };
    const { revision } = await transact(recorder, migration, migrationSubject(route, ref), command);
    return { position: revision };
  }

  /** A mapping to something that is not there would only fail later, when nobody looks. */
  async #mustExist(cloudName: string, ref: Ref, id: string): Promise<void> {
    const handler = handlerOf(this.ports.handlers, ref.type);
    const cloud = await this.ports.openCloud(cloudName);
    const absent = await absence(cloud, handler, id);
    if (absent === undefined) return;
    const all = forAllTenants(cloud, handler);
    if (all !== cloud && (await absence(all, handler, id)) === undefined) return;
    throw new Failure('no-such-resource', `cannot register ${ref.type} ${id}: ${cloudName} has no such ${ref.type}`, {
      remedy:
        'Check the id and the type; the first id is of the source, the second of the destination. Where the credential ' +
        'cannot see it, --no-check takes your word for it.',
      http: absent.http,
    });
  }
}

/** The answer that says so, where a resource is not there. */
const absence = async (cloud: Cloud, handler: Resource, id: string): Promise<Failure | undefined> => {
  try {
    await readOne(cloud, handler, id);
    return undefined;
  } catch (error) {
    if (isFailure(error) && error.code === 'not-found') return error;
    throw error;
  }
};
