import { Button, Loader } from '@mantine/core';
import type { Orphan } from '@osm/api-client';
import { IconSearch, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useAsk } from '../../api/use-ask.ts';
import { useChange } from '../../api/use-change.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';
import { CopyableId } from '../../pieces/copyable-id.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { Panel } from '../../pieces/panel.tsx';
import { ProblemNotice } from '../../pieces/problem-notice.tsx';
import { SmallTable, type SmallColumn } from '../../pieces/small-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clean-up.module.css';

const columns: readonly SmallColumn<Orphan>[] = [
  { header: 'What', cell: ({ kind, name }) => `${kind}${name === null || name === '' ? '' : ` ${name}`}` },
  { header: 'Cloud', cell: ({ cloud }) => cloud },
  { header: 'Id', cell: ({ id, kind }) => <CopyableId of={kind} id={id} /> },
  { header: 'The log says', cell: ({ class: judged }) => <StateBadge state={judged} /> },
  { header: 'Because', cell: ({ because, failure }) => failure?.message ?? because },
  {
    header: 'May go',
    cell: ({ removable, removed }) => {
      if (removed) return <StateBadge state="removed" />;
      return removable ? <StateBadge state="ok" word="may go" /> : <StateBadge state="waiting" word="stays" />;
    },
  },
];

/** What carries our mark in either cloud and no plan accounts for. Both clouds are asked, so only when somebody wants it. */
export const Orphans = () => {
  const [isWanted, setIsWanted] = useState(false);
  const { data, error, isFetching, refetch } = useAsk('migration.orphans', [], {
    enabled: isWanted,
    freshFor: Infinity,
  });
  const [isAsked, setIsAsked] = useState(false);
  const remove = useChange('migration.remove-orphans');
  const shown = remove.data ?? data;
  const look = (): void => {
    remove.reset();
    if (isWanted) void refetch();
    else setIsWanted(true);
  };
  const removable = shown?.orphans.filter((orphan) => orphan.removable && !orphan.removed) ?? [];
  return (
    <div className={classes['scroll']}>
      <Panel
        title="What was left over"
        beside={isFetching && <Loader size="xs" aria-label="left over: loading" />}
        actions={
          <>
            <Button
              variant="default"
              leftSection={<IconSearch size={15} aria-hidden />}
              disabled={isFetching}
              onClick={look}
            >
              {shown === undefined ? 'Look in both clouds' : 'Look again'}
            </Button>
            <AllowedButton
              scope="cleanup"
              color="red.8"
              because={removable.length === 0 ? 'There is nothing that the log agrees may go.' : undefined}
              leftSection={<IconTrash size={15} aria-hidden />}
              onClick={() => setIsAsked(true)}
            >
              Remove what may go
            </AllowedButton>
          </>
        }
      >
        {error !== null && <ProblemNotice problem={error} />}
        {shown?.unlisted.map(({ type, failure }) => (
          <p key={type} className={classes['unlisted']}>
            <StateBadge state="warning" word={type} /> {failure.message} {failure.remedy}
          </p>
        ))}
        {shown === undefined && !isFetching && (
          <EmptyState title="Nobody has looked yet">
            Everything that a plan makes carries a mark. What carries one and is nobody’s twin was left by a crash, or
            is temporary and still in use: the log tells which.
          </EmptyState>
        )}
        {shown !== undefined && shown.orphans.length === 0 && (
          <EmptyState title="Nothing was left over">
            Nothing carries a mark of ours that no plan accounts for.
          </EmptyState>
        )}
        {shown !== undefined && shown.orphans.length > 0 && (
          <SmallTable
            label="what was left over"
            columns={columns}
            rows={shown.orphans}
            rowKey={({ cloud, kind, id, marker }) => `${cloud} ${kind} ${id} ${marker}`}
          />
        )}
      </Panel>
      <ConfirmChange
        opened={isAsked}
        title={`Remove ${removable.length} that may go`}
        verb="Remove"
        takesAway
        typed={String(removable.length)}
        command="orphans --remove"
        isPending={remove.isPending}
        problem={remove.error}
        onClose={() => setIsAsked(false)}
        onConfirm={(reason) =>
          remove.mutate({ body: reason === undefined ? {} : { reason } }, { onSuccess: () => setIsAsked(false) })
        }
      >
        Both clouds are looked at once more; only what the log then still agrees to is deleted.
      </ConfirmChange>
    </div>
  );
};
