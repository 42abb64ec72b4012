import type { DomainEvent } from '@osm/contracts';
import { migration, outputsOf, type MigrationCommand, type MigrationState } from '@osm/domain';
import { appendEvents } from '@osm/event-log';
import type { JsonObject } from '@osm/kernel';
import type { Docket } from './assignment.ts';
import type { Workshop } from './workshop.ts';

/**
 * Writes one attempt's events. Its revision is the fence: once somebody else has written to the migration, every
 * further append raises `Conflict`, and a worker that lost its lease records nothing.
 */
export class Record {
  state: MigrationState;
  #revision: number;

  constructor(
    private readonly workshop: Workshop,
    private readonly docket: Docket,
  ) {
    this.state = docket.state;
    this.#revision = docket.revision;
  }

  /** What the resource's earlier steps of this plan have put out, by step. */
  outputs(): { readonly [step: string]: JsonObject } {
    return outputsOf(this.state, this.docket.attempt.planId);
  }

  /** Decides and appends, in order. */
  async write(...commands: readonly MigrationCommand[]): Promise<void> {
    const events: DomainEvent[] = [];
    let { state } = this;
    for (const command of commands) {
      for (const event of migration.decide(command, state)) {
        events.push(event);
        state = migration.evolve(state, event);
      }
    }
    const { log, clock, ids, producer } = this.workshop;
    const provenance = { producer, correlation: this.docket.attempt.planId };
    const recorder = { log, clock, ids, provenance };
    this.#revision = await appendEvents(recorder, this.docket.subject, this.#revision, events);
    this.state = state;
  }
}
