import { describe, expect, it } from 'vitest';
import { smallWorld } from './testing/small-world.ts';

const router = { type: 'router', id: 'r' };
const inventory = {
  'router/r': { interfaces: ['s'] },
  'network/n': {},
  'subnet/s': { network_id: 'n' },
  'subnet/a': { network_id: 'n' },
};

describe('the world', () => {
  it('knows members by what they say of themselves', () => {
    const world = smallWorld({ inventory });
    expect(world.membersOf({ type: 'network', id: 'n' }).map(({ id }) => id)).toEqual(['a', 's']);
    expect(world.all('subnet').map(({ id }) => id)).toEqual(['a', 's']);
    expect(world.observed({ type: 'subnet', id: 'x' })).toBeUndefined();
  });

  it('has no mapping of what was forgotten or never got a twin', () => {
    const mapping = (given: object) => smallWorld({ inventory, mappings: { 'router/r': given } }).mapping(router);
    expect(mapping({ forgotten: true })).toBeUndefined();
    expect(mapping({ destinationId: undefined })).toBeUndefined();
    expect(mapping({ migrated: false })).toMatchObject({ migrated: false, complete: false });
    expect(mapping({})).toEqual({
      destinationId: 'twin',
      how: 'created',
      migrated: true,
      complete: true,
      sourceRemoved: false,
    });
  });

  it('sees that a link got its twin after it should have been tied', () => {
    const complete = (countsSince: number) =>
      smallWorld({ inventory, mappings: { 'router/r': { lastStep: 10 }, 'subnet/s': { countsSince } } }).mapping(router)
        ?.complete;
    expect(complete(9)).toBe(true);
    expect(complete(11)).toBe(false);
  });
});
