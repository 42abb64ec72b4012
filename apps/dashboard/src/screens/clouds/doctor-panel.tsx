import { ActionIcon, Loader, Tooltip } from '@mantine/core';
import type { DoctorFinding } from '@osm/api-client';
import { IconRefresh } from '@tabler/icons-react';
import { useAsk } from '../../api/use-ask.ts';
import { CommandTwin } from '../../pieces/command-twin.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';

/** What a migration between the two clouds would hit, before anything is written: the worst first. */
export const DoctorPanel = () => {
  const { data, error, isFetching, refetch } = useAsk('doctor', [], { freshFor: 60_000 });
  const findings = data ?? [];
  const inTheWay = findings.filter(({ severity }) => severity === 'error' || severity === 'warning');
  const others = findings.filter((each) => !inTheWay.includes(each));
  return (
    <div className={classes['pair']}>
      <Panel
        title="What a migration would hit"
        beside={data === undefined ? undefined : <Told findings={inTheWay} />}
        actions={
          <>
            <CommandTwin command="doctor" />
            <Tooltip label="Look again: asks both clouds">
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="look again for what a migration would hit"
                loading={isFetching}
                onClick={() => void refetch()}
              >
                <IconRefresh size={16} aria-hidden />
              </ActionIcon>
            </Tooltip>
          </>
        }
      >
        {error !== null && <ProblemNotice problem={error} />}
        {data === undefined && error === null && (
          <div role="status" className={classes['looking']}>
            <Loader size="xs" /> Both clouds are asked …
          </div>
        )}
        {inTheWay.length > 0 && <Findings findings={inTheWay} />}
        {others.length > 0 && (
          <details className={classes['more']}>
            <summary>{others.length} more: what is as it should be, and what was not checked</summary>
            <Findings findings={others} />
          </details>
        )}
      </Panel>
    </div>
  );
};

const Told = ({ findings }: { readonly findings: readonly DoctorFinding[] }) => {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return <StateBadge state="ok" word="nothing that was found" />;
  return (
    <>
      {errors > 0 && <StateBadge state="error" word={errors === 1 ? '1 error' : `${errors} errors`} />}
      {warnings > 0 && <StateBadge state="warning" word={warnings === 1 ? '1 warning' : `${warnings} warnings`} />}
    </>
  );
};

const Findings = ({ findings }: { readonly findings: readonly DoctorFinding[] }) => (
  <ul className={classes['findings']}>
    {findings.map(({ severity, code, what, why, remedy }) => (
      <li key={`${code} ${what}`} data-severity={severity}>
        <div>
          <StateBadge state={severity} /> <span className="page-mono page-dim">{code}</span>
        </div>
        <div>
          {what}: {why}
        </div>
        {remedy !== '' && <div className="page-dim">{remedy}</div>}
      </li>
    ))}
  </ul>
);
