import type { CloudReport } from '@osm/api-client';
import { Panel } from '../../pieces/panel.tsx';
import { SmallTable, type SmallColumn } from '../../pieces/small-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';
import { roomLeft } from './room-left.ts';

type Quota = CloudReport['quotas'][number];

const columns: readonly SmallColumn<Quota>[] = [
  { header: 'Limit', cell: ({ name }) => name.replaceAll('_', ' ') },
  { header: 'Used', cell: (quota) => <Used quota={quota} /> },
  {
    header: 'A new project gets',
    align: 'right',
    cell: ({ default_limit: limit }) => (limit === null ? 'no limit' : limit.toLocaleString('en')),
  },
];

const Used = ({ quota }: { readonly quota: Quota }) => {
  const { used, words, state } = roomLeft(quota);
  return (
    <span className={classes['used']}>
      <span className={classes['bar']} aria-hidden>
        <span data-state={state} style={{ width: `${(used ?? 0) * 100}%` }} />
      </span>
      <span className="page-numbers">{words}</span>
      {state !== 'ok' && <StateBadge state="warning" word={state} />}
    </span>
  );
};

/** What our project may have, and has. */
export const Limits = ({ report: { quotas, cloud } }: { readonly report: CloudReport }) => (
  <Panel
    level={3}
    title="Limits of our project"
    beside={quotas.length === 0 && <span className="page-dim">none was told</span>}
  >
    {quotas.length > 0 && (
      <SmallTable
        label={`limits of our project in ${cloud}`}
        columns={columns}
        rows={quotas}
        rowKey={({ service, name }) => `${service} ${name}`}
      />
    )}
  </Panel>
);
