import type { CloudQuota, DoctorFinding, InventoryCount } from '@osm/contracts';
import type { Seen } from './compare-clouds.ts';

/** The limit that counts resources of a type: one each. */
const limitOf: { readonly [type: string]: { readonly service: string; readonly name: string } } = {
  instance: { service: 'compute', name: 'instances' },
  'server-group': { service: 'compute', name: 'server_groups' },
  volume: { service: 'block-storage', name: 'volumes' },
  network: { service: 'network', name: 'network' },
  subnet: { service: 'network', name: 'subnet' },
  port: { service: 'network', name: 'port' },
  router: { service: 'network', name: 'router' },
  'floating-ip': { service: 'network', name: 'floatingip' },
  'security-group': { service: 'network', name: 'security_group' },
};

/**
 * Whether what the newest scan saw fits into what the destination allows. For all tenants each project is held against what a
 * new project gets, since limits are not migrated; for one, everything against the limits of the credential's project.
 */
export const aboutRoom = (seen: Seen): readonly DoctorFinding[] => {
  const { source, destination, inventory, multitenant } = seen;
  if (inventory.length === 0) {
    return [
      {
        ...{ severity: 'note', code: 'not-scanned', cloud: source.cloud },
        what: 'whether everything fits into the limits was not checked',
        why: `${source.cloud} was never scanned`,
        remedy: `Run openstack-migrate scan --cloud ${source.cloud}, then doctor again.`,
      },
    ];
  }
  return inventory.flatMap((row) => {
    const which = limitOf[row.resource_type];
    const quota = destination.quotas.find(({ service, name }) => service === which?.service && name === which.name);
    const room = quota === undefined ? null : roomIn(quota, multitenant);
    return room === null || row.present <= room ? [] : [tooSmall(seen, row, quota?.name ?? '', room)];
  });
};

/** How many more there may be; null: any number. */
const roomIn = ({ limit, default_limit, in_use }: CloudQuota, multitenant: boolean): number | null => {
  if (multitenant) return default_limit;
  return limit === null ? null : Math.max(0, limit - in_use);
};

const tooSmall = (
  { destination, multitenant }: Seen,
  { project_id, project_name, resource_type, present }: InventoryCount,
  name: string,
  room: number,
): DoctorFinding => {
  const project = project_name === null ? String(project_id) : `${project_name} (${String(project_id)})`;
  return {
    severity: multitenant ? 'warning' : 'error',
    code: 'quota-too-small',
    cloud: destination.cloud,
    what: `project ${project} has ${present} of ${resource_type}, and ${destination.cloud} allows ${room}`,
    why: multitenant
      ? `a new project gets ${name} ${room}, and limits are not migrated; an existing twin may have its own`
      : `the limit ${name} leaves room for ${room}`,
    remedy: `Raise ${name} at ${destination.cloud} (openstack quota set <project>) before the plan runs.`,
  };
};
