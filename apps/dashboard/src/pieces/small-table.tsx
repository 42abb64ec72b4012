import type { ReactNode } from 'react';
import classes from './small-table.module.css';

/** A column. */
export interface SmallColumn<Row> {
  readonly header: string;
  readonly align?: 'left' | 'right';
  cell(row: Row): ReactNode;
}

interface Properties<Row> {
  /** What the table is of, for those who hear the page. */
  readonly label: string;
  readonly columns: readonly SmallColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
}

/** A table of some dozens of rows, all of them in the page. The first column names its row. */
export const SmallTable = <Row,>({ label, columns, rows, rowKey }: Properties<Row>) => (
  <table className={classes['table']} aria-label={label}>
    <thead>
      <tr>
        {columns.map(({ header, align = 'left' }) => (
          <th key={header} scope="col" data-align={align}>
            {header}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <tr key={rowKey(row)}>
          {columns.map(({ header, align = 'left', cell }, index) =>
            index === 0 ? (
              <th key={header} scope="row" data-align={align}>
                {cell(row)}
              </th>
            ) : (
              <td key={header} data-align={align}>
                {cell(row)}
              </td>
            ),
          )}
        </tr>
      ))}
    </tbody>
  </table>
);
