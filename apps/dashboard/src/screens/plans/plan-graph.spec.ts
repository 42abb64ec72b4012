import { describe, expect, it } from 'vitest';
import { planGraph } from './plan-graph.ts';
import { planStep } from './plan-step.fixture.ts';

describe('the resources of a plan', () => {
  const graph = planGraph([
    planStep('project/p', 'create'),
    planStep('project/p', 'grant', ['project/p/create']),
    planStep('network/n', 'create', ['project/p/create']),
    planStep('subnet/s', 'create', ['network/n/create', 'project/p/create', 'subnetpool/elsewhere/create']),
    planStep('project/p', 'revoke', ['project/p/grant', 'subnet/s/create']),
  ]);

  it('have their steps together, in the order of the draft', () => {
    expect([...graph.keys()]).toEqual(['project/p', 'network/n', 'subnet/s']);
    expect(graph.get('project/p')?.steps.map(({ step }) => step)).toEqual(['create', 'grant', 'revoke']);
  });

  it('know what they stand on, and what stands on them', () => {
    expect(graph.get('subnet/s')?.needs).toEqual(['network/n', 'project/p']);
    expect(graph.get('project/p')?.neededBy).toEqual(['network/n', 'subnet/s']);
  });

  it('stand on nothing that is only waited for at their end', () => {
    expect(graph.get('project/p')?.needs).toEqual([]);
    expect(graph.get('subnet/s')?.neededBy).toEqual([]);
  });
});

describe('the state of a resource', () => {
  const stateOf = (...states: readonly Parameters<typeof planStep>[3][]): string | undefined =>
    planGraph(states.map((status, at) => planStep('volume/v', `step-${at}`, [], status))).get('volume/v')?.status;

  it('is that of the step which wants a look', () => {
    expect(stateOf('succeeded', 'failed', 'skipped')).toBe('failed');
    expect(stateOf('succeeded', 'dispatched', 'waiting')).toBe('dispatched');
    expect(stateOf('succeeded', 'waiting')).toBe('waiting');
    expect(stateOf('succeeded', 'skipped')).toBe('skipped');
  });

  it('is succeeded when all steps are', () => {
    expect(stateOf('succeeded', 'succeeded')).toBe('succeeded');
  });
});
