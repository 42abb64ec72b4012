import type { Plan } from '@osm/api-client';
import { IconPlayerPause, IconPlayerPlay, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useChange } from '../../api/use-change.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';

/** What can be done with a plan as a whole while it runs, or when it has ended with failures. */
export const PlanActions = ({ plan }: { readonly plan: Plan }) => {
  const { status, failed } = plan;
  const mayRetry = failed > 0 && status !== 'cancelling';
  return (
    <>
      {mayRetry && <Retry plan={plan} />}
      {status === 'running' && <Pause plan={plan} />}
      {status === 'paused' && <Resume plan={plan} />}
      {(status === 'running' || status === 'paused') && <Cancel plan={plan} />}
    </>
  );
};

const Pause = ({ plan }: { readonly plan: Plan }) => (
  <Action
    plan={plan}
    id="planner.pause"
    verb="Pause"
    command="pause"
    picture={<IconPlayerPause size={16} aria-hidden />}
  >
    No further step begins; what is under way ends.
  </Action>
);

const Resume = ({ plan }: { readonly plan: Plan }) => (
  <Action
    plan={plan}
    id="planner.resume"
    verb="Resume"
    command="resume"
    picture={<IconPlayerPlay size={16} aria-hidden />}
  >
    Steps begin again.
  </Action>
);

const Cancel = ({ plan }: { readonly plan: Plan }) => (
  <Action
    plan={plan}
    id="planner.cancel"
    verb="Cancel"
    command="cancel"
    takesAway
    picture={<IconPlayerStop size={16} aria-hidden />}
  >
    What is under way is given up, also transfers in the middle, and what was borrowed or made for a while is collected.
    Twins that were made stay.
  </Action>
);

const Retry = ({ plan }: { readonly plan: Plan }) => (
  <Action
    plan={plan}
    id="planner.retry"
    verb="Retry what failed"
    command="retry"
    needsReason
    picture={<IconRefresh size={16} aria-hidden />}
  >
    {plan.status === 'cancelled'
      ? 'What collects what was made for a while, and has failed, is tried once more.'
      : `${plan.failed} failed steps are tried once more, with what was skipped because of them.`}
  </Action>
);

interface Properties {
  readonly plan: Plan;
  readonly id: 'planner.pause' | 'planner.resume' | 'planner.cancel' | 'planner.retry';
  readonly verb: string;
  readonly command: string;
  readonly picture: ReactNode;
  readonly takesAway?: boolean;
  readonly needsReason?: boolean;
  readonly children: ReactNode;
}

const Action = ({ plan, id, verb, command, picture, takesAway = false, needsReason = false, children }: Properties) => {
  const [isAsked, setIsAsked] = useState(false);
  const change = useChange(id);
  return (
    <>
      <AllowedButton
        scope="execute"
        variant={takesAway ? 'outline' : 'default'}
        {...(takesAway ? { color: 'red.8' } : {})}
        leftSection={picture}
        onClick={() => setIsAsked(true)}
      >
        {verb}
      </AllowedButton>
      <ConfirmChange
        opened={isAsked}
        title={`${verb}: plan ${plan.plan_id.slice(0, 8)}`}
        verb={verb}
        takesAway={takesAway}
        needsReason={needsReason}
        command={`${command} ${plan.plan_id.slice(0, 8)}`}
        isPending={change.isPending}
        problem={change.error}
        onClose={() => {
          setIsAsked(false);
          change.reset();
        }}
        onConfirm={(reason) =>
          change.mutate(
            // Where the API demands a reason the dialog does.
            { path: { planId: plan.plan_id }, body: { reason: reason ?? '' } },
            { onSuccess: () => setIsAsked(false) },
          )
        }
      >
        {children}
      </ConfirmChange>
    </>
  );
};
