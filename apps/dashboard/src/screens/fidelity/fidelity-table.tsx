import type { FidelityItem } from '@osm/api-client';
import { useNavigate } from 'react-router';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { EmptyState } from '../../pieces/empty-state.tsx';
import { KeysetTable, type Column } from '../../pieces/keyset-table.tsx';
import { StateBadge } from '../../pieces/state-badge.tsx';
import { attributeText } from '../inventory/attribute-text.ts';
import type { FidelityFilter } from './fidelity-filter.ts';
import classes from './fidelity.module.css';
import { useVerdictPages } from './use-verdict-pages.ts';
import { verdictMeaning } from './verdicts.ts';

const columns: readonly Column<FidelityItem>[] = [
  { key: 'verdict', header: 'Verdict', width: '6.5rem', cell: ({ verdict }) => <StateBadge state={verdict} /> },
  { key: 'type', header: 'Kind', width: 'minmax(6rem, 9rem)', cell: ({ resource_type: type }) => type },
  { key: 'name', header: 'Name', width: 'minmax(7rem, 1.2fr)', cell: nameCell },
  {
    key: 'attribute',
    header: 'Attribute',
    width: 'minmax(7rem, 1fr)',
    cell: ({ attribute }) => <b className={classes['attribute']}>{attribute}</b>,
  },
  {
    key: 'source',
    header: 'Original',
    width: 'minmax(5rem, 1fr)',
    cell: ({ source, verdict }) => valueCell(source, verdict),
  },
  {
    key: 'twin',
    header: 'Twin',
    width: 'minmax(5rem, 1fr)',
    cell: ({ destination, verdict }) => valueCell(destination, verdict),
  },
  {
    key: 'reason',
    header: 'Why',
    width: 'minmax(8rem, 2fr)',
    cell: ({ reason, verdict }) => <span title={reason ?? verdictMeaning[verdict]}>{reason}</span>,
  },
];

function nameCell({ name, source_id: id }: FidelityItem) {
  const isNamed = name !== null && name !== '';
  return (
    <span className={isNamed ? '' : 'page-mono'} title={id}>
      {isNamed ? name : id}
    </span>
  );
}

/** Of what is equal no value is kept: it stands on the screen of the resource. */
function valueCell(value: unknown, verdict: FidelityItem['verdict']) {
  if (value === null && verdict === 'equal') return <span className="page-dim">the same</span>;
  if (value === null) return <span className="page-dim">–</span>;
  const text = attributeText(value);
  return (
    <span className="page-mono" title={text}>
      {text}
    </span>
  );
}

interface Properties {
  readonly filter: FidelityFilter;
  /** Attributes in all, as far as it is known. */
  readonly total: number | undefined;
}

/** The attributes that fit, the worst first; Enter or a click goes to the resource. */
export const FidelityTable = ({ filter, total }: Properties) => {
  const navigate = useNavigate();
  const pages = useVerdictPages(filter);
  const isStale = useHasChanged(/^(TwinVerified|TwinRolledBack|Migration(Forgotten|Recalled))$/, pages);
  return (
    <KeysetTable<FidelityItem>
      key={JSON.stringify(filter)}
      label="attributes"
      columns={columns}
      pages={pages}
      rowKey={({ resource_type: type, source_id: id, destination_id: twin, attribute }) =>
        `${type}/${id}/${twin}/${attribute}`
      }
      onOpen={({ resource_type: type, source_id: id }) =>
        void navigate(`/resources?${new URLSearchParams({ of: `${type}/${id}` }).toString()}`)
      }
      total={total}
      isStale={isStale}
      empty={
        <EmptyState
          title={filter.verdict === undefined ? 'Nothing has been compared here' : `Nothing is ${filter.verdict}`}
        >
          {filter.verdict === undefined
            ? 'Each twin is read back and compared once it is made.'
            : 'Choose another verdict above, or another kind or project at the left.'}
        </EmptyState>
      }
    />
  );
};
