import { describe, expect, it } from 'vitest';
import { planGraph } from './plan-graph.ts';
import { planStep } from './plan-step.fixture.ts';
import { whyHere } from './why-here.ts';

const on = (resource: string, ...needs: readonly string[]) =>
  planStep(
    resource,
    'create',
    needs.map((need) => `${need}/create`),
  );

const graph = planGraph([
  on('domain/d'),
  on('project/p', 'domain/d'),
  on('network/n', 'project/p'),
  on('subnet/s', 'network/n'),
  on('flavor/f'),
]);

describe('why a resource is in a plan', () => {
  it('is that somebody chose it', () => {
    expect(whyHere(graph, new Set(['project/p']), 'project/p')).toMatchObject({
      isChosen: true,
      neededBy: ['network/n'],
    });
  });

  it('is that a chosen one stands on it, near or far', () => {
    expect(whyHere(graph, new Set(['subnet/s']), 'project/p').path).toEqual(['project/p', 'network/n', 'subnet/s']);
  });

  it('is that it lives in a chosen one', () => {
    expect(whyHere(graph, new Set(['project/p']), 'subnet/s').path).toEqual(['subnet/s', 'network/n', 'project/p']);
  });

  it('is not made up where the graph does not tell', () => {
    expect(whyHere(graph, new Set(['project/p']), 'flavor/f')).toEqual({ isChosen: false, neededBy: [], path: [] });
  });
});
