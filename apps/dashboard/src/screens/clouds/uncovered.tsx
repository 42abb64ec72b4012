import type { UncoveredReport } from '@osm/api-client';
import { useAsk } from '../../api/use-ask.ts';
import { Panel } from '../../pieces/panel.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clouds.module.css';

/** What the cloud has and nothing of ours moves, counted. */
export const Uncovered = ({ cloud, level = 3 }: { readonly cloud: string; readonly level?: 2 | 3 }) => {
  const { data, error } = useAsk('discovery.uncovered', [{ path: { cloud } }], { freshFor: 60_000 });
  return (
    <Panel level={level} title="There, and not moved" beside={data !== undefined && <Told report={data} />}>
      {error !== null && <div className="page-dim">{error.message}</div>}
      {data !== undefined && <Kinds report={data} />}
    </Panel>
  );
};

const Told = ({ report: { kinds, services } }: { readonly report: UncoveredReport }) => {
  const count = kinds.filter((kind) => (kind.count ?? 0) > 0).length + services.length;
  if (count === 0 && kinds.some((kind) => kind.count === null)) {
    return <StateBadge state="note" word="none of what could be counted" />;
  }
  return count === 0 ? (
    <StateBadge state="ok" word="nothing" />
  ) : (
    <StateBadge state="warning" word={count === 1 ? '1 kind stays behind' : `${count} kinds stay behind`} />
  );
};

const Kinds = ({ report: { kinds, services } }: { readonly report: UncoveredReport }) => {
  const there = kinds.filter(({ count }) => (count ?? 0) > 0);
  const unknown = kinds.filter(({ count }) => count === null);
  const none = kinds.filter(({ count }) => count === 0);
  return (
    <>
      <ul className={classes['kinds']}>
        {there.map(({ kind, service, count }) => (
          <li key={`${service} ${kind}`}>
            <strong className="page-numbers">{count?.toLocaleString('en')}</strong> {kind}{' '}
            <span className="page-dim">{service}</span>
          </li>
        ))}
        {services.map((service) => (
          <li key={service}>
            all of the service <strong>{service}</strong>
          </li>
        ))}
      </ul>
      {unknown.length > 0 && (
        <details className={classes['more']}>
          <summary>
            {unknown.length} {unknown.length === 1 ? 'kind' : 'kinds'} could not be counted
          </summary>
          <ul>
            {unknown.map(({ kind, service, why }) => (
              <li key={`${service} ${kind}`}>
                {kind} <span className="page-dim">{why}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
      {none.length > 0 && (
        <details className={classes['more']}>
          <summary>{none.length} kinds were looked for, and there are none</summary>
          <p>{none.map(({ kind }) => kind).join(', ')}</p>
        </details>
      )}
    </>
  );
};
