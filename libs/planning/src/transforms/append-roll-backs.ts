import { withRemovals } from '../removals.ts';
import type { Transform } from '../transform.ts';

/** Each twin goes once nothing of the plan stands on it any more. */
export const appendRollBacks: Transform = (draft, world) => withRemovals(draft, draft.resources, world, 'roll-back');
