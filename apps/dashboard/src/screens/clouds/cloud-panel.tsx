import { ActionIcon, Loader, Tooltip } from '@mantine/core';
import type { Cloud, CloudReport } from '@osm/api-client';
import { IconRefresh } from '@tabler/icons-react';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { Facts } from '../../pieces/facts.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';
import { Extensions } from './extensions.tsx';
import { FailureNotice } from './failure-notice.tsx';
import { Limits } from './limits.tsx';
import { Refusals } from './refusals.tsx';
import { ScanLine } from './scan-line.tsx';
import { Services } from './services.tsx';
import { Uncovered } from './uncovered.tsx';
import { useLook } from './use-look.ts';

/** One cloud. */
export const CloudPanel = ({ cloud }: { readonly cloud: Cloud }) => {
  const { data: report, error, isFetching, refetch } = useLook(cloud.cloud);
  return (
    <Panel
      title={cloud.cloud}
      beside={
        <>
          {cloud.role !== null && cloud.role !== cloud.cloud && <span className="page-dim">{cloud.role}</span>}
          {report !== undefined && (
            <StateBadge
              state={report.reachable ? 'reachable' : 'unreachable'}
              word={report.reachable ? 'reachable' : 'cannot sign in'}
            />
          )}
        </>
      }
      actions={
        <Tooltip label="Look again: asks each service">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={`look at ${cloud.cloud} again`}
            loading={isFetching}
            onClick={() => void refetch()}
          >
            <IconRefresh size={16} aria-hidden />
          </ActionIcon>
        </Tooltip>
      }
    >
      <ScanLine cloud={cloud} />
      {error !== null && <ProblemNotice problem={error} />}
      {report === undefined && error === null && (
        <div role="status" className={classes['looking']}>
          <Loader size="xs" /> Each service of {cloud.cloud} is asked …
        </div>
      )}
      {report !== undefined && <Report report={report} />}
    </Panel>
  );
};

const Report = ({ report }: { readonly report: CloudReport }) => (
  <>
    {report.failure !== null && <FailureNotice failure={report.failure} />}
    {report.reachable && (
      <>
        <Facts facts={identity(report)} />
        <Refusals refusals={report.refusals} cloud={report.cloud} />
        <Services report={report} />
        <Uncovered cloud={report.cloud} />
        <Limits report={report} />
        <Extensions report={report} />
      </>
    )}
  </>
);

const identity = (report: CloudReport): Parameters<typeof Facts>[0]['facts'] => [
  ['User', report.user_id === null ? undefined : <CopyableId of="user" id={report.user_id} />],
  ['Project', report.project_id === null ? undefined : <CopyableId of="project" id={report.project_id} />],
  ['Roles', report.roles.length === 0 ? 'none' : report.roles.join(', ')],
  ['Sees', report.is_admin ? 'all tenants' : <StateBadge state="warning" word="its own project only" />],
  ['Clock', clockWords(report.clock_ahead_seconds)],
];

/** Tokens and markers bear a minute or so; what is more is told. */
const clockWords = (ahead: number | null) => {
  if (ahead === null) return 'tells no time';
  const words = `${Math.abs(Math.round(ahead))} s ${ahead < 0 ? 'behind' : 'ahead of'} ours`;
  if (Math.abs(ahead) < 1) return 'as ours';
  return Math.abs(ahead) < 30 ? words : <StateBadge state="warning" word={words} />;
};
