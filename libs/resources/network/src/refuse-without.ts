import { Failure } from '@osm/kernel';

/**
 * Refuses what the destination's Neutron cannot have. Where no extension at all is known, as while a plan is drafted,
 * nothing is refused.
 */
export const refuseWithout = (extension: string, extensions: ReadonlySet<string>, what: string): void => {
  if (extensions.size === 0 || extensions.has(extension)) return;
  throw new Failure(
    'missing-extension',
    `cannot create a twin of ${what}: the destination has no extension ${extension}`,
    {
      remedy:
        'Have it loaded by the networking service of the destination, or write rules with the addresses themselves there ' +
        'and name them: openstack-migrate register-external --resource-type security-group-rule <id> <id at the destination>.',
    },
  );
};
