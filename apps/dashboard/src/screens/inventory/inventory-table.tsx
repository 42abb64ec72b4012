import { NativeSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { InventoryCount, InventoryItem } from '@osm/api-client';
import { IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { usePages } from '../../api/use-pages.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { countOf } from './count-of.ts';
import { queryOf, type InventoryFilter } from './inventory-filter.ts';
import classes from './inventory.module.css';
import { itemKey, type Chosen, type InventoryChoice } from './use-choice.ts';

interface Properties {
  readonly cloud: string;
  readonly counts: readonly InventoryCount[];
  readonly filter: InventoryFilter;
  readonly onFilter: (part: Partial<InventoryFilter>) => void;
  /** Undefined: nothing can be planned from here. */
  readonly choice: InventoryChoice | undefined;
  readonly opened: Chosen | undefined;
  readonly onOpen: (item: Chosen) => void;
}

/** The resources that fit. */
export const InventoryTable = ({ cloud, counts, filter, onFilter, choice, opened, onOpen }: Properties) => {
  const pages = usePages('registry.inventory-page', { query: { ...queryOf(filter), cloud } });
  const projects = useMemo(
    () => new Map(counts.map(({ project_id: id, project_name: name }) => [id, name ?? id])),
    [counts],
  );
  const columns = useMemo(() => columnsWith(projects), [projects]);
  const isStale = useHasChanged(/^(Resource(Observed|Vanished)|ScanCompleted)$/, pages);
  return (
    <>
      <div className={classes['filters']}>
        <SearchBox q={filter.q} onSearch={(q) => onFilter({ q })} />
        <NativeSelect
          aria-label="there or gone"
          data={[
            { value: 'both', label: 'there and gone' },
            { value: 'there', label: 'only what is there' },
            { value: 'gone', label: 'only what is gone' },
          ]}
          value={filter.there}
          onChange={({ currentTarget: { value } }) =>
            onFilter({ there: value === 'there' || value === 'gone' ? value : 'both' })
          }
        />
      </div>
      <KeysetTable<InventoryItem>
        key={JSON.stringify([cloud, queryOf(filter)])}
        label={`resources of ${cloud}`}
        columns={columns}
        pages={pages}
        rowKey={itemKey}
        rowName={({ resource_type: type, name, source_id: id }) => `${type} ${isNamed(name) ? name : id}`}
        onOpen={onOpen}
        openKey={opened === undefined ? undefined : itemKey(opened)}
        {...(choice === undefined ? {} : { choice })}
        total={countOf(counts, filter)}
        isStale={isStale}
        empty={
          <EmptyState title="Nothing fits">
            {filter.q === ''
              ? 'Choose another kind or project at the left.'
              : `No name, id or address has ${filter.q} in it. An id has to be whole or its beginning; try fewer letters.`}
          </EmptyState>
        }
      />
    </>
  );
};

const isNamed = (name: string | null): name is string => name !== null && name !== '';

const columnsWith = (projects: ReadonlyMap<string | null, string | null>): readonly Column<InventoryItem>[] => [
  { key: 'type', header: 'Kind', width: 'minmax(7rem, 10rem)', cell: ({ resource_type: type }) => type },
  {
    key: 'name',
    header: 'Name',
    width: 'minmax(8rem, 3fr)',
    cell: ({ name, unknown }) => (
      <>
        {isNamed(name) ? name : <span className="page-dim">no name</span>}
        {unknown.length > 0 && (
          <span className={classes['unknown']} title={`nobody has declared: ${unknown.join(', ')}`}>
            {unknown.length} unknown
          </span>
        )}
      </>
    ),
  },
  {
    key: 'id',
    header: 'Id',
    width: 'minmax(9rem, 17rem)',
    cell: ({ source_id: id }) => <span className="page-mono">{id}</span>,
  },
  {
    key: 'project',
    header: 'Project',
    width: 'minmax(5rem, 1fr)',
    cell: ({ project_id: id }) => (isNamed(id) ? (projects.get(id) ?? id) : <span className="page-dim">–</span>),
  },
  {
    key: 'moved',
    header: 'Moved',
    width: '8.5rem',
    cell: ({ mapping, vanished }) => {
      if (vanished) return <StateBadge state="vanished" word="gone" />;
      return mapping === null ? <span className="page-dim">not yet</span> : <StateBadge state={mapping.status} />;
    },
  },
  { key: 'seen', header: 'Changed', width: '6rem', cell: ({ observed_at: at }) => <RelativeTime at={at} /> },
];

/** Milliseconds without a letter after which is searched. */
const pause = 250;

const SearchBox = ({ q, onSearch }: { readonly q: string; readonly onSearch: (q: string) => void }) => {
  const [typed, setTyped] = useState(q);
  const search = useDebouncedCallback(onSearch, pause);
  return (
    <TextInput
      className={classes['search'] ?? ''}
      type="search"
      aria-label="search by name, id or address"
      placeholder="Name, id or IP address"
      leftSection={<IconSearch size={15} aria-hidden />}
      value={typed}
      onChange={({ currentTarget: { value } }) => {
        setTyped(value);
        search(value);
      }}
    />
  );
};
