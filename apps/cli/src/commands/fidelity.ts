import type { FidelityRow, RequestOf, Verdict } from '@osm/contracts';
import { askRegistry } from '../ask-registry.ts';
import type { Context } from '../context.ts';
import { exitCode } from '../exit-code.ts';
import { table } from '../table.ts';
import { counted } from '../words.ts';

interface Options {
  readonly resourceType?: string;
  readonly sourceId?: string;
  readonly project?: string;
  readonly plan?: string;
  readonly verdict?: Verdict;
  readonly format: 'table' | 'json';
}

/** What needs a look comes first. */
const order: readonly Verdict[] = ['lost', 'unknown', 'impossible', 'mapped', 'equal'];

/** `fidelity`: the table leaves out what is equal, unless it is asked for; JSON has everything. */
export const fidelity = async (context: Context, options: Options): Promise<number> => {
  const rows = await askRegistry(context, 'registry.fidelity', asked(options));
  const chosen = rows
    .filter(({ verdict }) => options.verdict === undefined || verdict === options.verdict)
    .toSorted((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const { io } = context;
  if (options.format === 'json') {
    io.out(`${JSON.stringify({ totals: totals(rows), attributes: chosen })}\n`);
    return exitCode.done;
  }
  const shown = chosen.filter(({ verdict }) => verdict !== 'equal' || options.verdict === 'equal');
  io.out(
    table(
      {
        title: 'Fidelity',
        columns: ['Verdict', 'Resource type', 'Name', 'Source ID', 'Attribute', 'Source', 'Destination', 'Reason'],
        rows: shown.map((row) => [
          row.verdict,
          row.resource_type,
          row.name ?? '',
          row.source_id,
          row.attribute,
          short(row.source),
          short(row.destination),
          row.reason ?? '',
        ]),
      },
      io,
    ),
  );
  io.out(`${totalsLine(rows)}\n`);
  return exitCode.done;
};

const asked = (options: Options): RequestOf<'registry.fidelity'> => ({
  ...(options.resourceType === undefined ? {} : { type: options.resourceType }),
  ...(options.sourceId === undefined ? {} : { id: options.sourceId }),
  ...(options.project === undefined ? {} : { projectId: options.project }),
  ...(options.plan === undefined ? {} : { planId: options.plan }),
});

const totals = (rows: readonly FidelityRow[]) => ({
  resources: new Set(rows.map((row) => `${row.resource_type}/${row.source_id}`)).size,
  ...Object.fromEntries(order.map((verdict) => [verdict, rows.filter((row) => row.verdict === verdict).length])),
});

const totalsLine = (rows: readonly FidelityRow[]): string => {
  const { resources, ...verdicts } = totals(rows);
  const counts = Object.entries(verdicts).map(([verdict, count]) => `${count} ${verdict}`);
  return `${counted(resources, 'resource')}, ${counted(rows.length, 'attribute')}: ${counts.join(', ')}`;
};

/** A value as a cell has room for it. */
const short = (value: unknown): string => {
  if (value === null || value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};
