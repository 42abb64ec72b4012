import type { CloudReport } from '@osm/api-client';
import { Panel } from '../../pieces/panel.tsx';
import { SmallTable, type SmallColumn } from '../../pieces/small-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';

type Service = CloudReport['services'][number];

const columns: readonly SmallColumn<Service>[] = [
  { header: 'Service', cell: ({ type }) => type },
  { header: 'At', cell: ({ host }) => <span className="page-mono page-dim">{host}</span> },
  { header: 'Version', align: 'right', cell: ({ newest_microversion: newest }) => newest ?? '–' },
  { header: 'Answers in', align: 'right', cell: ({ latency_ms: ms }) => (ms === null ? '–' : `${ms} ms`) },
  { header: 'State', cell: (service) => <State service={service} /> },
];

const State = ({ service: { service, failure, latency_ms: ms } }: { readonly service: Service }) => {
  if (service === null) return <StateBadge state="info" word="nothing of it is moved" />;
  if (failure !== null) {
    return (
      <span title={`${failure.message}. ${failure.remedy}`}>
        <StateBadge state="failed" word="fails" />
        <span className={classes['why']}>{failure.message}</span>
      </span>
    );
  }
  return ms === null ? <StateBadge state="waiting" word="not asked" /> : <StateBadge state="ok" word="answers" />;
};

/** The services of the catalogue, each with what one cheap call told. */
export const Services = ({ report: { services, cloud } }: { readonly report: CloudReport }) => (
  <Panel level={3} title="Services" beside={<span className="page-dim page-numbers">{services.length}</span>}>
    <SmallTable label={`services of ${cloud}`} columns={columns} rows={services} rowKey={({ type }) => type} />
  </Panel>
);
