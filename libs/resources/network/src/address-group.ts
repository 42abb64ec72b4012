import { defineResource, impossible, network as api, pick } from '@osm/resource';
import { project } from '@osm/resources/identity';
import { z } from 'zod';
import { given } from './given.ts';
import { listOwn } from './list-own.ts';
import { madeByNeutron } from './made-by-neutron.ts';
import { refuseWithout } from './refuse-without.ts';

const addressGroups = api('/address-groups', 'address_group');

/** A Neutron address group: ranges of addresses that rules of security groups may name. */
export const addressGroup = defineResource({
  type: 'address-group',
  summary: 'A set of ranges of addresses that security group rules name.',
  api: addressGroups,
  listAll: listOwn(addressGroups, 'address-group'),

  source: z.object({
    id: z.string(),
    project_id: z.string(),
    name: z.string(),
    description: z.string().nullish(),
    addresses: z.array(z.string()),
  }),

  needs: { project: { of: project, id: (s) => s.project_id, owner: true } },
  filters: ['project_id'],

  create: (s, to, { extensions }) => {
    refuseWithout('address-group', extensions, `address-group ${s.id} (${s.name})`);
    return { project_id: to.project, ...pick(s, 'name', 'addresses'), ...given(s, 'description') };
  },

  adopt: { marker: 'description' },

  drop: {
    ...madeByNeutron,
    shared: impossible('it follows from access policies, which other projects may have made'),
  },
});
