/** A node of a tree: what it is called stands with it, what it means with whoever made it. */
export interface TreeNode<Node> {
  /** Unique within the tree. */
  readonly key: string;
  readonly children: readonly Node[];
}

/** A node that is in sight. */
export interface TreeLine<Node extends TreeNode<Node>> {
  readonly node: Node;
  /** From 1 on. */
  readonly level: number;
  readonly isOpen: boolean;
  readonly parent: string | undefined;
  /** Its place among its siblings, from 1 on, and how many these are. */
  readonly place: number;
  readonly siblings: number;
}

/** What is in sight of a tree, from above: children stand below their node where it is open. */
export const treeLines = <Node extends TreeNode<Node>>(
  nodes: readonly Node[],
  open: ReadonlySet<string>,
  level = 1,
  parent?: string,
): readonly TreeLine<Node>[] =>
  nodes.flatMap((node, index) => {
    const isOpen = node.children.length > 0 && open.has(node.key);
    const line = { node, level, isOpen, parent, place: index + 1, siblings: nodes.length };
    return isOpen ? [line, ...treeLines<Node>(node.children, open, level + 1, node.key)] : [line];
  });

/** What a key does in a tree: to go to a line, or to open or close the one that it is at. */
export type TreeMove = { readonly to: number } | { readonly open: string } | { readonly close: string };

/** As the rules for trees in pages have it: up and down, right into it, left out of it. Undefined: no key of a tree. */
export const treeMove = <Node extends TreeNode<Node>>(
  key: string,
  lines: readonly TreeLine<Node>[],
  at: number,
): TreeMove | undefined => {
  const line = lines[at];
  if (line === undefined) return undefined;
  switch (key) {
    case 'ArrowDown':
      return { to: Math.min(at + 1, lines.length - 1) };
    case 'ArrowUp':
      return { to: Math.max(at - 1, 0) };
    case 'Home':
      return { to: 0 };
    case 'End':
      return { to: lines.length - 1 };
    case 'ArrowRight':
      if (line.node.children.length === 0) return undefined;
      return line.isOpen ? { to: at + 1 } : { open: line.node.key };
    case 'ArrowLeft': {
      if (line.isOpen) return { close: line.node.key };
      const above = lines.findIndex(({ node }) => node.key === line.parent);
      return above === -1 ? undefined : { to: above };
    }
    default:
      return undefined;
  }
};
