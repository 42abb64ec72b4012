import type { Resource } from '@osm/resource';
import type { Fixture } from '@osm/testing/resource-contract';
import { describe } from 'vitest';
import { copiesAgain } from './laws/copies-again.ts';
import { fencesZombies } from './laws/fences-zombies.ts';
import { heedsItsOriginal } from './laws/heeds-its-original.ts';
import type { Law } from './laws/law.ts';
import { makesOneTwin } from './laws/makes-one-twin.ts';
import { neverCreatesBlind } from './laws/never-creates-blind.ts';
import { removesOnlyItsOwn } from './laws/removes-only-its-own.ts';
import { rollsBackOnlyItsOwn } from './laws/rolls-back-only-its-own.ts';
import { survivesEveryCrash } from './laws/survives-every-crash.ts';
import { tellsWhatWasRefused } from './laws/tells-what-was-refused.ts';
import { waitsForLateEffects } from './laws/waits-for-late-effects.ts';
import { waitsUntilReady } from './laws/waits-until-ready.ts';
import type { GivenRow } from './scene.ts';

const laws: readonly Law[] = [
  makesOneTwin,
  survivesEveryCrash,
  fencesZombies,
  neverCreatesBlind,
  waitsForLateEffects,
  waitsUntilReady,
  tellsWhatWasRefused,
  heedsItsOriginal,
  removesOnlyItsOwn,
  rollsBackOnlyItsOwn,
];

/**
 * Holds a resource type, on the engine, against every law that wants clouds: two in memory. `given` are rows that its
 * steps read beside those of the fixture.
 */
export const describeEngineLaws = (handler: Resource, fixture: Fixture, given: readonly GivenRow[] = []): void => {
  describe(`${handler.type}, on the engine,`, () => {
    for (const law of laws) law(handler, fixture, given);
  });
};

/** Holds a type whose twins' data are uploaded against what becomes of data that arrive changed. */
export const describeCopyLaws = (handler: Resource, fixture: Fixture, given: readonly GivenRow[] = []): void => {
  describe(`the data of ${handler.type}, on the engine,`, () => copiesAgain(handler, fixture, given));
};
