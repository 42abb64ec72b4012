import { equalJson } from '@osm/kernel';
import Database from 'better-sqlite3';
import { breath } from './breath.ts';
import { tables } from './tables.ts';

/** What a comparison of two databases came to. */
export interface Comparison {
  /** Tables whose rows are not the same. */
  readonly different: readonly string[];
  /** By table, the rows of the second database. */
  readonly counts: { readonly [table: string]: number };
}

type Row = { readonly [column: string]: unknown };

interface Column {
  readonly name: string;
  readonly type: string;
  readonly pk: number;
}

/** So many rows are compared before others get their turn. */
const stride = 2000;

/** Compares all tables of two databases, row by row in the order of their keys. JSON is compared by its meaning. */
export const compareTables = async (first: string, second: string, signal: AbortSignal): Promise<Comparison> => {
  const [a, b] = [first, second].map((file) => new Database(file, { readonly: true, timeout: 5000 }));
  if (a === undefined || b === undefined) throw new TypeError('two databases are compared');
  try {
    const different: string[] = [];
    const counts: Record<string, number> = {};
    for (const { tableName: table } of tables) {
      const { equal, count } = await compareTable(a, b, table, signal);
      if (!equal) different.push(table);
      counts[table] = count;
    }
    return { different, counts };
  } finally {
    a.close();
    b.close();
  }
};

const compareTable = async (a: Database.Database, b: Database.Database, table: string, signal: AbortSignal) => {
  const columns = b.pragma(`table_info(${table})`) as readonly Column[];
  const key = columns.filter(({ pk }) => pk > 0).map(({ name }) => name);
  const sql = `SELECT * FROM ${table} ORDER BY ${key.join(', ')}`;
  const [left, right] = [a.prepare<[], Row>(sql).iterate(), b.prepare<[], Row>(sql).iterate()];
  let equal = true;
  let count = 0;
  try {
    for (let row = right.next(); row.done !== true; row = right.next()) {
      count += 1;
      const other = equal ? left.next() : undefined;
      if (other !== undefined && (other.done === true || !sameRow(other.value, row.value, columns))) {
        equal = false;
      }
      if (count % stride === 0) await breath(signal);
    }
    return { equal: equal && left.next().done === true, count };
  } finally {
    left.return?.();
    right.return?.();
  }
};

/** Most rows have the same texts to the letter; JSON may also say the same in another order. */
const sameRow = (a: Row, b: Row, columns: readonly Column[]): boolean =>
  columns.every(({ name, type }) => {
    const [one, other] = [a[name], b[name]];
    if (one === other) return true;
    if (type.toLowerCase() !== 'json' || typeof one !== 'string' || typeof other !== 'string') return false;
    return equalJson(JSON.parse(one), JSON.parse(other));
  });
