import { Button, Checkbox } from '@mantine/core';
import type { Plan } from '@osm/api-client';
import { IconCheck, IconPlayerPlay, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useChange } from '../../api/use-change.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';
import { useSession } from '../../session/session.tsx';
import { nextAct, takesAway, type Act } from './next-act.ts';

/** What comes next for a plan, as far as this person may do it. */
export const NextActs = ({ plan }: { readonly plan: Plan }) => {
  const { me, may } = useSession();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<Act>();
  const approve = useChange('planner.approve');
  const second = useChange('planner.second');
  const start = useChange('planner.start');
  const { act, because } = nextAct(plan, me.name);
  const deletes = takesAway(plan);
  const refused =
    deletes && !may('cleanup')
      ? `The token of ${me.name} does not allow it: this plan deletes, which needs the scope cleanup.`
      : because;
  const path = { planId: plan.plan_id };
  const close = (): void => setAsked(undefined);

  const confirm = (reason: string | undefined): void => {
    const why = reason === undefined ? {} : { reason };
    const digest = plan.digest ?? '';
    if (asked === 'approve') approve.mutate({ path, body: { digest, ...why } }, { onSuccess: close });
    if (asked === 'second') second.mutate({ path, body: { digest, ...why } }, { onSuccess: close });
    if (asked === 'start') {
      start.mutate({ path, body: why }, { onSuccess: () => void navigate(`/run/${plan.plan_id}`) });
    }
  };
  const change = { approve, second, start }[asked ?? 'approve'];

  return (
    <>
      {['running', 'paused', 'cancelling', 'completed', 'cancelled'].includes(plan.status) && (
        <Button component={Link} to={`/run/${plan.plan_id}`} variant="default">
          See it run
        </Button>
      )}
      {act === 'approve' && (
        <AllowedButton
          scope="execute"
          because={refused}
          leftSection={<IconCheck size={15} aria-hidden />}
          onClick={() => setAsked('approve')}
        >
          Approve
        </AllowedButton>
      )}
      {act === 'second' && (
        <AllowedButton
          scope="execute"
          because={refused}
          leftSection={<IconUsers size={15} aria-hidden />}
          onClick={() => setAsked('second')}
        >
          Agree as the second
        </AllowedButton>
      )}
      {act === 'start' && (
        <AllowedButton
          scope="execute"
          because={refused}
          leftSection={<IconPlayerPlay size={15} aria-hidden />}
          onClick={() => setAsked('start')}
        >
          Start
        </AllowedButton>
      )}
      {asked !== undefined && (
        <Confirm
          plan={plan}
          act={asked}
          deletes={deletes}
          isPending={change.isPending}
          problem={change.error}
          onConfirm={confirm}
          onClose={close}
        />
      )}
    </>
  );
};

interface ConfirmProperties {
  readonly plan: Plan;
  readonly act: Act;
  readonly deletes: boolean;
  readonly isPending: boolean;
  readonly problem: unknown;
  readonly onConfirm: (reason: string | undefined) => void;
  readonly onClose: () => void;
}

const verbs = { approve: 'Approve', second: 'Agree', start: 'Start' } as const;

const Confirm = ({ plan, act, deletes, ...rest }: ConfirmProperties) => {
  const warnings = plan.findings.filter(({ severity }) => severity !== 'info').length;
  const [isRead, setIsRead] = useState(false);
  const needsConsent = act !== 'start' && warnings > 0;
  const start = plan.plan_id.slice(0, 8);
  return (
    <ConfirmChange
      {...rest}
      opened
      title={`${verbs[act]}: plan ${start}`}
      verb={verbs[act]}
      takesAway={deletes}
      isReady={!needsConsent || isRead}
      {...(deletes && act !== 'start' ? { typed: start } : {})}
      {...(act === 'second' ? { command: `second ${start}` } : {})}
      {...(act === 'start' ? { command: `apply ${plan.digest?.slice(0, 12) ?? start}` } : {})}
    >
      {act === 'start' ? (
        <p style={{ margin: 0 }}>
          {plan.steps.toLocaleString('en')} steps are run, as far as what they stand on is done. It can be paused and
          cancelled at any time.
        </p>
      ) : (
        <p style={{ margin: 0 }}>
          You approve exactly this graph: {plan.steps.toLocaleString('en')} steps for{' '}
          {plan.resources.toLocaleString('en')} resources, digest{' '}
          <span className="page-mono">{plan.digest?.slice(0, 12)}</span>. Nothing is done before it is started.
          {deletes && ' It deletes.'}
        </p>
      )}
      {needsConsent && (
        <Checkbox
          mt="sm"
          label={`I have read its ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, and go on with ${warnings === 1 ? 'it' : 'them'}`}
          checked={isRead}
          onChange={({ currentTarget: { checked } }) => setIsRead(checked)}
        />
      )}
    </ConfirmChange>
  );
};
