import type { Plan } from '@osm/api-client';
import { useNavigate } from 'react-router';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { ProgressBar } from './progress-bar.tsx';

const columns: readonly Column<Plan>[] = [
  { key: 'status', header: 'State', width: '8rem', cell: ({ status }) => <StateBadge state={status} /> },
  {
    key: 'plan',
    header: 'Plan',
    width: '6rem',
    cell: ({ plan_id: id }) => <span className="page-mono">{id.slice(0, 8)}</span>,
  },
  { key: 'intent', header: 'For', width: '5rem', cell: ({ intent }) => intent.replaceAll('-', ' ') },
  {
    key: 'route',
    header: 'From and to',
    width: 'minmax(8rem, 1fr)',
    cell: ({ source_cloud: source, destination_cloud: destination }) => `${source} → ${destination}`,
  },
  {
    key: 'progress',
    header: 'Progress',
    width: 'minmax(10rem, 2fr)',
    cell: (plan) => <ProgressBar plan={plan} thin />,
  },
  { key: 'failed', header: 'Failed', width: '5rem', align: 'right', cell: ({ failed }) => failed },
  { key: 'by', header: 'By', width: '8rem', cell: ({ requested_by: by }) => by },
  { key: 'at', header: 'Changed', width: '8rem', cell: ({ updated_at: at }) => <RelativeTime at={at} /> },
];

/** All plans, newest first. */
export const PlanList = () => {
  const navigate = useNavigate();
  const pages = usePages('registry.plan-page', {});
  const isStale = useHasChanged(/^(Plan|Step)/, pages);
  return (
    <Screen title="Run" scrolls={false}>
      <KeysetTable
        label="plans"
        columns={columns}
        pages={pages}
        rowKey={({ plan_id: id }) => id}
        onOpen={({ plan_id: id }) => void navigate(`/run/${id}`)}
        isStale={isStale}
        empty={<EmptyState title="Nothing runs">Draft a plan from the inventory, approve it, and start it.</EmptyState>}
      />
    </Screen>
  );
};
