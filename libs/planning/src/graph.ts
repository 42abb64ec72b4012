/** A directed graph: by node, the nodes that it waits for. Nodes that are waited for but are no keys do not count. */
export type Graph = ReadonlyMap<string, readonly string[]>;

/** Text order by code unit: the same on every machine. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The same graph by numbers, in the order of its keys: with 300,000 nodes the look-ups by text are what takes time. */
interface Numbered {
  readonly names: readonly string[];
  readonly needs: readonly (readonly number[])[];
}

const numbered = (graph: Graph): Numbered => {
  const names = [...graph.keys()];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const needs = [...graph.values()].map((all) => {
    const known: number[] = [];
    for (const name of all) {
      const number = numbers.get(name);
      if (number !== undefined) known.push(number);
    }
    return known;
  });
  return { names, needs };
};

/**
 * The strongly connected components: each is a list of nodes that all wait for each other, most of them a single node.
 * What a component waits for comes before it.
 */
export const components = (graph: Graph): readonly (readonly string[])[] => {
  const { names, needs } = numbered(graph);
  return knots(needs).map((component) => component.map((node) => names[node] ?? ''));
};

/** Tarjan's algorithm with a stack of its own: a chain of thousands must not become a recursion of thousands. */
const knots = (needs: readonly (readonly number[])[]): readonly (readonly number[])[] => {
  const found: number[][] = [];
  const order = new Int32Array(needs.length).fill(-1);
  const low = new Int32Array(needs.length);
  const next = new Int32Array(needs.length);
  const onStack = new Uint8Array(needs.length);
  const stack: number[] = [];
  const path: number[] = [];
  let entered = 0;
  const lower = (node: number, to: number): void => {
    low[node] = Math.min(low[node] ?? 0, to);
  };
  const enter = (node: number): void => {
    order[node] = low[node] = entered++;
    onStack[node] = 1;
    stack.push(node);
    path.push(node);
  };
  const leave = (node: number): void => {
    path.pop();
    const above = path.at(-1);
    if (above !== undefined) lower(above, low[node] ?? 0);
    if (low[node] !== order[node]) return;
    const knot = stack.splice(stack.lastIndexOf(node)).reverse();
    for (const member of knot) onStack[member] = 0;
    found.push(knot);
  };
  for (let root = 0; root < needs.length; root++) {
    if (order[root] === -1) enter(root);
    for (let node = path.at(-1); node !== undefined; node = path.at(-1)) {
      const at = next[node] ?? 0;
      next[node] = at + 1;
      const need = needs[node]?.[at];
      if (need === undefined) leave(node);
      else if (order[need] === -1) enter(need);
      else if (onStack[need] === 1) lower(node, order[need] ?? 0);
    }
  }
  return found;
};

/**
 * One cycle for each knot of nodes that wait for each other, as the path from a node back to it: `['a', 'b', 'a']` says
 * that a waits for b, and b for a. Begins with the first node in text order.
 */
export const cycles = (graph: Graph): readonly (readonly string[])[] =>
  components(graph)
    .filter(([node = '', ...others]) => others.length > 0 || graph.get(node)?.includes(node) === true)
    .map((component) => shortestCycle(graph, new Set(component), [...component].sort(byText)[0] ?? ''))
    .sort(([a = ''], [b = '']) => byText(a, b));

/** Breadth first from a node back to itself, within its component. */
const shortestCycle = (graph: Graph, within: ReadonlySet<string>, start: string): readonly string[] => {
  const from = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const need of graph.get(node) ?? []) {
      if (need === start) return pathTo(node, from, start);
      if (!within.has(need) || from.has(need)) continue;
      from.set(need, node);
      queue.push(need);
    }
  }
  return [];
};

const pathTo = (end: string, from: ReadonlyMap<string, string>, start: string): readonly string[] => {
  const path = [start];
  for (let node: string | undefined = end; node !== undefined && node !== start; node = from.get(node)) path.push(node);
  return [...path, start].reverse();
};

