import { describe, expect, it } from 'vitest';
import { table as tableFor, type Table } from './table.ts';

const table = (made: Table): string => tableFor(made, { terminal: false, columns: 20 });

describe('a table', () => {
  it('is framed, with a title and columns as wide as their cells', () => {
    const rows = [
      ['a', null],
      ['bcd', true],
    ];
    expect(table({ title: 'Things', columns: ['Name', 'Gone'], rows })).toBe(
      [
        '+-------------+',
        '|   Things    |',
        '+------+------+',
        '| Name | Gone |',
        '+------+------+',
        '| a    | None |',
        '| bcd  | True |',
        '+------+------+',
        '',
      ].join('\n'),
    );
  });

  it('is wide enough for its title, and ends after its head when it is empty', () => {
    expect(table({ title: 'A long title', columns: ['A', 'B'], rows: [] })).toBe(
      ['+--------------+', '| A long title |', '+---+----------+', '| A | B        |', '+---+----------+', ''].join(
        '\n',
      ),
    );
  });

  it('keeps each row on one line', () => {
    expect(table({ title: 'T', columns: ['A'], rows: [['one\n  two']] })).toContain('| one two |');
  });

  it('fits the terminal of a person, and leaves ids whole as long as it can', () => {
    const made = { title: 'T', columns: ['ID', 'Why'], rows: [['0123-4567-89ab', 'because there is no room']] };
    expect(tableFor(made, { terminal: true, columns: 34 })).toBe(
      [
        '+--------------------------------+',
        '|               T                |',
        '+----------------+---------------+',
        '| ID             | Why           |',
        '+----------------+---------------+',
        '| 0123-4567-89ab | because there |',
        '|                | is no room    |',
        '+----------------+---------------+',
        '',
      ].join('\n'),
    );
    for (const columns of [34, 40, 60]) {
      const lines = tableFor(made, { terminal: true, columns }).split('\n');
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(columns);
    }
  });
});
