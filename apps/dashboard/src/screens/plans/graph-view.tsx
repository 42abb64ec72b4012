import '@xyflow/react/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BackgroundVariant,
  Controls,
  Handle,
  MiniMap,
  Position,
  ReactFlow,
  useReactFlow,
  useStoreApi,
  type Edge,
  type Node,
  type NodeProps,
  type ReactFlowInstance,
} from '@xyflow/react';
import { IconFlag3 } from '@tabler/icons-react';
import { useEffect, useMemo, useRef } from 'react';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { drawing, type Box } from './drawing.ts';
import classes from './graph-view.module.css';
import { boxSize, layOut } from './lay-out.ts';
import type { PlanGraph } from './plan-graph.ts';

interface Properties {
  readonly graph: PlanGraph;
  /** Keys of what somebody chose. */
  readonly roots: ReadonlySet<string>;
  /** Resources of the plan, whether or not the graph knows them. */
  readonly resources: number;
  /** The graph knows a part of the plan only. */
  readonly isPart: boolean;
  readonly chosen: string | undefined;
  readonly onChoose: (key: string) => void;
}

/** More boxes than these nobody can read. */
const cap = 150;

/** Smaller than this no box can be read: a plan that would not fit is shown in part, from what was chosen on. */
const readable = 0.75;

interface BoxData extends Record<string, unknown> {
  readonly box: Box;
  /** It is looked at. */
  readonly isChosen: boolean;
  /** Somebody asked for it. */
  readonly isRoot: boolean;
}

type BoxNode = Node<BoxData, 'box'>;

/** The graph of a plan, drawn. It is for the eye alone: the table beside it tells the same, and takes keys. */
export const GraphView = ({ graph, roots, resources, isPart, chosen, onChoose }: Properties) => {
  const colorScheme = useComputedColorScheme('light');
  const place = useRef<HTMLElement>(null);
  // Of a small plan the same is drawn whatever is chosen.
  const around = graph.size > cap ? chosen : undefined;
  const drawn = useMemo(() => drawing(graph, cap, around), [graph, around]);
  const places = useMemo(() => layOut(drawn), [drawn]);
  const nodes = drawn.boxes.map((box): BoxNode => ({
    ...{ id: box.key, type: 'box', position: places.get(box.key) ?? { x: 0, y: 0 }, ...boxSize },
    data: {
      box,
      isChosen: chosen !== undefined && box.members.includes(chosen),
      isRoot: box.members.some((member) => roots.has(member)),
    },
  }));
  const lit = drawn.boxes.find(({ members }) => chosen !== undefined && members.includes(chosen))?.key;
  const edges = drawn.edges.map(({ from, to }): Edge => ({
    ...{ id: `${from} ${to}`, source: from, target: to, focusable: false },
    className: (from === lit || to === lit ? classes['lit'] : classes['edge']) ?? '',
  }));
  return (
    <section ref={place} className={classes['graph']} aria-label="graph of the plan">
      <ReactFlow<BoxNode>
        key={drawn.boxes[0]?.key ?? 'none'}
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={colorScheme}
        onInit={(flow) => void begin(flow, nodes, place.current?.clientWidth ?? 0)}
        minZoom={0.08}
        maxZoom={1.75}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements
        onNodeClick={(_, { data: { box } }) => onChoose(box.key)}
        proOptions={{ hideAttribution: true }}
      >
        <Follow node={nodes.find(({ id }) => id === lit)} />
        <Background variant={BackgroundVariant.Dots} gap={22} size={1} />
        <Controls showInteractive={false} position="bottom-right" />
        {drawn.boxes.length > 40 && (
          <MiniMap pannable zoomable nodeColor={colourOf} position="top-right" ariaLabel="the graph, small" />
        )}
      </ReactFlow>
      <p className={classes['caption']} role="status">
        {captionOf(drawn.drawn, graph.size, resources, isPart)}
      </p>
    </section>
  );
};

const colourOf = ({ data: { box, isRoot } }: BoxNode): string =>
  isRoot ? 'var(--mantine-primary-color-filled)' : colours[box.status];

const colours: Readonly<Record<Box['status'], string>> = {
  waiting: 'var(--page-idle)',
  dispatched: 'var(--page-busy)',
  succeeded: 'var(--page-good)',
  failed: 'var(--page-bad)',
  skipped: 'var(--page-warn)',
};

/** Says what is not drawn: a picture of a part must never pass for the whole. */
const captionOf = (drawn: number, known: number, resources: number, isPart: boolean): string => {
  const number = (count: number): string => count.toLocaleString('en');
  if (drawn >= resources)
    return `${number(resources)} ${resources === 1 ? 'resource' : 'resources'}; what is needed stands at the left of what needs it.`;
  const choose = 'Choose a step to see what is near it; the table has all of them.';
  if (!isPart) return `${number(drawn)} of ${number(resources)} resources are drawn. ${choose}`;
  return `${number(drawn)} of ${number(resources)} resources are drawn, out of the first ${number(known)}. ${choose}`;
};

const middleOf = ({ position: { x, y } }: BoxNode): readonly [x: number, y: number] => [
  x + boxSize.width / 2,
  y + boxSize.height / 2,
];

/** All of it where that can be read; else what was chosen, with room for what stands on it at the right. */
const begin = async (flow: ReactFlowInstance<BoxNode>, nodes: readonly BoxNode[], width: number): Promise<void> => {
  await flow.fitView({ maxZoom: 1, padding: 0.06 });
  const [first] = nodes;
  const start = nodes.find(({ data }) => data.isRoot) ?? first;
  if (flow.getZoom() >= readable || start === undefined) return;
  const [x, y] = middleOf(start);
  await flow.setCenter(x + (width / readable) * 0.25, y, { zoom: readable });
};

/** Brings what is looked at into sight, where it is not. */
const Follow = ({ node }: { readonly node: BoxNode | undefined }) => {
  const { setCenter } = useReactFlow();
  const store = useStoreApi();
  const [x, y] = node === undefined ? [] : middleOf(node);
  useEffect(() => {
    if (x === undefined || y === undefined) return;
    const { width, height, transform } = store.getState();
    const [left, top, zoom] = transform;
    const isWithin = (at: number, size: number): boolean => at > size * 0.1 && at < size * 0.9;
    if (zoom >= readable && isWithin(x * zoom + left, width) && isWithin(y * zoom + top, height)) return;
    void setCenter(x, y, { zoom: Math.max(zoom, readable), duration: 200 });
  }, [x, y, setCenter, store]);
  return null;
};

const BoxView = ({ data: { box, isChosen, isRoot } }: NodeProps<BoxNode>) => (
  <div className={classes['box']} data-status={box.status} data-chosen={isChosen} data-stack={box.members.length > 1}>
    <Handle type="target" position={Position.Left} className={classes['handle'] ?? ''} isConnectable={false} />
    <span className={classes['words']}>
      <span className={classes['type']}>{box.type}</span>
      <span className={classes['title']} title={box.title}>
        {box.title}
      </span>
    </span>
    {isRoot && <IconFlag3 size={14} className={classes['root'] ?? ''} aria-label="somebody chose it" />}
    {box.status !== 'waiting' && <StateBadge state={box.status} word="" />}
    <Handle type="source" position={Position.Right} className={classes['handle'] ?? ''} isConnectable={false} />
  </div>
);

const nodeTypes = { box: BoxView };
