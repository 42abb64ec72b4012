import type { Plan } from '@osm/api-client';
import { IconArrowNarrowRight } from '@tabler/icons-react';
import { Button } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './plans.module.css';

const columns: readonly Column<Plan>[] = [
  { key: 'status', header: 'State', width: '7.5rem', cell: ({ status }) => <StateBadge state={status} /> },
  { key: 'intent', header: 'For', width: '5.5rem', cell: ({ intent }) => intent.replaceAll('-', ' ') },
  {
    key: 'plan',
    header: 'Plan',
    width: '6rem',
    cell: ({ plan_id: id }) => (
      <span className="page-mono" title={id}>
        {id.slice(0, 8)}
      </span>
    ),
  },
  {
    key: 'route',
    header: 'From, to',
    width: 'minmax(9rem, 2fr)',
    cell: ({ source_cloud: from, destination_cloud: to }) => (
      <span className={classes['route']}>
        {from} <IconArrowNarrowRight size={14} aria-label="to" /> {to}
      </span>
    ),
  },
  {
    key: 'resources',
    header: 'Resources',
    width: '5.5rem',
    align: 'right',
    cell: ({ resources }) => number(resources),
  },
  { key: 'steps', header: 'Steps', width: '5rem', align: 'right', cell: ({ steps }) => number(steps) },
  { key: 'done', header: 'Done', width: '5rem', align: 'right', cell: ({ succeeded }) => number(succeeded) },
  {
    key: 'failed',
    header: 'Failed, skipped',
    width: '8rem',
    align: 'right',
    cell: ({ failed, skipped }) =>
      failed + skipped === 0 ? <span className="page-dim">–</span> : `${number(failed)}, ${number(skipped)}`,
  },
  {
    key: 'findings',
    header: 'Findings',
    width: 'minmax(7rem, 1fr)',
    cell: ({ findings }) => <Worst findings={findings} />,
  },
  { key: 'by', header: 'Asked by', width: 'minmax(5rem, 1fr)', cell: ({ requested_by: by }) => by },
  { key: 'at', header: 'Asked', width: '6.5rem', cell: ({ created_at: at }) => <RelativeTime at={at} /> },
];

const number = (count: number): string => count.toLocaleString('en');

const Worst = ({ findings }: Pick<Plan, 'findings'>) => {
  const worst = (['error', 'warning', 'info'] as const).find((each) =>
    findings.some(({ severity }) => severity === each),
  );
  if (worst === undefined) return <span className="page-dim">none</span>;
  const count = findings.filter(({ severity }) => severity === worst).length;
  return <StateBadge state={worst} word={`${count} ${worst}${count === 1 || worst === 'info' ? '' : 's'}`} />;
};

/** All plans, the newest first. */
export const PlansScreen = () => {
  const navigate = useNavigate();
  const pages = usePages('registry.plan-page', {});
  const isStale = useHasChanged(/^Plan(?!SectionDrafted)/, pages);
  return (
    <Screen title="Plans" scrolls={false}>
      <KeysetTable
        label="plans"
        columns={columns}
        pages={pages}
        rowKey={({ plan_id: id }) => id}
        onOpen={({ plan_id: id }) => void navigate(`/plans/${id}`)}
        isStale={isStale}
        empty={
          <EmptyState
            title="No plan yet"
            action={
              <Button component={Link} to="/inventory" variant="default">
                To the inventory
              </Button>
            }
          >
            Choose resources in the inventory and draft a plan from them: it says what would be done, and waits until
            somebody approves it.
          </EmptyState>
        }
      />
    </Screen>
  );
};