/**
 * How far down each node stands: 0 for what waits for nothing, else one more than the deepest node that it waits for.
 * The nodes of a cycle, and what waits for them, are left out.
 */
export const depths = (graph: Graph): ReadonlyMap<string, number> => {
  const { names, needs } = numbered(graph);
  const { order, depth } = levels(needs);
  return new Map(order.map((node) => [names[node] ?? '', depth[node] ?? 0]));
};

/** Kahn's algorithm: nodes in an order in which each comes after what it waits for, and their depths. */
const levels = (needs: readonly (readonly number[])[]): { readonly order: number[]; readonly depth: Int32Array } => {
  const dependents: number[][] = needs.map(() => []);
  needs.forEach((all, node) => all.forEach((need) => dependents[need]?.push(node)));
  const waiting = Int32Array.from(needs, ({ length }) => length);
  const depth = new Int32Array(needs.length);
  const order = [...needs.keys()].filter((node) => waiting[node] === 0);
  for (const node of order) {
    for (const dependent of dependents[node] ?? []) {
      depth[dependent] = Math.max(depth[dependent] ?? 0, (depth[node] ?? 0) + 1);
      waiting[dependent] = (waiting[dependent] ?? 0) - 1;
      if (waiting[dependent] === 0) order.push(dependent);
    }
  }
  return { order, depth };
};

/** All nodes, each after what it waits for: by depth, then in text order. Cycles are left out, as of `depths`. */
export const topologicalOrder = (graph: Graph): readonly string[] => {
  const { names, needs } = numbered(graph);
  const { order, depth } = levels(needs);
  const sorted = order.sort((a, b) => (depth[a] ?? 0) - (depth[b] ?? 0) || byText(names[a] ?? '', names[b] ?? ''));
  return sorted.map((node) => names[node] ?? '');
};

/** The graph the other way round: by node, the nodes that wait for it. */
export const reversed = (graph: Graph): Graph => {
  const dependents = new Map<string, string[]>([...graph.keys()].map((node) => [node, []]));
  for (const [node, needs] of graph) for (const need of needs) dependents.get(need)?.push(node);
  return dependents;
};

/**
 * A graph without cycles, without what goes without saying: a node need not name a need that another one of its needs
 * waits for, however indirectly. Looking that up costs time: when `budget` look-ups are used up, the rest stays as it is.
 */
export const reduced = (graph: Graph, budget = 3_000_000): Graph => {
  const { names, needs } = numbered(graph);
  const { depth } = levels(needs);
  const seen = new Int32Array(needs.length).fill(-1);
  let left = budget;
  const small = needs.map((all, node) => {
    const own = [...new Set(all)];
    if (own.length < 2 || left <= 0) return own;
    const { implied, visits } = impliedBy(needs, own, depth, { seen, as: node }, left);
    left -= visits;
    return own.filter((need) => !implied.has(need));
  });
  return new Map(small.map((all, node) => [names[node] ?? '', all.map((need) => names[need] ?? '')]));
};

/** Which of these nodes another one of them waits for. Only nodes deeper than the least deep one can lead there. */
const impliedBy = (
  needs: readonly (readonly number[])[],
  nodes: readonly number[],
  depth: Int32Array,
  mark: { readonly seen: Int32Array; readonly as: number },
  budget: number,
): { readonly implied: ReadonlySet<number>; readonly visits: number } => {
  const floor = nodes.reduce((least, node) => Math.min(least, depth[node] ?? 0), Infinity);
  const wanted = new Set(nodes);
  const implied = new Set<number>();
  const stack = nodes.filter((node) => (depth[node] ?? 0) > floor);
  let visits = 0;
  for (let node = stack.pop(); node !== undefined && visits <= budget; node = stack.pop()) {
    for (const need of needs[node] ?? []) {
      visits++;
      if (wanted.has(need)) implied.add(need);
      if (mark.seen[need] === mark.as || (depth[need] ?? 0) <= floor) continue;
      mark.seen[need] = mark.as;
      stack.push(need);
    }
  }
  return { implied, visits };
};
