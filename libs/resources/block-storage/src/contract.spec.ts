import { describeResource } from '@osm/testing/resource-contract';
import { volumeTypeFixture } from './volume-type.fixture.ts';
import { volumeType } from './volume-type.ts';
import { volumeFixture } from './volume.fixture.ts';
import { volume } from './volume.ts';

describeResource(volumeType, volumeTypeFixture);
describeResource(volume, volumeFixture);
