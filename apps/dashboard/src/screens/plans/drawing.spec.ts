import { describe, expect, it } from 'vitest';
import { drawing } from './drawing.ts';
import { planGraph } from './plan-graph.ts';
import { planStep } from './plan-step.fixture.ts';

const on = (resource: string, ...needs: readonly string[]) =>
  planStep(
    resource,
    'create',
    needs.map((need) => `${need}/create`),
  );

describe('what is drawn of a plan', () => {
  it('is a box for each resource and a line for each need', () => {
    const { boxes, edges, drawn } = drawing(planGraph([on('project/p'), on('network/n', 'project/p')]), 10);
    expect(boxes.map(({ key, title }) => [key, title])).toEqual([
      ['project/p', 'p'],
      ['network/n', 'n'],
    ]);
    expect(edges).toEqual([{ from: 'project/p', to: 'network/n' }]);
    expect(drawn).toBe(2);
  });

  it('leaves out lines that others imply', () => {
    const graph = planGraph([on('project/p'), on('network/n', 'project/p'), on('subnet/s', 'network/n', 'project/p')]);
    expect(drawing(graph, 10).edges).toEqual([
      { from: 'project/p', to: 'network/n' },
      { from: 'network/n', to: 'subnet/s' },
    ]);
  });

  it('puts into one box what is alike in all but its name', () => {
    const rules = [1, 2, 3, 4].map((each) => on(`rule/r${each}`, 'group/g'));
    const { boxes, edges, drawn } = drawing(planGraph([on('group/g'), ...rules, on('rule/other')]), 10);
    expect(boxes.map(({ title, members }) => [title, members.length])).toEqual([
      ['g', 1],
      ['4 alike', 4],
      ['other', 1],
    ]);
    expect(edges).toEqual([{ from: 'group/g', to: 'rule/r1' }]);
    expect(drawn).toBe(6);
  });

  it('shows of such a box the state that wants a look', () => {
    const rules = ['succeeded', 'failed', 'succeeded', 'waiting'] as const;
    const graph = planGraph(rules.map((status, at) => planStep(`rule/r${at}`, 'create', [], status)));
    expect(drawing(graph, 10).boxes.map(({ status }) => status)).toEqual(['failed']);
  });
});

describe('a plan that is too big to be drawn', () => {
  const chain = Array.from({ length: 50 }, (_, at) =>
    on(`network/n${at}`, ...(at === 0 ? [] : [`network/n${at - 1}`])),
  );
  const graph = planGraph(chain);

  it('is drawn from its beginning', () => {
    const { boxes, drawn } = drawing(graph, 5);
    expect(boxes.map(({ title }) => title)).toEqual(['n0', 'n1', 'n2', 'n3', 'n4']);
    expect(drawn).toBe(5);
  });

  it('is drawn around what is chosen', () => {
    const { boxes, edges } = drawing(graph, 5, 'network/n30');
    expect(boxes.map(({ title }) => title).toSorted()).toEqual(['n28', 'n29', 'n30', 'n31', 'n32']);
    expect(edges).toHaveLength(4);
  });

  it('is drawn from its beginning where the chosen one is not known', () => {
    expect(drawing(graph, 3, 'network/elsewhere').boxes.map(({ title }) => title)).toEqual(['n0', 'n1', 'n2']);
  });
});
