import { NativeSelect, Switch, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import type { Mapping } from '@osm/api-client';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { useSearchFilter } from '../../pieces/use-search-filter.ts';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { filterOf, mappingStates, queryOf, searchOf, type ResourceFilter } from './resource-filter.ts';
import classes from './resource.module.css';

const columns: readonly Column<Mapping>[] = [
  { key: 'status', header: 'State', width: '10rem', cell: ({ status }) => <StateBadge state={status} /> },
  { key: 'type', header: 'Kind', width: 'minmax(7rem, 10rem)', cell: ({ resource_type: type }) => type },
  {
    key: 'name',
    header: 'Name',
    width: 'minmax(8rem, 2fr)',
    cell: ({ name, error_message: error }) => (
      <>
        {name === null || name === '' ? <span className="page-dim">no name</span> : name}
        {error !== null && (
          <span className={classes['error']} title={error}>
            {error}
          </span>
        )}
      </>
    ),
  },
  {
    key: 'source',
    header: 'Original',
    width: 'minmax(8rem, 1.2fr)',
    cell: (row) => idCell(row.source_id, row.source_removed),
  },
  { key: 'twin', header: 'Twin', width: 'minmax(8rem, 1.2fr)', cell: (row) => idCell(row.destination_id, false) },
  { key: 'how', header: 'How', width: '6rem', cell: ({ how }) => how },
  { key: 'changed', header: 'Changed', width: '6rem', cell: ({ updated_at: at }) => <RelativeTime at={at} /> },
];

function idCell(id: string | null, isRemoved: boolean) {
  if (id === null) return <span className="page-dim">–</span>;
  return (
    <span className="page-mono" title={id} data-removed={isRemoved}>
      {isRemoved ? 'removed' : id}
    </span>
  );
}

/** All records, newest first. */
export const ResourceList = () => {
  const navigate = useNavigate();
  const [filter, change] = useSearchFilter({ filterOf, searchOf });
  const pages = usePages('registry.mapping-page', { query: queryOf(filter) });
  const isStale = useHasChanged(
    /^(Twin|Resource(Migrated)|Step(Started|Succeeded|Failed|Unneeded|Abandoned)|RollBack|SourceRemoved|External|Mapping|Migration)/,
    pages,
  );
  return (
    <Screen title="Resources" scrolls={false}>
      <Filters filter={filter} onChange={change} />
      <KeysetTable<Mapping>
        key={JSON.stringify(filter)}
        label="resources"
        columns={columns}
        pages={pages}
        rowKey={({ uuid }) => uuid}
        onOpen={({ uuid }) => void navigate(`/resources/${uuid}`)}
        isStale={isStale}
        empty={
          searchOf(filter).size === 0 ? (
            <EmptyState title="Nothing has been moved">
              Draft a plan from the inventory, approve it, and start it.
            </EmptyState>
          ) : (
            <EmptyState title="Nothing fits">Take something out of the search above.</EmptyState>
          )
        }
      />
    </Screen>
  );
};

interface FiltersProperties {
  readonly filter: ResourceFilter;
  readonly onChange: (part: Partial<ResourceFilter>) => void;
}

/** Milliseconds without a letter after which is searched. */
const pause = 250;

const Filters = ({ filter, onChange }: FiltersProperties) => {
  const { data: kinds } = useAsk('capabilities', [], { freshFor: 600_000 });
  const [typed, setTyped] = useState(filter.q);
  const find = useDebouncedCallback((q: string) => onChange({ q }), pause);
  return (
    <div className={classes['filters']}>
      <TextInput
        className={classes['search'] ?? ''}
        type="search"
        aria-label="search by name, id or address"
        placeholder="Name, id or IP address"
        leftSection={<IconSearch size={15} aria-hidden />}
        value={typed}
        onChange={({ currentTarget: { value } }) => {
          setTyped(value);
          find(value);
        }}
      />
      <NativeSelect
        aria-label="kind"
        data={[{ value: '', label: 'all kinds' }, ...(kinds ?? []).map(({ resource_type: type }) => type).toSorted()]}
        value={filter.type ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ type: value === '' ? undefined : value })}
      />
      <NativeSelect
        aria-label="state"
        data={[
          { value: '', label: 'all states' },
          ...mappingStates.map((state) => ({ value: state, label: state.replaceAll('-', ' ') })),
        ]}
        value={filter.status ?? ''}
        onChange={({ currentTarget: { value } }) => onChange({ status: value === '' ? undefined : value })}
      />
      <Switch
        label="set aside"
        checked={filter.archived}
        onChange={({ currentTarget: { checked } }) => onChange({ archived: checked })}
      />
    </div>
  );
};
