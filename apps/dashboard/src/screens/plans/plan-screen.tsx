import { Loader, SegmentedControl } from '@mantine/core';
import type { Plan } from '@osm/api-client';
import { lazy, Suspense, useMemo, useState } from 'react';
import { useParams } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { ErrorBoundary } from '../../shell/error-boundary.tsx';
import { Findings } from './findings.tsx';
import { NextActs } from './next-acts.tsx';
import { PlanFacts } from './plan-facts.tsx';
import { planGraph, resourceKey } from './plan-graph.ts';
import classes from './plans.module.css';
import { ResourceInPlan } from './resource-in-plan.tsx';
import { StepTable } from './step-table.tsx';
import { usePlanEvents } from './use-plan-events.ts';

/** Fetched when a plan is first looked at: the graph weighs more than all the rest. */
const GraphView = lazy(async () => ({ default: (await import('./graph-view.tsx')).GraphView }));

/** Steps that are fetched to be drawn. */
const stepsDrawn = 1000;

type Shown = 'both' | 'graph' | 'steps';

/** One plan: what would be done and why, what was noticed, and what comes next for it. */
export const PlanScreen = () => {
  const { planId = '' } = useParams();
  const { data: plan, error } = useAsk('registry.plan-summary', [{ path: { planId } }]);
  return (
    <Screen
      title="Plan"
      scrolls={false}
      beside={
        <>
          <CopyableId of="plan" id={planId} />
          {plan !== undefined && <StateBadge state={plan.status} />}
        </>
      }
      actions={plan !== undefined && <NextActs plan={plan} />}
    >
      {error !== null && (
        <div className={classes['notice']}>
          <ProblemNotice problem={error} />
        </div>
      )}
      {plan === undefined && error === null && <Loader m="xl" size="sm" aria-label="plan: loading" />}
      {plan !== undefined && <ThePlan key={planId} plan={plan} />}
    </Screen>
  );
};

const ThePlan = ({ plan }: { readonly plan: Plan }) => {
  const [shown, setShown] = useState<Shown>('both');
  const [chosen, setChosen] = useState<string>();
  const path = { planId: plan.plan_id };
  const { data: steps } = useAsk('registry.step-page', [{ path, query: { limit: stepsDrawn } }]);
  const graph = useMemo(() => planGraph(steps?.items ?? []), [steps]);
  const { roots, history } = usePlanEvents(plan.plan_id);
  const isDrafted = plan.steps > 0;
  return (
    <div className={classes['plan']}>
      <aside className={classes['side']} aria-label="about the plan">
        {chosen !== undefined && (
          <ResourceInPlan
            graph={graph}
            roots={roots}
            plan={plan}
            chosen={chosen}
            onChoose={setChosen}
            onClose={() => setChosen(undefined)}
          />
        )}
        <PlanFacts plan={plan} history={history} />
        <Findings findings={plan.findings} onChoose={setChosen} />
      </aside>
      <div className={classes['work']}>
        {!isDrafted && <NoSteps plan={plan} />}
        {isDrafted && (
          <>
            <div className={classes['bar']}>
              <SegmentedControl<Shown>
                aria-label="what is shown"
                data={[
                  { value: 'both', label: 'Graph and steps' },
                  { value: 'graph', label: 'Graph' },
                  { value: 'steps', label: 'Steps' },
                ]}
                value={shown}
                onChange={setShown}
              />
            </div>
            {shown !== 'steps' && (
              <ErrorBoundary of={plan.plan_id}>
                <Suspense fallback={<Loader m="xl" size="sm" aria-label="graph: loading" />}>
                  <GraphView
                    graph={graph}
                    roots={roots}
                    resources={plan.resources}
                    isPart={steps?.next !== null && steps?.next !== undefined}
                    chosen={chosen}
                    onChoose={setChosen}
                  />
                </Suspense>
              </ErrorBoundary>
            )}
            {shown !== 'graph' && (
              <StepTable plan={plan} chosen={chosen} onOpen={(step) => setChosen(resourceKey(step))} />
            )}
          </>
        )}
      </div>
    </div>
  );
};

const NoSteps = ({ plan: { status } }: { readonly plan: Plan }) => {
  if (status === 'requested') {
    return (
      <EmptyState title="It is being drafted" action={<Loader size="sm" />}>
        What is asked for is worked out from the newest scans. It comes by itself.
      </EmptyState>
    );
  }
  if (status === 'rejected') {
    return <EmptyState title="Nothing could be drafted">The findings at the left say why, and what to do.</EmptyState>;
  }
  return <EmptyState title="It has no step">All that was asked for is there already.</EmptyState>;
};
