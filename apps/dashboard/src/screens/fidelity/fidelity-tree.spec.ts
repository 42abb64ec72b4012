import type { FidelityCount } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { fidelityTree, type FidelityNode } from './fidelity-tree.ts';

const none = { equal: 0, mapped: 0, lost: 0, impossible: 0, unknown: 0 };

const count = (project: string | null, type: string, verdicts: Partial<typeof none>): FidelityCount => ({
  ...{ project_id: project, project_name: project === null ? null : `the ${project}`, resource_type: type },
  ...{ resources: 1, ...none, ...verdicts },
});

const names = (nodes: readonly FidelityNode[]): readonly string[] => nodes.map(({ name }) => name);

describe('the report by project and type', () => {
  const tree = fidelityTree([
    count('calm', 'network', { equal: 900 }),
    count('torn', 'network', { equal: 1, impossible: 7 }),
    count('torn', 'volume', { lost: 1 }),
    count('odd', 'server', { unknown: 3 }),
    count('odd', 'port', { impossible: 1 }),
    count(null, 'flavor', { mapped: 2 }),
  ]);

  it('has the project first that has lost something, then what could not be carried, then the rest by name', () => {
    expect(names(tree)).toEqual(['Everything', 'the torn', 'the odd', 'the calm', 'In no project']);
  });

  it('has the types of a project in the same order', () => {
    expect(names(tree[1]?.children ?? [])).toEqual(['volume', 'network']);
    expect(names(tree[2]?.children ?? [])).toEqual(['port', 'server']);
  });

  it('counts everything once', () => {
    const total = { resources: 6, equal: 901, mapped: 2, lost: 1, impossible: 8, unknown: 3 };
    expect(tree[0]?.counts).toEqual(total);
  });

  it('asks for a type of a project by both, and for what is in no project by its type alone', () => {
    expect(tree[1]?.children[0]?.shows).toEqual({ project: 'torn', type: 'volume' });
    expect(tree[4]?.shows).toBeUndefined();
    expect(tree[4]?.children[0]?.shows).toEqual({ type: 'flavor' });
  });

  it('keeps the node of a type in no project apart from that of everything', () => {
    const keys = tree.flatMap((node) => [node.key, ...node.children.map(({ key }) => key)]);
    expect(new Set(keys).size).toBe(keys.length);
  });
});
