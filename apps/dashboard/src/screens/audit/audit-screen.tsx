import { Table } from '@mantine/core';
import { useAsk } from '../../api/use-ask.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { RelativeTime } from '../../pieces/relative-time.tsx';
import { Screen } from '../../pieces/screen.tsx';

/** What was recorded, from the beginning. */
export const AuditScreen = () => {
  const { data, error } = useAsk('events', [{ query: { limit: 200 } }]);
  return (
    <Screen title="Audit">
      {error !== null && <ProblemNotice problem={error} />}
      {data?.items.length === 0 && <EmptyState title="Nothing was recorded">Scan a cloud.</EmptyState>}
      <Table>
        <Table.Tbody>
          {data?.items.map(({ id, position, type, at, actor, subject }) => (
            <Table.Tr key={id}>
              <Table.Td>{position}</Table.Td>
              <Table.Td>
                <RelativeTime at={at} />
              </Table.Td>
              <Table.Td>{type}</Table.Td>
              <Table.Td>{actor}</Table.Td>
              <Table.Td className="page-mono">{subject}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Screen>
  );
};
