import type { Policy } from '@osm/resource';

/** How a copy of a share stands. */
export interface Standing {
  /** Whether listings or a comparison tell that original and copy differ. */
  readonly differs: boolean;
  /** Copies made while clients may write. */
  readonly open: number;
  /** Copies made since they may not. */
  readonly closed: number;
  /** Whether write access is withdrawn. */
  readonly withdrawn: boolean;
}

export type Next = 'copy' | 'withdraw' | 'compare' | 'give-up';

/** When nobody writes, one copy is enough; one more mends what only the comparison finds. Further ones would not help. */
const closedCopies = 3;

/**
 * What follows: copies as long as clients change something, as often as the policy allows; then, by its consent, write
 * access is withdrawn; then what is left is copied; and what looks equal is compared. Comparing reads everything, and so
 * comes last.
 */
export const whatNext = (
  { differs, open, closed, withdrawn }: Standing,
  { copy_passes, withdraw_share_access }: Pick<Policy, 'copy_passes' | 'withdraw_share_access'>,
): Next => {
  if (withdrawn) return !differs ? 'compare' : closed < closedCopies ? 'copy' : 'give-up';
  if (differs && open < copy_passes) return 'copy';
  if (withdraw_share_access) return 'withdraw';
  return differs ? 'give-up' : 'compare';
};
