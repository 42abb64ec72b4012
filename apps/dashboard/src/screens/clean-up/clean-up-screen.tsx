import type { Mapping } from '@osm/api-client';
import { usePages } from '../../api/use-pages.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { Screen } from '../../pieces/screen.tsx';

const columns: readonly Column<Mapping>[] = [
  { key: 'type', header: 'Type', width: '10rem', cell: ({ resource_type: type }) => type },
  { key: 'name', header: 'Name', width: 'minmax(8rem, 1fr)', cell: ({ name }) => name },
  { key: 'source', header: 'Original', width: 'minmax(8rem, 1fr)', cell: ({ source_id: id }) => id },
  { key: 'twin', header: 'Twin', width: 'minmax(8rem, 1fr)', cell: ({ destination_id: id }) => id },
];

/** Originals whose twins are there. */
export const CleanUpScreen = () => {
  const pages = usePages('registry.mapping-page', { query: { status: 'completed', sourceRemoved: false } });
  return (
    <Screen title="Clean-up" scrolls={false}>
      <KeysetTable
        label="originals that have their twins"
        columns={columns}
        pages={pages}
        rowKey={({ uuid }) => uuid}
        empty={<EmptyState title="Nothing can be removed">An original can go once its twin is there.</EmptyState>}
      />
    </Screen>
  );
};
