import { useMemo } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { planActs, planEvents, type PlanEvents } from './plan-events.ts';

/** What the log tells of a plan: what was asked for, and who did what with it and why. */
export const usePlanEvents = (planId: string): PlanEvents => {
  const { data } = useAsk('events', [{ query: { plan: planId, type: Object.keys(planActs).join(','), limit: 200 } }]);
  return useMemo(() => planEvents(data?.items ?? []), [data]);
};
