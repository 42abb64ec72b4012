import type { PlanStep } from '@osm/api-client';
import { usePages } from '../../api/use-pages.ts';
import { useHasChanged } from '../../live/use-has-changed.ts';
import { KeysetTable } from '../../pieces/keyset-table.tsx';
import classes from './run.module.css';
import type { Transfer } from './transfer.ts';

interface Properties {
  readonly planId: string;
  readonly status: PlanStep['status'];
  /** The state in a word. */
  readonly header: string;
  readonly transfers: ReadonlyMap<string, Transfer>;
  readonly openId: string | undefined;
  readonly onOpen: (step: PlanStep) => void;
}

/** The steps of a plan that are in one state. */
export const StepColumn = ({ planId, status, header, transfers, openId, onOpen }: Properties) => {
  const pages = usePages('registry.step-page', { path: { planId }, query: { status } });
  const isStale = useHasChanged(/^(Plan|Step)/, pages);
  const count = pages.isPending ? '' : ` ${pages.rows.length}${pages.hasMore ? '+' : ''}`;
  const cell = (step: PlanStep) => <StepCell step={step} transfer={transfers.get(step.step_id)} />;
  return (
    <section className={classes['column']} data-state={status} aria-label={`${header}${count}`}>
      <KeysetTable
        label={`steps: ${header.toLowerCase()}`}
        columns={[{ key: 'step', header: `${header}${count}`, width: 'minmax(0, 1fr)', cell }]}
        pages={pages}
        rowKey={({ step_id: id }) => id}
        openKey={openId}
        onOpen={onOpen}
        isStale={isStale}
        empty={
          <div className={classes['none']}>
            <h2>{header}</h2>
            <p className="page-dim">none</p>
          </div>
        }
      />
    </section>
  );
};

const StepCell = ({ step, transfer }: { readonly step: PlanStep; readonly transfer: Transfer | undefined }) => {
  const { name, source_id: id, step: which, resource_type: type, failure, because, skipped_by: skippedBy } = step;
  const waitsFor = transfer?.newest.state === 'waiting' ? transfer.newest.what : null;
  const beside = failure?.message ?? waitsFor ?? skippedBy ?? because;
  return (
    <span className={classes['step']} title={`${step.step_id}${beside === null ? '' : `\n${beside}`}`}>
      <span className="page-dim">
        {type} {which === 'create' ? '' : which}
      </span>{' '}
      <b>{name === null || name === '' ? id : name}</b>
    </span>
  );
};
