import { describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { volumeTypeFixture } from './volume-type.fixture.ts';
import { volumeType } from './volume-type.ts';
import { volumeFixture } from './volume.fixture.ts';
import { volume } from './volume.ts';

describeResource(volumeType, volumeTypeFixture);
describeResource(volume, volumeFixture);

describeEngineLaws(volumeType, volumeTypeFixture);
describeEngineLaws(volume, volumeFixture);

// One that a server writes to: its data come from a copy.
describeEngineLaws(volume, { ...volumeFixture, full: { ...volumeFixture.full, status: 'in-use' } });
