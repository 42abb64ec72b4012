import type { Answers } from '@osm/contracts';
import { givenUpCode } from '@osm/domain';
import { marker, type Route } from '@osm/kernel';
import type { Cloud } from '@osm/resource';
import { findLeftovers } from '@osm/testing/tenant';

/**
 * What of ours is left on a cloud that a cancelled plan should not have left: all but twins of which the create request was
 * under way. Those keep their marker, by which the next plan adopts them.
 */
export const leftByCancelled = async (
  cloud: Cloud,
  route: Route,
  { steps }: Pick<Answers['registry.plan'], 'steps'>,
): Promise<readonly string[]> => {
  const mayBeThere = steps
    .filter(({ step, failure }) => step === 'create' && failure?.code === givenUpCode)
    .map(({ resource_type, source_id }) => marker(route, resource_type, source_id, 'create'));
  return (await findLeftovers(cloud)).filter((line) => !mayBeThere.some((mark) => line.includes(mark)));
};
