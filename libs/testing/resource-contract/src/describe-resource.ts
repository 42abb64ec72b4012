import type { Resource } from '@osm/resource';
import { describe } from 'vitest';
import type { Fixture } from './fixture.ts';
import { falsyValuesSurvive } from './laws/falsy-values-survive.ts';
import type { Law } from './laws/law.ts';
import { laterWritesMayBeRepeated } from './laws/later-writes-may-be-repeated.ts';
import { lookAlikesStayUntouched } from './laws/look-alikes-stay-untouched.ts';
import { noSourceIdLeaks } from './laws/no-source-id-leaks.ts';
import { nothingIsLostSilently } from './laws/nothing-is-lost-silently.ts';
import { oddValuesAreFound } from './laws/odd-values-are-found.ts';
import { ownersStayOut } from './laws/owners-stay-out.ts';
import { readinessIsTold } from './laws/readiness-is-told.ts';
import { relationsAndBodies } from './laws/relations-and-bodies.ts';
import { samplesAreReadable } from './laws/samples-are-readable.ts';
import { secretsStaySecret } from './laws/secrets-stay-secret.ts';

const laws: readonly Law[] = [
  samplesAreReadable,
  nothingIsLostSilently,
  oddValuesAreFound,
  falsyValuesSurvive,
  relationsAndBodies,
  ownersStayOut,
  noSourceIdLeaks,
  laterWritesMayBeRepeated,
  lookAlikesStayUntouched,
  readinessIsTold,
  secretsStaySecret,
];

/** Holds a resource type against every law that can be tried without a cloud. */
export const describeResource = (handler: Resource, fixture: Fixture): void => {
  describe(handler.type, () => {
    for (const law of laws) law(handler, fixture);
  });
};
