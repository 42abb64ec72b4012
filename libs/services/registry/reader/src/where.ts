/** Conditions and their values, put together for one query. */
export interface Where {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** One condition with a `?` for each value; undefined where it is not asked for. */
export type Condition = { readonly sql: string; readonly values: readonly (string | number)[] } | undefined;

/** The condition that a column has this value, where one is asked for. */
export const equals = (column: string, value: string | boolean | undefined): Condition =>
  value === undefined
    ? undefined
    : { sql: `${column} = ?`, values: [typeof value === 'boolean' ? Number(value) : value] };

/** The condition that one of these has a text somewhere in it, whatever its case, where one is asked for. */
export const has = (expressions: readonly string[], text: string | undefined): Condition =>
  text === undefined || text === ''
    ? undefined
    : {
        sql: expressions.map((expression) => `instr(${expression}, ?) > 0`).join(' OR '),
        values: expressions.map(() => text.toLowerCase()),
      };

/** All conditions that were asked for, joined by AND. */
export const where = (...conditions: readonly Condition[]): Where => {
  const asked = conditions.filter((condition) => condition !== undefined);
  return {
    sql: asked.length === 0 ? '' : `WHERE ${asked.map(({ sql }) => `(${sql})`).join(' AND ')}`,
    values: asked.flatMap(({ values }) => values),
  };
};
