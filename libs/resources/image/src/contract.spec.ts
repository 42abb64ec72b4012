import { describeCopyLaws, describeEngineLaws } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { imageFixture } from './image.fixture.ts';
import { image } from './image.ts';

describeResource(image, imageFixture);
describeEngineLaws(image, imageFixture);
describeCopyLaws(image, imageFixture);
