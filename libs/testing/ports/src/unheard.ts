import { openMover } from '@osm/payload';
import type { StepContext } from '@osm/resource';

/** The tools of a step that nobody watches: it moves bytes without limits, and goes its only way. */
export const unheard: Pick<StepContext, 'planId' | 'move' | 'progress' | 'waiting' | 'strategy'> = {
  planId: 'plan-1',
  move: openMover()({
    route: { source: 'a', destination: 'b' },
    signal: new AbortController().signal,
    progress: () => undefined,
  }),
  progress: () => undefined,
  waiting: () => undefined,
  strategy: undefined,
};
