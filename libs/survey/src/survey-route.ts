import type { Answers, DoctorFinding, RequestOf } from '@osm/contracts';
import type { Route } from '@osm/kernel';
import type { Resource } from '@osm/resource';
import { compareClouds } from './compare-clouds.ts';

/** What is asked of the services to survey a route. */
type Question = 'discovery.look' | 'discovery.uncovered' | 'registry.inventory-summary';

/** Whoever puts questions to the services. */
export interface Surveyor {
  ask<Name extends Question>(name: Name, request: RequestOf<Name>): Promise<Answers[Name]>;
}

export interface SurveyedRoute {
  readonly route: Route;
  readonly multitenant: boolean;
  /** The types of this build. */
  readonly handlers: ReadonlyMap<string, Pick<Resource, 'type' | 'api'>>;
}

/** Looks at both clouds as they are now, and tells what a migration would hit. It writes nothing. */
export const surveyRoute = async (
  { ask }: Surveyor,
  { route, multitenant, handlers }: SurveyedRoute,
): Promise<readonly DoctorFinding[]> => {
  const source = await ask('discovery.look', { cloud: route.source });
  const destination = await ask('discovery.look', { cloud: route.destination });
  return compareClouds({
    ...{ source, destination, multitenant },
    uncovered: source.reachable ? await ask('discovery.uncovered', { cloud: route.source, multitenant }) : undefined,
    inventory: await ask('registry.inventory-summary', { cloud: route.source }),
    types: [...handlers.values()].map(({ type, api }) => ({
      ...{ type, service: api.service, write: api.microversion?.write },
    })),
  });
};
