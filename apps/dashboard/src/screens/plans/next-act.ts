import type { Plan } from '@osm/api-client';

/** What a person can do with a plan now. */
export type Act = 'approve' | 'second' | 'start';

/** What is to be done next, and why it cannot be by this person; no act: nothing but to look. */
export interface NextAct {
  readonly act: Act | undefined;
  readonly because?: string;
}

/** Whether a plan takes something away, which needs one more scope. */
export const takesAway = ({ intent, clean_up: cleanUp }: Pick<Plan, 'intent' | 'clean_up'>): boolean =>
  intent !== 'migrate' || cleanUp === 'after-migration';

/** What comes next for a plan, for whoever signs as `me`. */
export const nextAct = (plan: Plan, me: string): NextAct => {
  if (plan.status === 'drafted') return { act: 'approve' };
  if (plan.status !== 'approved') return { act: undefined };
  if (!plan.needs_second || plan.seconded_by !== null) return { act: 'start' };
  if (plan.approved_by !== me) return { act: 'second' };
  return { act: 'second', because: `${me} has approved it: another person has to agree before it starts.` };
};
