import { Button, Group, Loader } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { Pages } from '../api/use-pages.ts';
import classes from './keyset-table.module.css';
import { ProblemNotice } from './problem-notice.tsx';
import { rowAfterKey } from './row-after-key.ts';

/** A column. */
export interface Column<Row> {
  readonly key: string;
  readonly header: string;
  /** As a track of a CSS grid: `12rem`, `minmax(8rem, 2fr)`. */
  readonly width: string;
  readonly align?: 'left' | 'right';
  cell(row: Row): ReactNode;
}

/** Which rows are chosen. */
export interface Choice<Row> {
  isChosen(row: Row): boolean;
  toggle(row: Row): void;
}

interface Properties<Row> {
  /** What the table is of, for those who hear the page. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly pages: Pages<Row>;
  readonly rowKey: (row: Row) => string;
  /** How a row is called where it is chosen. */
  readonly rowName?: (row: Row) => string;
  /** Enter, or a click. */
  readonly onOpen?: (row: Row) => void;
  /** Space, or the box in front. */
  readonly choice?: Choice<Row>;
  /** The row that is open beside the table. */
  readonly openKey?: string | undefined;
  /** The same, where it is told of each row. */
  readonly isOpen?: (row: Row) => boolean;
  /** Rows in all, where that is known. */
  readonly total?: number | undefined;
  /** Shown where there is no row. */
  readonly empty: ReactNode;
  /** Something has changed since it was asked: says so, and lets it be asked again. */
  readonly isStale?: boolean;
}

/** Pixels of a row, and how many rows before the end the next page is asked for. */
const rowHeight = 30;
const ahead = 60;

/**
 * A list of any length: only the rows in sight are in the page, and the next are fetched before they come into sight.
 * One stop of the Tab key; within it arrows, Page Up and Down, Home and End move, Enter opens, Space chooses.
 */
export const KeysetTable = <Row,>(properties: Properties<Row>) => {
  const {
    label,
    columns,
    pages,
    rowKey,
    rowName = rowKey,
    onOpen,
    choice,
    openKey,
    isOpen,
    total,
    empty,
    isStale,
  } = properties;
  const { rows, hasMore, fetchMore } = pages;
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState(0);
  // eslint-disable-next-line react-hooks/incompatible-library -- what it answers is used here, and handed to nobody
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    getItemKey: (index) => keyAt(rows, index, rowKey),
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;

  useEffect(() => {
    if (hasMore && rows.length > 0 && last >= rows.length - ahead) fetchMore();
  }, [hasMore, last, rows.length, fetchMore]);

  const focusRow = (index: number): void => {
    setCurrent(index);
    virtual.scrollToIndex(index);
    // The row may only be there once it has been scrolled to.
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"]`)?.focus({ preventScroll: true }),
    );
  };

  const onKey = (event: KeyboardEvent, row: Row, index: number): void => {
    if (event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 2);
    const next = rowAfterKey(event.key, { index, page, count: rows.length });
    if (next !== undefined) focusRow(next);
    else if (event.key === 'Enter' && onOpen !== undefined) onOpen(row);
    else if (event.key === ' ' && choice !== undefined) choice.toggle(row);
    else return;
    event.preventDefault();
  };

  if (pages.error !== null && rows.length === 0) {
    return (
      <div className={classes['notice']}>
        <ProblemNotice problem={pages.error}>
          <Group>
            <Button variant="default" onClick={pages.reload}>
              Ask again
            </Button>
          </Group>
        </ProblemNotice>
      </div>
    );
  }
  if (pages.isPending) {
    return (
      <div className={classes['notice']} role="status" aria-label={`${label}: loading`}>
        <Loader size="sm" />
      </div>
    );
  }
  if (rows.length === 0) return <>{empty}</>;

  const template = `${choice === undefined ? '' : '2rem '}${columns.map(({ width }) => width).join(' ')}`;
  const firstColumn = choice === undefined ? 1 : 2;
  const tabStop = Math.min(current, rows.length - 1);
  const isTabStopShown = shown.some(({ index }) => index === tabStop);
  return (
    <div className={classes['frame']}>
      <div
        ref={scroller}
        className={classes['scroller']}
        role="grid"
        aria-label={label}
        aria-rowcount={hasMore ? (total === undefined ? -1 : total + 1) : rows.length + 1}
        aria-colcount={columns.length + firstColumn - 1}
        aria-multiselectable={choice !== undefined}
      >
        <div className={classes['head']} role="row" aria-rowindex={1} style={{ gridTemplateColumns: template }}>
          {choice !== undefined && (
            <span role="columnheader" aria-colindex={1}>
              <span className={classes['hidden']}>chosen</span>
            </span>
          )}
          {columns.map((column, index) => (
            <span
              key={column.key}
              role="columnheader"
              aria-colindex={index + firstColumn}
              data-align={column.align ?? 'left'}
            >
              {column.header}
            </span>
          ))}
        </div>
        <div className={classes['rows']} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {shown.map(({ index, start, key }) => {
            const row = rows[index];
            if (row === undefined) return null;
            const isStop = index === tabStop || (!isTabStopShown && index === shown[0]?.index);
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                data-index={index}
                data-open={isOpen?.(row) ?? (openKey !== undefined && openKey === rowKey(row))}
                data-opens={onOpen !== undefined}
                {...(choice === undefined ? {} : { 'aria-selected': choice.isChosen(row) })}
                tabIndex={isStop ? 0 : -1}
                className={classes['row']}
                style={{ gridTemplateColumns: template, transform: `translateY(${start}px)`, height: rowHeight }}
                onFocus={() => setCurrent(index)}
                onClick={() => onOpen?.(row)}
                onKeyDown={(event) => onKey(event, row, index)}
              >
                {choice !== undefined && (
                  <span role="gridcell" aria-colindex={1}>
                    <input
                      type="checkbox"
                      tabIndex={-1}
                      aria-label={`choose ${rowName(row)}`}
                      checked={choice.isChosen(row)}
                      onChange={() => choice.toggle(row)}
                      onClick={(event) => event.stopPropagation()}
                    />
                  </span>
                )}
                {columns.map((column, at) => (
                  <span
                    key={column.key}
                    role="gridcell"
                    aria-colindex={at + firstColumn}
                    data-align={column.align ?? 'left'}
                    className="page-one-line"
                  >
                    {column.cell(row)}
                  </span>
                ))}
              </div>
            );
          })}
        </div>
      </div>
      <div className={classes['foot']}>
        <span className="page-numbers" role="status">
          {rows.length.toLocaleString('en')}
          {hasMore && (total === undefined ? ' so far' : ` of ${total.toLocaleString('en')}`)}
          {pages.isFetchingMore && ' · loading more'}
        </span>
        {pages.error !== null && <span className={classes['bad']}>{pages.error.message}</span>}
        {isStale === true && (
          <Button variant="subtle" size="compact-xs" onClick={pages.reload}>
            Something has changed: load again
          </Button>
        )}
      </div>
    </div>
  );
};

const keyAt = <Row,>(rows: readonly Row[], index: number, rowKey: (row: Row) => string): string | number => {
  const row = rows[index];
  return row === undefined ? index : rowKey(row);
};
