import { useParams } from 'react-router';
import { PlanBoard } from './plan-board.tsx';
import { PlanList } from './plan-list.tsx';

/** What runs: all plans, or the board of one. */
export const RunScreen = () => {
  const { planId } = useParams();
  return planId === undefined ? <PlanList /> : <PlanBoard key={planId} planId={planId} />;
};
