import { NativeSelect } from '@mantine/core';
import type { Mapping } from '@osm/api-client';
import { IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { useAsk } from '../../api/use-ask.ts';
import { useChange } from '../../api/use-change.ts';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { AllowedButton } from '../../pieces/allowed-button.tsx';
import { ConfirmChange } from '../../pieces/confirm-change.tsx';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import classes from './clean-up.module.css';
import { mayGo } from './may-go.ts';

const columns: readonly Column<Mapping>[] = [
  {
    key: 'may',
    header: 'May go',
    width: '7rem',
    cell: (mapping) =>
      mayGo(mapping).may ? <StateBadge state="ok" word="may go" /> : <StateBadge state="waiting" word="stays" />,
  },
  { key: 'type', header: 'Kind', width: 'minmax(7rem, 10rem)', cell: ({ resource_type: type }) => type },
  {
    key: 'name',
    header: 'Name',
    width: 'minmax(8rem, 2fr)',
    cell: ({ name }) => (name === null || name === '' ? <span className="page-dim">no name</span> : name),
  },
  {
    key: 'source',
    header: 'Original',
    width: 'minmax(9rem, 17rem)',
    cell: ({ source_id: id }) => <span className="page-mono">{id}</span>,
  },
  {
    key: 'twin',
    header: 'Twin',
    width: 'minmax(9rem, 17rem)',
    cell: ({ destination_id: id }) => <span className="page-mono">{id ?? '–'}</span>,
  },
  { key: 'why', header: 'Why', width: 'minmax(12rem, 4fr)', cell: (mapping) => mayGo(mapping).why },
];

/** Originals that are still there, which of them may go, and why. A plan removes them: it is looked at before it is begun. */
export const Originals = () => {
  const [type, setType] = useState<string>();
  const navigate = useNavigate();
  const ofType = type === undefined ? {} : { type };
  const pages = usePages('registry.mapping-page', { query: { sourceRemoved: false, ...ofType } });
  const isStale = useHasChanged(/^(Step|Resource|Twin|External|Source|Migration)/, pages);
  return (
    <>
      <div className={classes['bar']}>
        <KindSelect type={type} onType={setType} />
        <span className="page-dim">
          Only what has a whole twin of our making goes, and only after both clouds were looked at once more.
        </span>
        <span className={classes['gap']} />
        <DraftButton type={type} none={!pages.rows.some((mapping) => mayGo(mapping).may) && !pages.hasMore} />
      </div>
      <KeysetTable
        key={type ?? ''}
        label="originals that are still there"
        columns={columns}
        pages={pages}
        rowKey={({ uuid }) => uuid}
        onOpen={({ uuid }) => void navigate(`/resources/${uuid}`)}
        isStale={isStale}
        empty={
          <EmptyState title="Nothing can be removed" action={<Link to="/run">What runs</Link>}>
            An original can go once its twin is there. What was removed already is not listed.
          </EmptyState>
        }
      />
    </>
  );
};

interface KindProperties {
  readonly type: string | undefined;
  readonly onType: (type: string | undefined) => void;
}

const KindSelect = ({ type, onType }: KindProperties) => {
  const { data } = useAsk('capabilities', []);
  const types = [...new Set((data ?? []).map((each) => each.resource_type))].sort();
  return (
    <NativeSelect
      aria-label="kind"
      data={[{ value: '', label: 'all kinds' }, ...types]}
      value={type ?? ''}
      onChange={({ currentTarget: { value } }) => onType(value === '' ? undefined : value)}
    />
  );
};

interface DraftProperties {
  readonly type: string | undefined;
  /** Nothing that is listed may go. */
  readonly none: boolean;
}

const DraftButton = ({ type, none }: DraftProperties) => {
  const [isAsked, setIsAsked] = useState(false);
  const navigate = useNavigate();
  const draft = useChange('planner.draft-cleanup');
  const which = type === undefined ? 'all originals that may go' : `all originals of kind ${type} that may go`;
  return (
    <>
      <AllowedButton
        scope="plan"
        because={none ? 'Nothing that is listed may go.' : undefined}
        leftSection={<IconTrash size={15} aria-hidden />}
        onClick={() => setIsAsked(true)}
      >
        Draft their removal
      </AllowedButton>
      <ConfirmChange
        opened={isAsked}
        title={`Draft the removal of ${which}`}
        verb="Draft"
        command={type === undefined ? 'cleanup-source --all' : `cleanup-source --resource-type ${type}`}
        isPending={draft.isPending}
        problem={draft.error}
        onClose={() => {
          setIsAsked(false);
          draft.reset();
        }}
        onConfirm={(reason) =>
          draft.mutate(
            {
              body: { ...(type === undefined ? { all: true } : { type }), ...(reason === undefined ? {} : { reason }) },
            },
            { onSuccess: ({ planId }) => void navigate(`/plans/${planId}`) },
          )
        }
      >
        Nothing is deleted by that: the plan says what would go, in which order and why, and waits until somebody
        approves and starts it. Starting it wants the scope cleanup.
      </ConfirmChange>
    </>
  );
};
