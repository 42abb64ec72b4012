import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { flavorFixture } from './fixtures/flavor.fixture.ts';
import { bootedInstanceFixture, givenForInstance } from './fixtures/booted-instance.fixture.ts';
import { instanceFixture } from './fixtures/instance.fixture.ts';
import { keypairFixture } from './fixtures/keypair.fixture.ts';
import { serverGroupFixture } from './fixtures/server-group.fixture.ts';
import { flavor } from './flavor.ts';
import { instance } from './instance.ts';
import { keypair } from './keypair.ts';
import { serverGroup } from './server-group.ts';

describeResource(flavor, flavorFixture);
describeResource(keypair, keypairFixture);
describeResource(serverGroup, serverGroupFixture);
describeResource(instance, instanceFixture);

describeEngineLaws(flavor, flavorFixture);
describeEngineLaws(keypair, keypairFixture);
describeEngineLaws(serverGroup, serverGroupFixture);
describeEngineLaws(instance, bootedInstanceFixture, givenForInstance);
