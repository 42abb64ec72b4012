import type { Answers, RequestName, RequestOf } from '@osm/contracts';

/** Asks a service and waits for its answer; a refusal is raised as the `Failure` that it is. */
export abstract class Asker {
  abstract ask<Name extends RequestName>(name: Name, payload: RequestOf<Name>): Promise<Answers[Name]>;
}
