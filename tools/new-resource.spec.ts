import { describe, expect, it } from 'vitest';
import { emptyIndexText, fixtureText, handlerText, withType } from './new-resource.mjs';

describe('a new resource type', () => {
  it('is imported, exported and last in the list of its service', () => {
    expect(withType(withType(emptyIndexText('dns'), 'zone'), 'record-set')).toBe(`\
import type { Resource } from '@osm/resource';
import { zone } from './zone.ts';
import { recordSet } from './record-set.ts';

export { zone, recordSet };

/** The resource types of dns, in an order in which they can be made. */
export const dnsResources: readonly Resource[] = [zone, recordSet];
`);
  });

  it('keeps what else the list of the service exports', () => {
    const index = `${emptyIndexText('dns')}export { given } from './given.ts';\n`;
    expect(withType(index, 'zone')).toContain("export { given } from './given.ts';");
  });

  it('is refused when it is there already, or when the list has a form of its own', () => {
    const index = withType(emptyIndexText('dns'), 'zone');
    expect(() => withType(index, 'zone')).toThrow('zone is in the list already');
    expect(() => withType("export * from './zone.ts';", 'record-set')).toThrow('by hand');
  });

  it('has the names of OpenStack: words joined by "-" for people, by "_" in bodies, a plural of its own', () => {
    expect(handlerText('network', 'security-policy')).toMatch(
      /export const securityPolicy[^]*path: '\/security-policies'[^]*one: 'security_policy'[^]*many: 'security_policies'/,
    );
    expect(fixtureText('security-policy')).toContain('export const securityPolicyFixture: Fixture');
  });
});
