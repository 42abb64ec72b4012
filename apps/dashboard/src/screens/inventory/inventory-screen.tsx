import { SegmentedControl } from '@mantine/core';
import { useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { TreeList } from '../../pieces/tree-list.tsx';
import { useSearchFilter } from '../../pieces/use-search-filter.ts';
import { Uncovered } from '../clouds/uncovered.tsx';
import { ChosenBar } from './chosen-bar.tsx';
import { filterOf, searchOf, type InventoryFilter } from './inventory-filter.ts';
import classes from './inventory.module.css';
import { InventoryTable } from './inventory-table.tsx';
import { everything, inventoryTree, nodeKey, notMoved, type InventoryNode } from './inventory-tree.ts';
import { ResourceDrawer } from './resource-drawer.tsx';
import { useChoice, type Chosen } from './use-choice.ts';

/** What the clouds have, as the newest scans saw it; from here plans are drafted. */
export const InventoryScreen = () => {
  const [filter, change] = useSearchFilter({ filterOf, searchOf });
  const { data: route } = useAsk('route', [], { freshFor: 60_000 });
  const cloud = filter.cloud ?? route?.source ?? undefined;
  if (route !== undefined && cloud === undefined) {
    return (
      <Screen title="Inventory">
        <EmptyState title="No source is configured">
          Name it in the configuration: source_cloud_name, as clouds.yaml has it.
        </EmptyState>
      </Screen>
    );
  }
  return (
    <Screen
      title="Inventory"
      scrolls={false}
      actions={
        route !== undefined && <Clouds route={route} cloud={cloud} onChoose={(each) => change({ cloud: each })} />
      }
    >
      {cloud !== undefined && (
        <Inventory cloud={cloud} isSource={cloud === route?.source} filter={filter} onChange={change} />
      )}
    </Screen>
  );
};

interface CloudsProperties {
  readonly route: { readonly source: string | null; readonly destination: string | null };
  readonly cloud: string | undefined;
  readonly onChoose: (cloud: string) => void;
}

const Clouds = ({ route, cloud, onChoose }: CloudsProperties) => (
  <SegmentedControl
    aria-label="cloud"
    data={[...new Set([route.source, route.destination])].filter((each) => each !== null)}
    {...(cloud === undefined ? {} : { value: cloud })}
    onChange={onChoose}
  />
);

interface Properties {
  readonly cloud: string;
  readonly isSource: boolean;
  readonly filter: InventoryFilter;
  readonly onChange: (part: Partial<InventoryFilter>) => void;
}

const Inventory = ({ cloud, isSource, filter, onChange }: Properties) => {
  const choice = useChoice();
  const [opened, setOpened] = useState<Chosen>();
  const counts = useAsk('registry.inventory-summary', [{ query: { cloud } }]);
  const uncovered = useAsk('discovery.uncovered', [{ path: { cloud } }], { freshFor: 60_000 });
  const notCovered = uncovered.data?.kinds.reduce((total, { count }) => total + (count ?? 0), 0);
  const tree = inventoryTree(counts.data ?? [], notCovered);
  if (counts.error !== null) return <ProblemNotice problem={counts.error} />;
  if (counts.data?.length === 0) {
    return (
      <EmptyState title={`Nothing is known of ${cloud}`}>
        The inventory is what scans have seen, and none has. Have {cloud} scanned on the screen Clouds.
      </EmptyState>
    );
  }
  const choose = ({ shows }: InventoryNode): void => {
    if (shows === undefined) return;
    if (shows.kind === 'uncovered') onChange({ uncovered: true });
    else onChange({ uncovered: false, project: shows.project, type: shows.type });
  };
  return (
    <div className={classes['inventory']}>
      <nav className={classes['tree']} aria-label="Domains, projects and kinds">
        {counts.data !== undefined && (
          <TreeList
            key={cloud}
            label={`inventory of ${cloud}`}
            nodes={tree}
            chosen={filter.uncovered ? notMoved : nodeKey(filter.project, filter.type)}
            open={firstOpen(tree, filter)}
            onChoose={choose}
          >
            {(node) => <NodeLine node={node} />}
          </TreeList>
        )}
      </nav>
      <div className={classes['main']}>
        {filter.uncovered ? (
          <div className={classes['uncovered']}>
            <Uncovered cloud={cloud} level={2} />
          </div>
        ) : (
          <InventoryTable
            cloud={cloud}
            counts={counts.data ?? []}
            filter={filter}
            onFilter={onChange}
            choice={isSource ? choice : undefined}
            opened={opened}
            onOpen={setOpened}
          />
        )}
        {isSource && <ChosenBar choice={choice} />}
      </div>
      <ResourceDrawer cloud={cloud} item={opened} onClose={() => setOpened(undefined)} />
    </div>
  );
};

const NodeLine = ({ node: { name, sort, count, vanished } }: { readonly node: InventoryNode }) => (
  <>
    <span className="page-one-line" title={name}>
      {name}
    </span>
    {sort !== undefined && <span className={classes['sort']}>{sort}</span>}
    <span className={classes['gap']} />
    {vanished > 0 && (
      <span className={classes['gone']} title={`${vanished} that the newest scan no longer saw`}>
        −{vanished.toLocaleString('en')}
      </span>
    )}
    <span className={classes['count']}>{count?.toLocaleString('en')}</span>
  </>
);

/** All domains where there are few; and what leads to what is shown. */
const firstOpen = (tree: readonly InventoryNode[], { project, type }: InventoryFilter): readonly string[] => {
  const domains = tree.filter(({ key }) => key.startsWith('domain/'));
  const shown = nodeKey(project, type);
  if (shown === everything) return domains.length > 4 ? [] : domains.map(({ key }) => key);
  return [...domains.map(({ key }) => key), ...(project === undefined ? ['kinds'] : [nodeKey(project, undefined)])];
};
