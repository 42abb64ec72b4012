import type { CloudReport } from '@osm/api-client';
import { Panel } from '../../pieces/panel.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';

interface Properties {
  readonly refusals: CloudReport['refusals'];
  readonly cloud: string;
}

/** What a later step would be refused, each tried by a harmless call. */
export const Refusals = ({ refusals, cloud }: Properties) => (
  <Panel
    level={3}
    title="What is refused to us"
    beside={
      refusals.length === 0 ? (
        <StateBadge state="ok" word="nothing that was tried" />
      ) : (
        <StateBadge state="refused" word={String(refusals.length)} />
      )
    }
  >
    {refusals.length > 0 && (
      <ul className={classes['refusals']} aria-label={`what ${cloud} refuses`}>
        {refusals.map(({ action, service, policy, failure, remedy }) => (
          <li key={`${service} ${action}`}>
            <div>
              <strong>{action}</strong> <span className="page-dim">{service}</span>{' '}
              {policy !== null && <code className="page-mono">{policy}</code>}
            </div>
            <div>{failure.message}</div>
            <div className="page-dim">{remedy}</div>
          </li>
        ))}
      </ul>
    )}
  </Panel>
);
