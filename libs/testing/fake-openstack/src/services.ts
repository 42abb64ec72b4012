import { keyManagerService } from './barbican.ts';
import { volumeService } from './cinder.ts';
import { dnsService } from './designate.ts';
import type { FakeCloudOptions, Service } from './frame.ts';
import { imageService } from './glance.ts';
import { identityService } from './keystone.ts';
import { shareService } from './manila.ts';
import { networkService } from './neutron.ts';
import { computeService } from './nova.ts';
import { loadBalancerService } from './octavia.ts';
import { objectService } from './swift.ts';

/** The services of a fake cloud, in the order in which they are seeded and listed in the catalogue; clouds lack some. */
export function servicesOf(options: FakeCloudOptions): readonly Service[] {
  return [
    identityService(options),
    networkService(options),
    imageService(options),
    volumeService(options),
    computeService(options),
    dnsService(options),
    keyManagerService(options),
    shareService(options),
    loadBalancerService(options),
    objectService(),
  ].filter(({ prefix }) => options.without?.includes(prefix) !== true);
}
