import dagre from '@dagrejs/dagre';
import type { Drawing } from './drawing.ts';

/** Pixels of a box. */
export const boxSize = { width: 184, height: 42 } as const;

/** Where each box of a drawing stands, by its key: what is needed at the left of what needs it. */
export const layOut = ({ boxes, edges }: Drawing): ReadonlyMap<string, { readonly x: number; readonly y: number }> => {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: 10, ranksep: 56, marginx: 12, marginy: 12 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key } of boxes) graph.setNode(key, { ...boxSize });
  for (const { from, to } of edges) graph.setEdge(from, to);
  dagre.layout(graph);
  return new Map(
    boxes.map(({ key }) => {
      const { x, y } = graph.node(key);
      return [key, { x: x - boxSize.width / 2, y: y - boxSize.height / 2 }];
    }),
  );
};
