import type { InventoryCount } from '@osm/api-client';
import { describe, expect, it } from 'vitest';
import { inventoryTree, type InventoryNode } from './inventory-tree.ts';

const count = (type: string, present: number, where: Partial<InventoryCount> = {}): InventoryCount => ({
  ...{ domain_id: null, domain_name: null, project_id: null, project_name: null },
  ...{ resource_type: type, present, vanished: 0 },
  ...where,
});

const web = { domain_id: 'd1', domain_name: 'acme', project_id: 'p1', project_name: 'web' };
const shop = { domain_id: 'd1', domain_name: 'acme', project_id: 'p2', project_name: 'shop' };

const counts = [
  count('flavor', 3),
  count('port', 8, { ...web, vanished: 2 }),
  count('network', 4, web),
  count('network', 1, shop),
  count('port', 1, { project_id: '' }),
];

const names = (nodes: readonly InventoryNode[]): readonly string[] =>
  nodes.map(({ name, count: present }) => `${name} ${present ?? '?'}`);
const named = (nodes: readonly InventoryNode[], name: string): InventoryNode => {
  const found = nodes.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no node ${name}`);
  return found;
};

describe('the tree of the inventory', () => {
  const tree = inventoryTree(counts, 7);

  it('begins with everything and ends with what is not moved', () => {
    expect(names(tree)).toEqual(['Everything 17', 'acme 13', 'In no project 4', 'By kind 17', 'Not moved 7']);
  });

  it('has projects in their domains, and kinds in their projects, by name', () => {
    const acme = named(tree, 'acme');
    expect(names(acme.children)).toEqual(['shop 1', 'web 12']);
    expect(names(named(acme.children, 'web').children)).toEqual(['network 4', 'port 8']);
  });

  it('counts what is gone beside what is there', () => {
    expect(named(tree, 'acme').vanished).toBe(2);
    expect(named(tree, 'Everything').vanished).toBe(2);
  });

  it('takes a port of nobody for one in no project', () => {
    expect(names(named(tree, 'In no project').children)).toEqual(['flavor 3', 'port 1']);
  });

  it('sums a kind over all projects', () => {
    expect(names(named(tree, 'By kind').children)).toEqual(['flavor 3', 'network 5', 'port 9']);
  });

  it('tells what to ask for', () => {
    expect(named(named(tree, 'acme').children, 'web').shows).toEqual({ kind: 'resources', project: 'p1' });
    expect(named(named(tree, 'By kind').children, 'port').shows).toEqual({ kind: 'resources', type: 'port' });
    expect(named(tree, 'acme').shows).toBeUndefined();
  });

  it('calls by their ids what has no known name', () => {
    const [, domain] = inventoryTree([count('port', 1, { project_id: 'p9' })]);
    expect(domain?.name).toBe('Domain unknown');
    expect(domain?.children[0]?.name).toBe('p9');
  });
});
