import { describe, expect, it } from 'vitest';
import { whatNext, type Next, type Standing } from './what-next.ts';

/** Goes on as long as it says so; `differs` answers for each look at both ends, `equal` for each comparison. */
const course = (
  policy: { readonly copy_passes: number; readonly withdraw_share_access: boolean },
  differs: (standing: Standing) => boolean,
): readonly Next[] => {
  const steps: Next[] = [];
  let now: Standing = { differs: true, open: 0, closed: 0, withdrawn: false };
  while (steps.length < 20) {
    const next = whatNext({ ...now, differs: differs(now) }, policy);
    steps.push(next);
    if (next === 'compare' || next === 'give-up') return steps;
    if (next === 'withdraw') now = { ...now, withdrawn: true };
    else now = now.withdrawn ? { ...now, closed: now.closed + 1 } : { ...now, open: now.open + 1 };
  }
  return steps;
};

describe('a copy of a share', () => {
  const asked = { copy_passes: 3, withdraw_share_access: false };
  const consented = { copy_passes: 3, withdraw_share_access: true };

  it('that nobody writes to takes one pass and the comparison', () => {
    expect(course(asked, ({ open }) => open === 0)).toEqual(['copy', 'compare']);
    expect(course(asked, () => false)).toEqual(['compare']);
  });

  it('that its clients go on writing to is given up after as many passes as the policy allows', () => {
    expect(course(asked, () => true)).toEqual(['copy', 'copy', 'copy', 'give-up']);
    expect(course({ ...asked, copy_passes: 1 }, () => true)).toEqual(['copy', 'give-up']);
  });

  it('by consent loses its writers before the last pass, though it looks equal: they could write after the comparison', () => {
    expect(course(consented, ({ open, closed }) => open + closed === 0)).toEqual(['copy', 'withdraw', 'compare']);
    const busy = ({ withdrawn, closed }: Standing): boolean => !withdrawn || closed === 0;
    expect(course(consented, busy)).toEqual(['copy', 'copy', 'copy', 'withdraw', 'copy', 'compare']);
  });

  it('that changes with nobody allowed to write is given up', () => {
    expect(course(consented, () => true).slice(-4)).toEqual(['copy', 'copy', 'copy', 'give-up']);
  });
});
