import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { flavorFixture } from './fixtures/flavor.fixture.ts';
import { keypairFixture } from './fixtures/keypair.fixture.ts';
import { flavor } from './flavor.ts';
import { keypair } from './keypair.ts';

describeResource(flavor, flavorFixture);
describeResource(keypair, keypairFixture);

describeEngineLaws(flavor, flavorFixture);
describeEngineLaws(keypair, keypairFixture);
