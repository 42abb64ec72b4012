import { impossible, madeByTheCloud, mapped } from '@osm/resource';

/** What Neutron shows of its own making on whatever it holds. */
export const madeByNeutron = {
  ...madeByTheCloud,
  revision_number: impossible('Neutron counts the changes at the destination anew'),
  tenant_id: mapped('the older name of project_id, which is carried'),
} as const;
