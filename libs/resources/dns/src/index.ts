import { dnsZone } from './dns-zone.ts';

export { dnsZone };

/** Every type of the DNS service. */
export const dnsResources = [dnsZone] as const;
