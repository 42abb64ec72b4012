import type { Resource } from '@osm/resource';
import type { Fixture } from '@osm/testing/resource-contract';
import type { GivenRow } from '../scene.ts';

/** One promise that the engine and a resource type keep together: registers its tests. */
export type Law = (handler: Resource, fixture: Fixture, given: readonly GivenRow[]) => void;

/** A law that tries a thing at hundreds of places, on a machine that may have other things to do. */
export const sweep = { timeout: 120_000 } as const;
