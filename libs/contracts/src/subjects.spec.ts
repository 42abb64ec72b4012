import { describe, expect, it } from 'vitest';
import { inventorySubject, migrationSubject, parseSubject, planSubject, scanSubject } from './subjects.ts';

describe('subjects', () => {
  const odd = ['default', 'a.b', 'ssh key*', 'https://barbican/v1/secrets/1', '', '☃'];

  it.each(odd)('of %j name one aggregate and can be read back', (id) => {
    const ref = { type: 'keypair', id };
    const route = { source: 'old cloud', destination: 'new.cloud' };
    expect(parseSubject(inventorySubject('old cloud', ref))).toEqual({
      aggregate: 'inventory',
      cloud: 'old cloud',
      ref,
    });
    expect(parseSubject(migrationSubject(route, ref))).toEqual({ aggregate: 'migration', route, ref });
    expect(parseSubject(planSubject(id))).toEqual({ aggregate: 'plan', planId: id });
    expect(parseSubject(scanSubject(id))).toEqual({ aggregate: 'scan', scanId: id });
  });

  it('keep clouds apart whose names contain the separator of routes', () => {
    const ref = { type: 'network', id: '1' };
    const one = migrationSubject({ source: 'a--b', destination: 'c' }, ref);
    const other = migrationSubject({ source: 'a', destination: 'b--c' }, ref);
    expect(one).not.toBe(other);
    expect(parseSubject(one)).toMatchObject({ route: { source: 'a--b', destination: 'c' } });
  });
});
