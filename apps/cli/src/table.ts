import { fitColumns, wrapText } from './fit-columns.ts';
import type { Io } from './io.ts';

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

/**
 * A table with a frame, as people know it from OpenStack's own command line. Where a person looks at it, it fits the terminal:
 * cells that are too wide go on in the next line. Programs have each row on one line.
 */
export const table = ({ title, columns, rows }: Table, { terminal, columns: room }: Seen): string => {
  const cells = [columns, ...rows.map((row) => row.map(cell))];
  const widths = columnWidths(cells, terminal ? room - 3 * columns.length - 1 : Infinity);
  const inner = widths.reduce((sum, width) => sum + width + 3, -1);
  const short = widthOf(title) + 2 - inner;
  if (short > 0) widths[widths.length - 1] = (widths.at(-1) ?? 0) + short;
  const total = Math.max(inner, widthOf(title) + 2);
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[]): string => {
    const lines = widths.map((width, at) => wrapText(row[at] ?? '', width));
    return Array.from({ length: Math.max(...lines.map(({ length }) => length)) }, (_, part) => {
      const parts = widths.map((width, at) => ` ${padded(lines[at]?.[part] ?? '', width)} `);
      return `|${parts.join('|')}|`;
    }).join('\n');
  };
  const [head = [], ...body] = cells;
  return [
    `+${'-'.repeat(total)}+`,
    `|${centred(title, total)}|`,
    rule,
    line(head),
    rule,
    ...body.map(line),
    ...(body.length > 0 ? [rule] : []),
    '',
  ].join('\n');
};

/** Who looks at the table, and how much of it. */
type Seen = Pick<Io, 'terminal' | 'columns'>;

/** As wide as the cells, and no wider than there is room for. */
const columnWidths = (cells: readonly (readonly string[])[], room: number): number[] => {
  const columns = (cells[0] ?? []).map((_, at) => {
    const column = cells.map((row) => row[at] ?? '');
    const width = Math.max(...column.map(widthOf));
    return { width, word: Math.max(...column.flatMap((text) => text.split(' ').map(widthOf))) };
  });
  return [...fitColumns(columns, room)];
};

/** As the Python tool's tables show values. */
const cell = (value: string | number | boolean | null): string => {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return String(value).replace(/\s*\n\s*/g, ' ');
};

const widthOf = (text: string): number => [...text].length;
const padded = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)));
const centred = (text: string, width: number): string =>
  padded(' '.repeat(Math.max(0, Math.floor((width - widthOf(text)) / 2))) + text, width);
