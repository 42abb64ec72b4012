import { describe, expect, it } from 'vitest';
import { components, cycles, depths, reduced, reversed, topologicalOrder, type Graph } from './graph.ts';

/** `{ c: 'a b' }`: c waits for a and b. */
const graph = (edges: { readonly [node: string]: string }): Graph =>
  new Map(Object.entries(edges).map(([node, needs]) => [node, needs === '' ? [] : needs.split(' ')]));
const chain = (length: number): Graph =>
  new Map(Array.from({ length }, (_, at) => [`${at}`, at === 0 ? [] : [`${at - 1}`]]));

describe('the order of a graph', () => {
  it('puts each node after what it waits for, and else in text order', () => {
    expect(topologicalOrder(graph({ d: 'b c', c: 'a', b: 'a', a: '', z: '' }))).toEqual(['a', 'z', 'b', 'c', 'd']);
  });

  it('knows how deep each node stands', () => {
    expect([...depths(graph({ d: 'b a', b: 'a', a: '' }))].sort()).toEqual([
      ['a', 0],
      ['b', 1],
      ['d', 2],
    ]);
  });

  it('can be turned round', () => {
    expect(reversed(graph({ a: '', b: 'a', c: 'a b' }))).toEqual(graph({ a: 'b c', b: 'c', c: '' }));
  });

  it('does not depend on the order in which nodes were added', () => {
    expect(topologicalOrder(graph({ b: 'a', a: '', c: '' }))).toEqual(
      topologicalOrder(graph({ c: '', a: '', b: 'a' })),
    );
  });
});

describe('a cycle', () => {
  it('is named with its path', () => {
    expect(cycles(graph({ a: 'b', b: 'c', c: 'a', d: 'a', e: '' }))).toEqual([['a', 'b', 'c', 'a']]);
  });

  it('is named once for each knot, the short way round', () => {
    expect(cycles(graph({ a: 'b c', b: 'a', c: 'd', d: 'a', x: 'x' }))).toEqual([
      ['a', 'b', 'a'],
      ['x', 'x'],
    ]);
  });

  it('is not there in a graph without one', () => {
    expect(cycles(graph({ a: '', b: 'a', c: 'a b missing' }))).toEqual([]);
  });
});

describe('the reduction of a graph', () => {
  it('leaves out what goes without saying', () => {
    expect(reduced(graph({ a: '', b: 'a', c: 'a b', d: 'a b c' }))).toEqual(graph({ a: '', b: 'a', c: 'b', d: 'c' }));
  });

  it('keeps both sides of a diamond', () => {
    const diamond = graph({ a: '', b: 'a', c: 'a', d: 'b c' });
    expect(reduced(diamond)).toEqual(diamond);
  });

  it('stops when its budget is used up, and is right as far as it came', () => {
    const full = graph({ a: '', b: 'a', c: 'a b', d: 'a b c' });
    expect(reduced(full, 0)).toEqual(full);
  });

  it('keeps what can be reached as it was', () => {
    const nodes = Array.from({ length: 60 }, (_, at) => at);
    const full: Graph = new Map(
      nodes.map((at) => [`${at}`, nodes.filter((other) => other < at && (other * 7 + at) % 3 === 0).map(String)]),
    );
    expect(closure(reduced(full))).toEqual(closure(full));
  });

  const closure = (of: Graph): unknown => {
    const all = new Map<string, Set<string>>();
    for (const node of topologicalOrder(of)) {
      const needs = of.get(node) ?? [];
      all.set(node, new Set(needs.flatMap((need) => [need, ...(all.get(need) ?? [])])));
    }
    return all;
  };
});

describe('a large graph', () => {
  it('may be a chain of 10,000 nodes', () => {
    const long = chain(10_000);
    expect(components(long)).toHaveLength(10_000);
    expect(topologicalOrder(long).at(-1)).toBe('9999');
    expect(reduced(long)).toEqual(long);
    const round = new Map([...long, ['0', ['9999']]]);
    expect(cycles(round)[0]).toHaveLength(10_001);
  });
});
