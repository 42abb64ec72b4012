import type { FidelityCount } from '@osm/api-client';
import { useAsk } from '../../api/use-ask.ts';
import { CommandTwin } from '../../pieces/command-twin.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { useSearchFilter } from '../../pieces/use-search-filter.ts';
import { TreeList } from '../../pieces/tree-list.tsx';
import { commandOf, filterOf, searchOf } from './fidelity-filter.ts';
import { FidelityTable } from './fidelity-table.tsx';
import { fidelityKey, fidelityTree, type FidelityNode } from './fidelity-tree.ts';
import classes from './fidelity.module.css';
import { PlanChoice } from './plan-choice.tsx';
import { VerdictChoice } from './verdict-choice.tsx';
import { sumOf } from './verdicts.ts';

/** What became of each attribute of each original that has its twin: what was lost comes first. */
export const FidelityScreen = () => {
  const [filter, change] = useSearchFilter({ filterOf, searchOf });
  const { plan, project, type, verdict } = filter;
  const { data, error } = useAsk('registry.fidelity-summary', [{ query: plan === undefined ? {} : { plan } }]);
  const counts = sumOf(
    (data ?? []).filter(
      (row) =>
        (project === undefined || row.project_id === project) && (type === undefined || row.resource_type === type),
    ),
  );
  const { resources, ...each } = counts;
  const total = verdict === undefined ? Object.values(each).reduce((sum, count) => sum + count, 0) : each[verdict];
  return (
    <Screen
      title="Fidelity"
      scrolls={false}
      beside={
        <span className="page-dim page-numbers">
          {data === undefined ? '' : `${resources.toLocaleString('en')} resources compared`}
        </span>
      }
      actions={
        <>
          <CommandTwin command={commandOf(filter)} />
          <PlanChoice plan={plan} onChoose={(each) => change({ plan: each, project: undefined, type: undefined })} />
        </>
      }
    >
      {error !== null && <ProblemNotice problem={error} />}
      {data?.length === 0 && (
        <EmptyState title="Nothing has been compared">
          Each twin is read back and compared with its original, attribute by attribute, once it is made. Start a plan.
        </EmptyState>
      )}
      {data !== undefined && data.length > 0 && (
        <div className={classes['fidelity']}>
          <nav className={classes['tree']} aria-label="Projects and kinds">
            <TreeList
              key={plan ?? ''}
              label="the report by project and kind"
              nodes={fidelityTree(data)}
              chosen={fidelityKey(project, type)}
              open={[fidelityKey(project, undefined), ...openAtFirst(data)]}
              onChoose={({ shows }) => {
                if (shows !== undefined) change({ project: shows.project, type: shows.type });
              }}
            >
              {(node) => <NodeLine node={node} />}
            </TreeList>
          </nav>
          <div className={classes['main']}>
            <VerdictChoice counts={counts} chosen={verdict} onChoose={(each) => change({ verdict: each })} />
            <FidelityTable filter={filter} total={total} />
          </div>
        </div>
      )}
    </Screen>
  );
};

/** Where there are few, all of them; of many only the one that stands first, which needs a look most. */
const openAtFirst = (counts: readonly FidelityCount[]): readonly string[] => {
  const keys = fidelityTree(counts)
    .slice(1)
    .map(({ key }) => key);
  return keys.length <= 3 ? keys : keys.slice(0, 1);
};

/** A name, and what of it needs a look: a number without a word would be a riddle. */
const NodeLine = ({ node: { name, sort, counts } }: { readonly node: FidelityNode }) => (
  <>
    <span className="page-one-line" title={name}>
      {name}
    </span>
    {sort !== undefined && <span className={classes['sort']}>{sort}</span>}
    <span className={classes['gap']} />
    {counts.lost > 0 && (
      <span className={classes['lost']} title={`${counts.lost} attributes lost`}>
        {counts.lost.toLocaleString('en')} lost
      </span>
    )}
    <span className={classes['count']} title={`${counts.resources} resources`}>
      {counts.resources.toLocaleString('en')}
    </span>
  </>
);
