import { describe, expect, it } from 'vitest';
import { near } from './near.ts';

describe('what was perhaps meant', () => {
  it('begins so, or differs in few letters', () => {
    const types = ['network', 'subnet', 'router', 'security-group', 'security-group-rule', 'volume'];
    expect(near('netwrok', types)).toEqual([]);
    expect(near('netwok', types)).toEqual(['network']);
    expect(near('security', types)).toEqual(['security-group', 'security-group-rule']);
    expect(near('Volumes', types)).toEqual(['volume']);
    expect(near('zzz', types)).toEqual([]);
  });
});
