import type { ServiceName } from '@osm/resource';
import { serviceApis } from './endpoint.ts';

/** The headers that ask for a microversion; none for services without microversions. */
export const microversionHeaders = (service: ServiceName, version: string): { readonly [name: string]: string } => {
  // Manila never took up the common header.
  if (service === 'shared-file-system') return { 'X-OpenStack-Manila-API-Version': version };
  const word = serviceApis[service].microversionWord;
  if (word === undefined) return {};
  const common = { 'OpenStack-API-Version': `${word} ${version}` };
  return service === 'compute' ? { ...common, 'X-OpenStack-Nova-API-Version': version } : common;
};

/** Below zero where `a` is older than `b`: 2.9 is older than 2.10. */
export const compareMicroversions = (a: string, b: string): number => {
  const [majorA = 0, minorA = 0] = a.split('.').map(Number);
  const [majorB = 0, minorB = 0] = b.split('.').map(Number);
  return majorA - majorB || minorA - minorB;
};
