import { resourceTypes } from '@osm/resources/all';
import { describe, expect, it } from 'vitest';
import { membersOf, scanTypes } from './scan-types.ts';

const handlers = new Map(resourceTypes.map((handler) => [handler.type, handler]));
const alone = { needs: false, members: false, removes: false, owners: true };

describe('the types that a scan must list', () => {
  it('are the root type and what it needs directly: a plan names what is missing', () => {
    expect(scanTypes(handlers, 'subnet', alone)).toEqual(['project', 'network', 'subnet']);
  });

  it('are the needs of needs where these are part of the plan', () => {
    expect(scanTypes(handlers, 'subnet', { ...alone, needs: true })).toEqual([
      'domain',
      'project',
      'network',
      'subnet',
    ]);
  });

  it('are members and theirs, and what those need', () => {
    const types = scanTypes(handlers, 'project', { ...alone, members: true });
    expect(types).toEqual(expect.arrayContaining(['project', 'network', 'subnet', 'security-group-rule', 'keypair']));
    expect(types).toContain('volume-type');
  });

  it('are never the members of a need', () => {
    expect(scanTypes(handlers, 'subnet', { ...alone, needs: true, members: true })).not.toContain('router');
  });

  it('are the parts that a router is tied to', () => {
    expect(membersOf(handlers, 'router')).toEqual(['subnet']);
    expect(scanTypes(handlers, 'router', { ...alone, members: true })).toContain('subnet');
  });

  it('are no owners where a single tenant migrates itself', () => {
    expect(scanTypes(handlers, 'subnet', { ...alone, needs: true, owners: false })).toEqual(['network', 'subnet']);
    expect(scanTypes(handlers, 'user', { ...alone, owners: false })).toContain('user');
  });

  it('are all that may use what is removed', () => {
    expect(scanTypes(handlers, 'network', { ...alone, removes: true })).toEqual(
      expect.arrayContaining(['network', 'subnet', 'router']),
    );
  });

  it('come in the order of the handlers, needs first', () => {
    const types = scanTypes(handlers, 'volume', { ...alone, needs: true });
    expect(types).toEqual([...handlers.keys()].filter((type) => types.includes(type)));
  });
});
