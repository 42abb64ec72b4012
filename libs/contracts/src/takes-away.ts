import type { PlanStep } from './events/plan.ts';

/** Whether a step deletes an original, or a twin again: nothing is made by it. */
export const takesAway = ({ step }: Pick<PlanStep, 'step'>): boolean => step === 'remove' || step === 'roll-back';
