import type { PlanStep } from '@osm/api-client';
import { useState } from 'react';
import { Link } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { PlanActions } from './plan-actions.tsx';
import { ProgressBar } from './progress-bar.tsx';
import classes from './run.module.css';
import { StepColumn } from './step-column.tsx';
import { StepPanel } from './step-panel.tsx';
import { Transfers } from './transfers.tsx';
import { useTransfers } from './use-transfers.ts';

const columns = [
  ['failed', 'Failed'],
  ['dispatched', 'Under way'],
  ['waiting', 'Waiting'],
  ['skipped', 'Skipped'],
  ['succeeded', 'Succeeded'],
] as const;

/** One plan while it runs: what moves, what waits for what, what has failed, and what can be done about it. */
export const PlanBoard = ({ planId }: { readonly planId: string }) => {
  const [open, setOpen] = useState<PlanStep>();
  const { data: plan, error } = useAsk('registry.plan-summary', [{ path: { planId } }]);
  const transfers = useTransfers(planId);
  return (
    <Screen
      title="Run"
      scrolls={false}
      beside={
        <>
          {plan !== undefined && <StateBadge state={plan.status} />}
          <CopyableId of="plan" id={planId} short />
          <Link to={`/plans/${planId}`} className={classes['aside-link'] ?? ''}>
            the plan
          </Link>
        </>
      }
      actions={plan !== undefined && <PlanActions plan={plan} />}
    >
      {error !== null && <ProblemNotice problem={error} />}
      {plan !== undefined && (
        <div className={classes['top']}>
          <ProgressBar plan={plan} />
          <Transfers transfers={transfers} />
        </div>
      )}
      <div className={classes['board']} data-has-open={open !== undefined}>
        {columns.map(([status, header]) => (
          <StepColumn
            key={status}
            {...{ planId, status, header, transfers }}
            openId={open?.step_id}
            onOpen={(step) => setOpen(step)}
          />
        ))}
        {open !== undefined && (
          <StepPanel key={open.step_id} planId={planId} step={open} onClose={() => setOpen(undefined)} />
        )}
      </div>
    </Screen>
  );
};
