import { describeEngineLaws, type GivenRow } from '@osm/testing/engine-laws';
import { describeResource } from '@osm/testing/resource-contract';
import { objectContainerFixture } from './object-container.fixture.ts';
import { objectContainer } from './object-container.ts';

const container = String(objectContainerFixture.full['name']);
const given: readonly GivenRow[] = [
  ['a.txt', 'one'],
  ['b/c.txt', 'two!'],
].map(([name, content]) => ({
  cloud: 'source',
  path: '/objects',
  row: { id: `${container}/${name}`, content: String(content), headers: { 'x-object-meta-kind': 'text' } },
}));

describeResource(objectContainer, objectContainerFixture);
describeEngineLaws(objectContainer, objectContainerFixture, given);
