import type { Graph } from './load-balancer-source.ts';

/**
 * The name of each pool in the create request, by the pool's source id. There a pool is referred to by its name, so each
 * must have one, and no two the same. A pool without one, or with another's, is given its own name right afterwards.
 */
export const poolNames = ({ pools }: Pick<Graph, 'pools'>): ReadonlyMap<string, string> => {
  const own = pools.map(({ name }) => name);
  const isClear = (name: string): boolean => name !== '' && own.filter((other) => other === name).length === 1;
  return new Map(pools.map(({ id, name }, at) => [id, isClear(name) ? name : unused(`pool-${at + 1}`, own)]));
};

const unused = (name: string, taken: readonly string[]): string =>
  taken.includes(name) ? unused(`${name}-`, taken) : name;
