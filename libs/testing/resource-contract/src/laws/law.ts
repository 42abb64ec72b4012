import type { Resource } from '@osm/resource';
import type { Fixture } from '../fixture.ts';

/** One promise that every resource type keeps: registers its tests. */
export type Law = (handler: Resource, fixture: Fixture) => void;
