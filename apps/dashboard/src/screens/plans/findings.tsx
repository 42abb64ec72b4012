import type { Finding } from '@osm/api-client';
import { Panel } from '../../pieces/panel.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { groupFindings } from './group-findings.ts';
import classes from './plans.module.css';

interface Properties {
  readonly findings: readonly Finding[];
  readonly onChoose: (key: string) => void;
}

/** What drafting has noticed, the worst first. */
export const Findings = ({ findings, onChoose }: Properties) => (
  <Panel
    title="Findings"
    beside={
      findings.length === 0 ? (
        <StateBadge state="ok" word="none" />
      ) : (
        <span className="page-dim">{findings.length}</span>
      )
    }
  >
    {findings.length > 0 && (
      <ul className={classes['findings']}>
        {groupFindings(findings).map(({ finding, count }) => (
          <li key={`${finding.code} ${finding.message}`} data-severity={finding.severity}>
            <div className={classes['code']}>
              <StateBadge state={finding.severity} />
              <span className="page-mono page-dim">{finding.code}</span>
              {count > 1 && <span className="page-dim">{count} times</span>}
            </div>
            <div>{finding.message}</div>
            <div className="page-dim">{finding.remedy}</div>
            <Show finding={finding} onChoose={onChoose} />
          </li>
        ))}
      </ul>
    )}
  </Panel>
);

const Show = ({ finding: { ref }, onChoose }: { readonly finding: Finding } & Pick<Properties, 'onChoose'>) => {
  if (ref === undefined) return null;
  return (
    <button type="button" className={classes['link']} onClick={() => onChoose(`${ref.type}/${ref.id}`)}>
      show {ref.type} {ref.id.slice(0, 8)}
    </button>
  );
};
