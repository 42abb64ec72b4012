import type { Query, ServiceName } from '@osm/resource';

/** A kind of thing that clouds have and that this build does not migrate: where to count it. */
export interface UncoveredPlace {
  /** In words, in the plural. */
  readonly kind: string;
  readonly service: ServiceName;
  readonly path: string;
  readonly key: string;
  /** Asked beside, where it is the administrator's to see all projects'. */
  readonly everything?: Query;
  readonly microversion?: string;
  /** The networking extension without which the cloud has none. */
  readonly extension?: string;
}

const allTenants = { all_tenants: '1' };

/** Each path was answered by a cloud of the oldest and one of the newest release, or it needs the extension named. */
export const uncoveredPlaces: readonly UncoveredPlace[] = [
  {
    kind: 'volume snapshots',
    service: 'block-storage',
    path: '/snapshots',
    key: 'snapshots',
    everything: allTenants,
  },
  { kind: 'volume backups', service: 'block-storage', path: '/backups', key: 'backups', everything: allTenants },
  {
    kind: 'volume groups',
    service: 'block-storage',
    path: '/groups',
    key: 'groups',
    everything: allTenants,
    microversion: '3.13',
  },
  {
    kind: 'volume group snapshots',
    service: 'block-storage',
    path: '/group_snapshots',
    key: 'group_snapshots',
    everything: allTenants,
    microversion: '3.14',
  },
  {
    kind: 'volume transfers',
    service: 'block-storage',
    path: '/os-volume-transfer',
    key: 'transfers',
    everything: allTenants,
  },
  { kind: 'trunks', service: 'network', path: '/trunks', key: 'trunks', extension: 'trunk' },
  {
    kind: 'subnet pools',
    service: 'network',
    path: '/subnetpools',
    key: 'subnetpools',
    extension: 'subnet_allocation',
  },
  {
    kind: 'address scopes',
    service: 'network',
    path: '/address-scopes',
    key: 'address_scopes',
    extension: 'address-scope',
  },
  { kind: 'QoS policies', service: 'network', path: '/qos/policies', key: 'policies', extension: 'qos' },
  {
    kind: 'metering labels',
    service: 'network',
    path: '/metering/metering-labels',
    key: 'metering_labels',
    extension: 'metering',
  },
  { kind: 'packet logs', service: 'network', path: '/log/logs', key: 'logs', extension: 'logging' },
  { kind: 'host aggregates', service: 'compute', path: '/os-aggregates', key: 'aggregates' },
  { kind: 'trusts', service: 'identity', path: '/OS-TRUST/trusts', key: 'trusts' },
  { kind: 'registered limits', service: 'identity', path: '/registered_limits', key: 'registered_limits' },
  { kind: 'limits', service: 'identity', path: '/limits', key: 'limits' },
  {
    kind: 'endpoint groups',
    service: 'identity',
    path: '/OS-EP-FILTER/endpoint_groups',
    key: 'endpoint_groups',
  },
  {
    kind: 'identity providers',
    service: 'identity',
    path: '/OS-FEDERATION/identity_providers',
    key: 'identity_providers',
  },
  { kind: 'metadata definitions', service: 'image', path: '/metadefs/namespaces', key: 'namespaces' },
  { kind: 'load balancer flavors', service: 'load-balancer', path: '/lbaas/flavors', key: 'flavors' },
  {
    kind: 'load balancer availability zones',
    service: 'load-balancer',
    path: '/lbaas/availabilityzones',
    key: 'availability_zones',
  },
  {
    kind: 'share snapshots',
    service: 'shared-file-system',
    path: '/snapshots',
    key: 'snapshots',
    everything: allTenants,
  },
  {
    kind: 'share networks',
    service: 'shared-file-system',
    path: '/share-networks',
    key: 'share_networks',
    everything: allTenants,
  },
  { kind: 'TSIG keys', service: 'dns', path: '/tsigkeys', key: 'tsigkeys' },
];
