import { CloseButton } from '@mantine/core';
import type { PlanStep } from '@osm/api-client';
import { IconPlayerSkipForward, IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { useChange } from '../../api/use-change.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './run.module.css';
import { StepFailure } from './step-failure.tsx';

interface Properties {
  readonly planId: string;
  /** As it was when it was opened. */
  readonly step: PlanStep;
  readonly onClose: () => void;
}

/** Needs that are shown; of more it is told how many. */
const most = 20;

/** One step: since when it is as it is, what it waits for, why it failed, and what can be done. */
export const StepPanel = ({ planId, step: opened, onClose }: Properties) => {
  const { data } = useAsk('registry.step-page', [{ path: { planId }, query: { q: opened.step_id } }]);
  const step = data?.items.find(({ step_id: id }) => id === opened.step_id) ?? opened;
  return (
    <aside className={classes['panel']} aria-label={`step ${step.step_id}`}>
      <Panel
        title={`${step.resource_type} ${step.step}`}
        beside={<StateBadge state={step.status} word={step.status === 'dispatched' ? 'under way' : step.status} />}
        actions={<CloseButton aria-label="close" size="sm" onClick={onClose} />}
      >
        <Facts
          facts={[
            ['Resource', step.name === null || step.name === '' ? undefined : step.name],
            ['Original', <CopyableId key="id" of="original" id={step.source_id} />],
            ['Step', <CopyableId key="step" of="step" id={step.step_id} />],
            ['Since', <RelativeTime key="since" at={step.since} />],
            ['Attempt', step.attempt],
            ['Because of', step.because === null ? undefined : <span className="page-mono">{step.because}</span>],
            ['Done without by', step.skipped_by === null ? undefined : `${step.skipped_by}: ${step.skip_reason ?? ''}`],
          ]}
        />
        {step.failure !== null && <StepFailure failure={step.failure} />}
        <Needs step={step} />
        <div className={classes['buttons']}>
          {(step.status === 'failed' || step.skipped_by !== null) && (
            <Decide planId={planId} step={step} verb="Retry" />
          )}
          {(step.status === 'failed' || step.status === 'waiting') && step.skipped_by === null && (
            <Decide planId={planId} step={step} verb="Skip" />
          )}
        </div>
      </Panel>
    </aside>
  );
};

const Needs = ({ step: { needs, status } }: { readonly step: PlanStep }) => {
  if (needs.length === 0) return null;
  return (
    <Panel
      level={3}
      title={status === 'waiting' ? 'Waits for' : 'Stood on'}
      beside={<span className="page-dim">{needs.length}</span>}
    >
      <ul className={classes['needs']}>
        {needs.slice(0, most).map((need) => (
          <li key={need} className="page-mono">
            {need}
          </li>
        ))}
        {needs.length > most && <li className="page-dim">and {needs.length - most} more</li>}
      </ul>
    </Panel>
  );
};

interface DecideProperties {
  readonly planId: string;
  readonly step: PlanStep;
  readonly verb: 'Retry' | 'Skip';
}

const Decide = ({ planId, step, verb }: DecideProperties) => {
  const [isAsked, setIsAsked] = useState(false);
  const change = useChange(verb === 'Retry' ? 'planner.retry-step' : 'planner.skip-step');
  const Picture = verb === 'Retry' ? IconRefresh : IconPlayerSkipForward;
  return (
    <>
      <AllowedButton
        scope="execute"
        variant="default"
        leftSection={<Picture size={16} aria-hidden />}
        onClick={() => setIsAsked(true)}
      >
        {verb}
      </AllowedButton>
      <ConfirmChange
        opened={isAsked}
        title={`${verb} ${step.step_id}`}
        verb={verb}
        needsReason
        command={`${verb.toLowerCase()} ${planId.slice(0, 8)} --step ${step.step_id}`}
        isPending={change.isPending}
        problem={change.error}
        onClose={() => {
          setIsAsked(false);
          change.reset();
        }}
        onConfirm={(reason = '') =>
          change.mutate(
            { path: { planId, stepId: step.step_id }, body: { reason } },
            { onSuccess: () => setIsAsked(false) },
          )
        }
      >
        {verb === 'Retry'
          ? 'It is tried once more, with what was skipped because of it.'
          : 'The plan does without it. What stands on it is skipped too, and its original is kept.'}
      </ConfirmChange>
    </>
  );
};
