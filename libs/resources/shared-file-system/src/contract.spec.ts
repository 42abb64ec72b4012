import type { Resource } from '@osm/resource';
import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { expect, it } from 'vitest';
import { shareTypeFixture } from './share-type.fixture.ts';
import { shareType } from './share-type.ts';
import { shareFixture } from './share.fixture.ts';
import { share } from './share.ts';

describeResource(shareType, shareTypeFixture);
describeResource(share, shareFixture);

describeEngineLaws(shareType, shareTypeFixture);

// The contents need a machine that mounts: e2e/journeys/shared-file-system.spec.ts. Everything around them is law here.
const { empty: looksInside, ...outside } = share;
const withoutContents: Resource = {
  ...outside,
  steps: (attributes, policy) =>
    share.steps(attributes, policy).filter(({ name }) => ['create', 'access'].includes(name)),
};
describeEngineLaws(withoutContents, shareFixture);

it('a share is looked into before it goes', () => {
  expect(looksInside).toBeTypeOf('function');
});
