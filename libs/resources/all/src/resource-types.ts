import type { Resource } from '@osm/resource';
import { blockStorageResources } from '@osm/resources/block-storage';
import { computeResources } from '@osm/resources/compute';
import { dnsResources } from '@osm/resources/dns';
import { identityResources } from '@osm/resources/identity';
import { imageResources } from '@osm/resources/image';
import { keyManagerResources } from '@osm/resources/key-manager';
import { loadBalancerResources } from '@osm/resources/load-balancer';
import { networkResources } from '@osm/resources/network';
import { objectStoreResources } from '@osm/resources/object-store';
import { sharedFileSystemResources } from '@osm/resources/shared-file-system';

/** Every resource type of this build, needs before what needs them. */
export const resourceTypes: readonly Resource[] = [
  ...identityResources,
  ...imageResources,
  ...networkResources,
  ...computeResources,
  ...keyManagerResources,
  ...blockStorageResources,
  ...dnsResources,
  ...sharedFileSystemResources,
  ...loadBalancerResources,
  ...objectStoreResources,
];
