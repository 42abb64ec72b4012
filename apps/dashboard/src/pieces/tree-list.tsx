import { IconChevronRight } from '@tabler/icons-react';
import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import classes from './tree-list.module.css';
import { treeLines, treeMove, type TreeNode } from './tree-lines.ts';

interface Properties<Node extends TreeNode<Node>> {
  /** What the tree is of, for those who hear the page. */
  readonly label: string;
  readonly nodes: readonly Node[];
  readonly chosen: string;
  /** Keys of nodes that are open at first. */
  readonly open: readonly string[];
  readonly onChoose: (node: Node) => void;
  readonly children: (node: Node) => ReactNode;
}

/** A tree of which one node is chosen. One stop of the Tab key; arrows move, open and close, Enter and Space choose. */
export const TreeList = <Node extends TreeNode<Node>>(properties: Properties<Node>) => {
  const { label, nodes, chosen, onChoose, children } = properties;
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(properties.open));
  const [current, setCurrent] = useState(chosen);
  const list = useRef<HTMLDivElement>(null);
  const lines = treeLines(nodes, open);
  const stop = lines.some(({ node }) => node.key === current) ? current : lines[0]?.node.key;

  const turn = (key: string): void => {
    const next = new Set(open);
    if (!next.delete(key)) next.add(key);
    setOpen(next);
  };

  const onKey = (event: KeyboardEvent, at: number, node: Node): void => {
    const move = treeMove(event.key, lines, at);
    if (move === undefined && event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (move === undefined) onChoose(node);
    else if ('open' in move) turn(move.open);
    else if ('close' in move) turn(move.close);
    else list.current?.querySelectorAll<HTMLElement>('[role=treeitem]')[move.to]?.focus();
  };

  return (
    <div role="tree" aria-label={label} ref={list} className={classes['tree']}>
      {lines.map(({ node, level, isOpen, place, siblings }, at) => (
        <div
          key={node.key}
          role="treeitem"
          aria-level={level}
          aria-posinset={place}
          aria-setsize={siblings}
          aria-selected={node.key === chosen}
          {...(node.children.length > 0 ? { 'aria-expanded': isOpen } : {})}
          tabIndex={node.key === stop ? 0 : -1}
          className={classes['line']}
          style={{ paddingLeft: `${(level - 1) * 0.875 + 0.25}rem` }}
          onFocus={() => setCurrent(node.key)}
          onKeyDown={(event) => onKey(event, at, node)}
          onClick={() => onChoose(node)}
        >
          <span
            className={classes['turn']}
            aria-hidden
            onClick={(event) => {
              event.stopPropagation();
              if (node.children.length > 0) turn(node.key);
            }}
          >
            {node.children.length > 0 && <IconChevronRight size={14} data-open={isOpen} />}
          </span>
          {children(node)}
        </div>
      ))}
    </div>
  );
};
