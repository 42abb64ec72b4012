import type { Mapping } from '@osm/api-client';
import { useNavigate } from 'react-router';
import { usePages } from '../../api/use-pages.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { Screen } from '../../pieces/screen.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';

const columns: readonly Column<Mapping>[] = [
  { key: 'status', header: 'State', width: '9rem', cell: ({ status }) => <StateBadge state={status} /> },
  { key: 'type', header: 'Type', width: '10rem', cell: ({ resource_type: type }) => type },
  { key: 'name', header: 'Name', width: 'minmax(8rem, 1fr)', cell: ({ name }) => name },
  { key: 'source', header: 'Original', width: 'minmax(8rem, 1fr)', cell: ({ source_id: id }) => id },
  { key: 'twin', header: 'Twin', width: 'minmax(8rem, 1fr)', cell: ({ destination_id: id }) => id },
];

/** All resources that have or get a twin. */
export const ResourceScreen = () => {
  const navigate = useNavigate();
  const pages = usePages('registry.mapping-page', {});
  return (
    <Screen title="Resources" scrolls={false}>
      <KeysetTable
        label="resources"
        columns={columns}
        pages={pages}
        rowKey={({ uuid }) => uuid}
        onOpen={({ uuid }) => void navigate(`/resources/${uuid}`)}
        empty={<EmptyState title="Nothing has been moved">Draft a plan and start it.</EmptyState>}
      />
    </Screen>
  );
};
