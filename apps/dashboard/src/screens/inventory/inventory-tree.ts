import type { InventoryCount } from '@osm/api-client';

/** What is shown where a node is chosen: all that fits, or what is not moved. */
export type Shows =
  { readonly kind: 'resources'; readonly project?: string; readonly type?: string } | { readonly kind: 'uncovered' };

/** A node of the inventory. */
export interface InventoryNode {
  readonly key: string;
  readonly name: string;
  /** What sort of thing it is, where the name does not tell. */
  readonly sort?: 'domain' | 'project';
  /** Its resources; undefined: not counted. */
  readonly count: number | undefined;
  /** Those that the newest scan no longer saw. */
  readonly vanished: number;
  /** Undefined: choosing it only opens it. */
  readonly shows?: Shows;
  readonly children: readonly InventoryNode[];
}

/** Keys that are there always. */
export const everything = 'everything';
export const notMoved = 'not-moved';

/** The key of a project's node, or of a type's in it. */
export const nodeKey = (project: string | undefined, type: string | undefined): string => {
  if (project === undefined) return type === undefined ? everything : `kind/${type}`;
  return type === undefined ? `project/${project}` : `project/${project}/${type}`;
};

/**
 * The inventory by domain, project and kind; then what is in no project, then all of it by kind. Names come first where they
 * are known, ids where they are not.
 */
export const inventoryTree = (counts: readonly InventoryCount[], uncovered?: number): readonly InventoryNode[] => {
  const owned = counts.filter(({ project_id: id }) => isId(id));
  const free = counts.filter(({ project_id: id }) => !isId(id));
  return [
    { key: everything, name: 'Everything', ...sum(counts), shows: { kind: 'resources' }, children: [] },
    ...byName(grouped(owned, (row) => row.domain_id ?? '').map(domainNode)),
    ...(free.length === 0 ? [] : [{ key: 'free', name: 'In no project', ...sum(free), children: kinds(free, 'free') }]),
    { key: 'kinds', name: 'By kind', ...sum(counts), children: kinds(counts, 'kind') },
    { key: notMoved, name: 'Not moved', count: uncovered, vanished: 0, shows: { kind: 'uncovered' }, children: [] },
  ];
};

/** Neutron has ports of nobody: their project is the empty text. */
const isId = (id: string | null): id is string => id !== null && id !== '';

const domainNode = ([id, rows]: readonly [string, readonly InventoryCount[]]): InventoryNode => ({
  key: `domain/${id}`,
  // Projects that are gone leave things behind: of these no scan can tell the domain.
  ...(id === '' ? { name: 'Domain unknown' } : { name: rows[0]?.domain_name ?? id, sort: 'domain' as const }),
  ...sum(rows),
  children: byName(grouped(rows, (row) => row.project_id ?? '').map(projectNode)),
});

const projectNode = ([id, rows]: readonly [string, readonly InventoryCount[]]): InventoryNode => ({
  key: nodeKey(id, undefined),
  name: rows[0]?.project_name ?? id,
  sort: 'project',
  ...sum(rows),
  shows: { kind: 'resources', project: id },
  children: byName(
    rows.map((row) => ({
      key: nodeKey(id, row.resource_type),
      name: row.resource_type,
      ...sum([row]),
      shows: { kind: 'resources', project: id, type: row.resource_type } as const,
      children: [],
    })),
  ),
});

/** The API asks for a type of all projects: of what is in no project, mostly the same. */
const kinds = (rows: readonly InventoryCount[], under: string): readonly InventoryNode[] =>
  byName(
    grouped(rows, (row) => row.resource_type).map(([type, each]) => ({
      key: `${under}/${type}`,
      name: type,
      ...sum(each),
      shows: { kind: 'resources', type } as const,
      children: [],
    })),
  );

const sum = (rows: readonly InventoryCount[]): Pick<InventoryNode, 'vanished'> & { readonly count: number } => ({
  count: rows.reduce((total, { present }) => total + present, 0),
  vanished: rows.reduce((total, { vanished }) => total + vanished, 0),
});

const grouped = (
  rows: readonly InventoryCount[],
  by: (row: InventoryCount) => string,
): readonly (readonly [string, readonly InventoryCount[]])[] => [...Map.groupBy(rows, by)];

const byName = (nodes: readonly InventoryNode[]): readonly InventoryNode[] =>
  nodes.toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
