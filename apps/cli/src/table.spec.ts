import { describe, expect, it } from 'vitest';
import { table } from './table.ts';

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
});
