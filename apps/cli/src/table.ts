export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | boolean | null)[])[];
}

/** A table with a frame, as people know it from OpenStack's own command line. */
export const table = ({ title, columns, rows }: Table): string => {
  const cells = [columns, ...rows.map((row) => row.map(cell))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => widthOf(row[at] ?? ''))));
  const inner = widths.reduce((sum, width) => sum + width + 3, -1);
  const short = widthOf(title) + 2 - inner;
  if (short > 0) widths[widths.length - 1] = (widths.at(-1) ?? 0) + short;
  const total = Math.max(inner, widthOf(title) + 2);
  const rule = `+${widths.map((width) => '-'.repeat(width + 2)).join('+')}+`;
  const line = (row: readonly string[]): string =>
    `|${widths.map((width, at) => ` ${padded(row[at] ?? '', width)} `).join('|')}|`;
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
