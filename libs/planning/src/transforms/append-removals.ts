import { withRemovals } from '../removals.ts';
import type { Transform } from '../transform.ts';

/** Each original is removed once nothing of the plan stands on it any more. */
export const appendRemovals: Transform = (draft, world) => withRemovals(draft, draft.resources, world);
