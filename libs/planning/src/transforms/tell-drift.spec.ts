import { describe, expect, it } from 'vitest';
import { emptyDraft } from '../draft.ts';
import { asking, smallWorld, type SmallWorld } from '../testing/small-world.ts';
import { chosen } from '../transform.ts';
import { tellDrift } from './tell-drift.ts';

const ref = { type: 'network', id: 'n' };
const inventory = { 'network/n': { id: 'n', name: 'net', project_id: 'now' } };

const toldOf = (given: Partial<SmallWorld>, work: 'all' | 'none' = 'none'): readonly string[] => {
  const world = smallWorld({ inventory, mappings: { 'network/n': { madeAt: 5 } }, ...given });
  const resource = chosen(ref, 'root', world);
  if (resource === undefined) throw new TypeError('there is no such network');
  const resources = new Map([['network/n', { ...resource, work }]]);
  return tellDrift({ ...emptyDraft(asking(['network/n'])), resources }, world).findings.map(({ message }) => message);
};

const seen = (position: number, project_id: string) => ({ position, attributes: { id: 'n', project_id } });

describe('drift', () => {
  it('is told of a twin whose original was changed since', () => {
    expect(toldOf({ earlier: { 'network/n': [seen(3, 'old'), seen(9, 'now')] } })).toEqual([
      'network net (n) was changed at the source since its twin was made: project_id',
    ]);
  });

  it('is none where the change came before the twin, was taken back, or was never seen', () => {
    expect(toldOf({ earlier: { 'network/n': [seen(3, 'old'), seen(4, 'now')] } })).toEqual([]);
    expect(toldOf({ earlier: { 'network/n': [seen(3, 'now'), seen(8, 'other'), seen(9, 'now')] } })).toEqual([]);
    expect(toldOf({})).toEqual([]);
  });

  it('is none of what is made now, and of a twin that we have not made', () => {
    const earlier = { 'network/n': [seen(3, 'old'), seen(9, 'now')] };
    expect(toldOf({ earlier }, 'all')).toEqual([]);
    expect(toldOf({ earlier, mappings: { 'network/n': 'external' } })).toEqual([]);
  });
});
